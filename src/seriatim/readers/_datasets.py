"""Which CDISC data sets does a folder hold, and what does each say? XPT, Dataset-JSON or Parquet, one a file."""

from __future__ import annotations

from pathlib import Path

from seriatim.errors import UnreadableSource
from seriatim.readers._dataset_json import read_dataset_json
from seriatim.readers._folder import files_in
from seriatim.readers._parquet import read_parquet
from seriatim.readers._snapshot import Snapshot
from seriatim.readers._text_table import TextTable
from seriatim.readers._xport import read_xport

ENDINGS = (".xpt", ".json", ".ndjson", ".parquet")


def datasets_in(folder: Path) -> dict[str, Path]:
    """Data set name in capitals (DM, SUPPAE, ADSL) to its file; two files of one name are refused."""
    found: dict[str, Path] = {}
    for path in files_in(folder) if folder.is_dir() else []:
        if path.suffix.lower() not in ENDINGS or path.name == "series.json":
            continue
        name = path.stem.upper()
        if name in found:
            raise UnreadableSource(f"{found[name].name} and {path.name} would each be {name}; keep one")
        found[name] = path
    return found


def read_dataset(snapshot: Snapshot, encoding: str | None = None) -> TextTable:
    """One data set as text under its own column names; only a transport file has an encoding to state."""
    ending = Path(snapshot.name).suffix.lower()
    if ending == ".xpt":
        return read_xport(snapshot, encoding)
    if ending in {".json", ".ndjson"}:
        return read_dataset_json(snapshot)
    return read_parquet(snapshot)
