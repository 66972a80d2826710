"""How is a series kept in a folder, so that what is read back is what was written?"""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

import polars as pl

from seriatim.engines.choose import choose_engine, open_frames
from seriatim.errors import Misuse, UnreadableSource
from seriatim.series.series import TreatmentSeries
from seriatim.series.series_document import FORMATS, NAME, SeriesDocument, as_json, read_document
from seriatim.series.table_files import hash_table, open_table, write_table


def write_series(series: TreatmentSeries, folder: Path | str, format: str = "parquet") -> None:  # noqa: A002
    """One file a table and `series.json`; the folder appears complete or not at all.

    Rows are written in canonical order, on DuckDB a part at a time. Errors: `Misuse` where the folder holds something.
    """
    folder = Path(folder)
    if format not in FORMATS:
        raise Misuse(f'format: found "{format}", expected {" or ".join(FORMATS)}')
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Misuse(f"{folder}: found something there, expected a new or an empty folder; nothing is overwritten")
    beside = folder.parent / f".{folder.name}.{uuid.uuid4().hex}.writing"
    beside.mkdir(parents=True)
    try:
        _write_into(beside, series, format)
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def read_series(
    folder: Path | str, engine: str = "auto", memory: str | None = None, verify: str = "counts"
) -> TreatmentSeries:
    """A stored series, its Parquet tables scanned only when asked for something.

    `verify` "counts" compares row counts with `series.json`; "hash" reads every row once more and compares its hash.
    Errors: `UnreadableSource` where folder and document differ or another version wrote them.
    """
    folder = Path(folder)
    if verify not in ("counts", "hash"):
        raise Misuse(f'verify: found "{verify}", expected counts or hash')
    document = read_document(folder)
    chosen = choose_engine(engine, memory, max((table.rows for table in document.tables.values()), default=0))
    _check_files(folder, document)
    sources = {
        name: open_table(folder / f"{name}.{document.format}", name, table.rows)
        for name, table in document.tables.items()
    }
    if verify == "hash":
        for name, table in document.tables.items():
            _check_hash(folder, name, sources[name], table.sha256)
    frames = open_frames(sources, chosen, memory)
    return TreatmentSeries(frames, chosen, document.provenance, document.findings, document.receipt)


def _write_into(folder: Path, series: TreatmentSeries, form: str) -> None:
    tables = {name: write_table(folder / f"{name}.{form}", name, frame) for name, frame in series.tables.items()}
    document = SeriesDocument(form, tables, series.provenance, series.receipt, series.findings)
    (folder / NAME).write_text(as_json(document), encoding="utf-8")
    for path in folder.iterdir():
        _flush_to_disk(path)


def _flush_to_disk(path: Path) -> None:
    """Without this a power cut after the rename could leave a complete folder of empty files."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _check_files(folder: Path, document: SeriesDocument) -> None:
    recorded = {f"{name}.{document.format}" for name in document.tables}
    found = {path.name for form in FORMATS for path in folder.glob(f"*.{form}")}
    if found != recorded:
        unlike = ", ".join(sorted(found ^ recorded))
        raise UnreadableSource(f"{folder}: found tables that differ from {NAME} in {unlike}; restore the folder")


def _check_hash(folder: Path, name: str, source: pl.DataFrame | Path, recorded: str) -> None:
    if hash_table(source) != recorded:
        raise UnreadableSource(f"{folder}: found other content in {name} than was written; restore the file")
