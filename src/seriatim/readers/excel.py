"""How is an Excel workbook read? A sheet a table, inspected before it is opened and parsed in a child process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.findings import Finding
from seriatim.readers import _workbook_child as child
from seriatim.readers._findings import note
from seriatim.readers._limits import Limits, Stopped, run_limited
from seriatim.readers._mapping import SourceMapping, did_you_mean, refuse_idle_keys
from seriatim.readers._names import plain_name
from seriatim.readers._shape import Shaped, shape
from seriatim.readers._sheet import Sheet, as_shown, identifiers_as_numbers, of_the_sheet
from seriatim.readers._snapshot import Snapshot, content_hash, take_snapshot
from seriatim.readers._stops import all_or_every_fault
from seriatim.readers._text_table import header_of, of_rows
from seriatim.readers._workbook_zip import SAVE_AS, refuse_what_is_no_workbook
from seriatim.series.raw import RawSource
from seriatim.series.schema import TABLES

NAME = "excel"
DESCRIPTION = "one Excel workbook (.xlsx) with a sheet for each table, named by the table (patient)"

LIMITS = Limits()

# The endings that people give to workbooks: all are recognised, so that what is refused is refused with a reason.
_ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".xltx", ".xltm", ".ods")
_COMPANIONS = ("read_me", "readme", "mapping")  # sheets of explanations beside the data


def recognises(path: Path, _: SourceMapping | None = None) -> bool:
    """A file with the ending of a workbook."""
    return path.is_file() and path.suffix.lower() in _ENDINGS


def read(path: Path, mapping: SourceMapping | None = None) -> RawSource:
    """Every sheet that is a table of the series, as text."""
    mapping = mapping or SourceMapping()
    refuse_idle_keys(mapping, NAME, ("file", "parameter"))
    snapshot = take_snapshot(path)
    refuse_what_is_no_workbook(snapshot.content, snapshot.name)
    book = _parse(snapshot, mapping)
    sheets = _sheets_of_tables(book["names"], mapping, snapshot.name)
    if not sheets:
        raise UnreadableSource(
            f"{snapshot.name}: no sheet is named by a table such as patient; it has {', '.join(book['names'])};"
            " rename them, or say which is which in a mapping under sheet:"
        )
    steps = [
        partial(_shaped, table, Sheet(name, **book["sheets"][name]), book["never_calculated"], mapping)
        for table, name in sheets.items()
    ]
    tables = all_or_every_fault(steps)
    return RawSource(
        source=path.name,
        reader=NAME,
        tables=tuple(shaped.table for shaped in tables),
        content_hash=content_hash([snapshot]),
        findings=(*(found for shaped in tables for found in shaped.findings), *_of_the_book(book, sheets, mapping)),
        conventions=mapping.stated_conventions(),
    )


def _parse(snapshot: Snapshot, mapping: SourceMapping) -> Any:
    wanted = [*TABLES, *(plain_name(said.sheet) for said in mapping.tables.values() if said.sheet)]
    try:
        book = json.loads(run_limited(child, {"wanted": wanted}, snapshot.content, LIMITS))
    except Stopped as stopped:
        raise UnreadableSource(
            f"{snapshot.name}: its parser was stopped {stopped}; open it in Excel and {SAVE_AS} again,"
            " its tables alone, or as .csv files in a folder"
        ) from None
    if "refused" in book:
        raise UnreadableSource(f"{snapshot.name}: {book['refused']}")
    return book


def _sheets_of_tables(names: list[str], mapping: SourceMapping, source: str) -> dict[str, str]:
    steps = [partial(_sheet_of, table, names, mapping, source) for table in TABLES]
    found = zip(TABLES, all_or_every_fault(steps), strict=True)
    return {table: name for table, name in found if name is not None}


def _sheet_of(table: str, names: list[str], mapping: SourceMapping, source: str) -> str | None:
    said = mapping.table(table).sheet
    if said is None:
        free = [name for name in names if name not in mapping.ignore]
        return _only_sheet([name for name in free if plain_name(name) == table], table, source)
    found = [name for name in names if name == said] or [name for name in names if plain_name(name) == plain_name(said)]
    if not found:
        raise InvalidDocument(
            f'mapping, tables.{table}.sheet: {source} has no sheet "{said}"{did_you_mean(said, names)};'
            f" it has {', '.join(names)}"
        )
    return _only_sheet(found, table, source)


def _only_sheet(names: list[str], table: str, source: str) -> str | None:
    if len(names) > 1:
        both = " and ".join(f'"{name}"' for name in names)
        raise UnreadableSource(
            f"{source}: the sheets {both} would each be {table}; rename one, or name it in a mapping"
        )
    return names[0] if names else None


def _shaped(table: str, sheet: Sheet, never_calculated: bool, mapping: SourceMapping) -> Shaped:
    said = mapping.table(table)
    head = said.header_row
    rows, shown = as_shown(sheet)
    header = header_of(rows[head - 1] if len(rows) >= head else [], sheet.source, head)
    numbers = [number for number, row in enumerate(rows, start=1) if number > head and any(row)]
    kept = [rows[number - 1] for number in numbers]
    findings = [*shown, *of_the_sheet(sheet, header, head, never_calculated)]
    shaped = shape(table, of_rows(header, kept, numbers, sheet.source, head, findings=findings), said)
    identifiers = [source for column, source in shaped.columns.items() if column.endswith("_id")]
    told = [found for column in identifiers for found in identifiers_as_numbers(sheet, header, head, column)]
    return shaped.also(told)


def _of_the_book(book: Any, read: Mapping[str, str], mapping: SourceMapping) -> Iterator[Finding]:
    for name in book["names"]:
        if name in read.values() and name in book["hidden"]:
            yield note(
                "sheet.is_hidden",
                f"sheet {name}",
                found="a hidden sheet",
                expected="what is meant to be read in sight",
                next_move="it was read; name it in the mapping under ignore: if it should not be",
            )
        if name not in read.values() and name not in mapping.ignore and plain_name(name) not in _COMPANIONS:
            yield note(
                "sheet.not_read",
                f"sheet {name}",
                found="a sheet that is no table of the series",
                expected=f"a sheet named by its table{did_you_mean(plain_name(name), TABLES)}",
                next_move="it was not read; name it in the mapping under sheet:, or under ignore: if that is right",
            )
