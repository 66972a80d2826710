"""What does one file or sheet say? Columns of text under its own header names, the row of each, and what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from seriatim.errors import UnreadableSource
from seriatim.findings import Finding
from seriatim.readers._names import stripped
from seriatim.readers._text import as_text, strip_frame


@dataclass(frozen=True, slots=True)
class TextTable:
    """One file or sheet as text: String columns under its own header names, and `source_row` (Int64)."""

    name: str
    frame: pl.DataFrame
    rows_lost: int = 0
    findings: tuple[Finding, ...] = ()


def of_records(frame: pl.DataFrame, name: str, findings: Sequence[Finding] = ()) -> TextTable:
    """A typed frame as text; in a file that nobody opens as a sheet, 1 is the row of the first record."""
    text, told = as_text(frame, name)
    numbered = text.with_columns(pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True).alias("source_row"))
    return TextTable(name, numbered, 0, (*findings, *told))


def of_rows(
    header: list[str],
    rows: list[list[str]],
    numbers: list[int],
    name: str,
    head: int,
    *,
    lost: int = 0,
    findings: Sequence[Finding] = (),
) -> TextTable:
    """Rows below a header in row `head`, stripped, with the number that a person sees."""
    frame = strip_frame(name_columns(header, rows, numbers, name, head))
    return TextTable(name, frame, lost, tuple(findings))


def header_of(cells: Sequence[str], name: str, row: int) -> list[str]:
    """The column names in a row; one without any is refused."""
    header = [stripped(cell) for cell in cells]
    if not any(header):
        raise UnreadableSource(
            f"{name} row {row}: no column names; the first row must name the columns,"
            " or the mapping must say which row does under header_row:"
        )
    return header


def name_columns(header: list[str], rows: list[list[str]], numbers: list[int], name: str, head: int) -> pl.DataFrame:
    """Rows as a frame of text; a column without a name is called `column 5` until its use is decided.

    >>> name_columns(["patient_id", ""], [["007", "seen"]], [2], "patient.csv", 1).columns
    ['patient_id', 'column 2', 'source_row']
    """
    check_header(header, name, head)
    names = [column or f"column {place}" for place, column in enumerate(header, start=1)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return frame.with_columns(pl.Series("source_row", numbers, dtype=pl.Int64))


def check_header(names: list[str], name: str, row: int) -> None:
    """Two columns of one name are refused: nobody can say which is meant."""
    places: dict[str, list[str]] = {}
    for place, column in enumerate(names, start=1):
        places.setdefault(column, []).append(str(place))
    twice = [f'"{column}" (columns {", ".join(at)})' for column, at in places.items() if column and len(at) > 1]
    if twice:
        raise UnreadableSource(
            f"{name} row {row}: a column name stands more than once: {'; '.join(twice)}; rename one of them"
        )
