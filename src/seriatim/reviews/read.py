"""How does a source become a series? A stored series is scanned, anything else is read as text and taken in."""

from __future__ import annotations

from pathlib import Path

from seriatim.errors import UnreadableSource
from seriatim.readers import open_source, read_mapping
from seriatim.series.intake import take_in
from seriatim.series.series import TreatmentSeries
from seriatim.series.series_document import NAME
from seriatim.series.stored import read_series


def read(
    source: str | Path, *, mapping: str | Path | None = None, engine: str = "auto", memory: str | None = None
) -> TreatmentSeries:
    """Read a folder of tables, a workbook, SDTM, ADaM, or a series that Seriatim stored.

    `mapping` is a YAML file from the source's column and code names. `engine` is "auto", "polars" or "duckdb", and
    `memory` (e.g. "2GB") bounds DuckDB; neither ever changes a result. What could not be used is in `.findings` and
    counted in `.receipt`. Raises `UnreadableSource` where nothing can be read.
    """
    path = Path(source)
    if not path.exists():
        raise UnreadableSource(f"there is no {path}; give a folder, a workbook or a printed table that exists")
    if (path / NAME).is_file():
        return read_series(path, engine=engine, memory=memory)
    chosen = read_mapping(Path(mapping)) if mapping is not None else None
    return take_in(open_source(path, chosen), engine=engine, memory=memory)
