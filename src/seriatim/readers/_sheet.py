"""What does a sheet hold that its texts alone do not say? Cells as they are shown, and findings about the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seriatim.findings import Finding
from seriatim.readers._findings import note, value_set_aside, warning

LISTED = 5  # places of one kind that a finding names

Place = Sequence[int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet from the child process: texts row by row from row 1, a kind for each cell, and facts of the XML."""

    name: str
    rows: list[list[str]]
    kinds: list[str]
    facts: Mapping[str, Any]

    @property
    def source(self) -> str:
        return f"sheet {self.name}"


def as_shown(sheet: Sheet) -> tuple[list[list[str]], list[Finding]]:
    """The rows as a person sees them: a date shown as a month is a month, a number shown with zeros keeps them."""
    rows = [list(row) for row in sheet.rows]
    months = _shorten(sheet, rows, sheet.facts["months"], len("1998-08"))
    years = _shorten(sheet, rows, sheet.facts["years"], len("1998"))
    padded = _pad(sheet, rows, sheet.facts["padded"])
    findings = []
    if months or years:
        findings.append(_partial_dates(sheet, [*months, *years]))
    if padded:
        findings.append(_padded(sheet, padded))
    return rows, findings


def of_the_sheet(sheet: Sheet, header: Sequence[str], head: int, never_calculated: bool) -> Iterator[Finding]:
    """What a person should know about a sheet before its numbers are believed."""
    yield from _cells(sheet, header, head, "errors", _error)
    yield from _cells(sheet, header, head, "without_value", _without_value)
    if sheet.facts["merged"]:
        yield _merged(sheet, sheet.facts["merged"])
    if sheet.facts["hidden_rows"] or sheet.facts["hidden_columns"]:
        yield _hidden(sheet)
    if never_calculated and sheet.facts["formulas"]:
        yield _never_calculated(sheet)
    if _declares_less(sheet):
        yield _dimension(sheet)
    if early := [row for row, column in _dates(sheet) if sheet.rows[row - 1][column - 1] < "1900-03-01"]:
        yield _before_march_1900(sheet, early)


def identifiers_as_numbers(sheet: Sheet, header: Sequence[str], head: int, column: str) -> Iterator[Finding]:
    """Identifiers that Excel holds as numbers: it has already dropped any zeros in front."""
    padded = {(row, place) for row, place, _ in sheet.facts["padded"]}
    place = list(header).index(column) + 1
    rows = [
        row
        for row, kinds in enumerate(sheet.kinds, start=1)
        if row > head and kinds[place - 1] == "n" and (row, place) not in padded
    ]
    if rows:
        yield note(
            "cell.identifier_is_number",
            sheet.source,
            row=rows[0],
            column=column,
            found="numbers as identifiers",
            expected="identifiers as text",
            next_move="if they had zeros in front, Excel has dropped them; enter them anew as text",
            rows=len(rows),
        )


def _shorten(sheet: Sheet, rows: list[list[str]], places: Sequence[Place], length: int) -> list[int]:
    changed = []
    for row, column in places:
        if sheet.kinds[row - 1][column - 1] in "di":
            rows[row - 1][column - 1] = rows[row - 1][column - 1][:length]
            changed.append(row)
    return changed


def _pad(sheet: Sheet, rows: list[list[str]], places: Sequence[Place]) -> list[int]:
    changed = []
    for row, column, width in places:
        text = rows[row - 1][column - 1]
        if sheet.kinds[row - 1][column - 1] == "n" and text.isdecimal() and len(text) < width:
            rows[row - 1][column - 1] = text.zfill(width)
            changed.append(row)
    return changed


def _dates(sheet: Sheet) -> Iterator[tuple[int, int]]:
    for row, kinds in enumerate(sheet.kinds, start=1):
        for column, kind in enumerate(kinds, start=1):
            if kind in "di":
                yield row, column


def _cells(
    sheet: Sheet, header: Sequence[str], head: int, fact: str, tell: Callable[[Sheet, int, str], Finding]
) -> Iterator[Finding]:
    for row, column in sheet.facts[fact]:
        if row > head:
            name = header[column - 1] if column <= len(header) and header[column - 1] else f"column {column}"
            yield tell(sheet, row, name)


def _error(sheet: Sheet, row: int, column: str) -> Finding:
    return value_set_aside(
        "cell.error",
        sheet.source,
        row=row,
        column=column,
        found="an Excel error such as #DIV/0!",
        expected="a value",
        next_move="mend the formula, or leave the cell empty",
    )


def _without_value(sheet: Sheet, row: int, column: str) -> Finding:
    return value_set_aside(
        "cell.formula_without_value",
        sheet.source,
        row=row,
        column=column,
        found="a formula that was never calculated",
        expected="a value",
        next_move="open the workbook in Excel and save it",
    )


def _merged(sheet: Sheet, ranges: Sequence[str]) -> Finding:
    return warning(
        "sheet.merged_cells",
        sheet.source,
        found=f"merged cells {_some(ranges)}",
        expected="a value in each cell",
        next_move="only the first cell of each has the value, the others count as empty; unmerge them and fill them in",
    )


def _hidden(sheet: Sheet) -> Finding:
    rows, columns = sheet.facts["hidden_rows"], sheet.facts["hidden_columns"]
    return note(
        "sheet.hidden",
        sheet.source,
        found=f"{rows:,} hidden rows and {columns:,} hidden columns",
        expected="what is meant to be read in sight",
        next_move="they were read like the others; delete them if they are no data",
    )


def _never_calculated(sheet: Sheet) -> Finding:
    return warning(
        "sheet.never_calculated",
        sheet.source,
        found=f"{sheet.facts['formulas']:,} formulas that a program wrote, with values that Excel never calculated",
        expected="calculated values",
        next_move="open the workbook in Excel and save it",
    )


def _declares_less(sheet: Sheet) -> bool:
    rows = sheet.facts["dimension"].rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")
    return rows.isdecimal() and int(rows) < int(sheet.facts["rows"])


def _dimension(sheet: Sheet) -> Finding:
    return note(
        "sheet.dimension",
        sheet.source,
        found=f"{sheet.facts['rows']:,} rows in a sheet that declares {sheet.facts['dimension']}",
        expected="a sheet that declares its rows",
        next_move="all rows were read; other programs may stop where it declares, so save it in Excel again",
    )


def _before_march_1900(sheet: Sheet, rows: Sequence[int]) -> Finding:
    return warning(
        "cell.date_before_march_1900",
        sheet.source,
        row=rows[0],
        found="a date before March 1900",
        expected="a date of this series",
        next_move="Excel counts a 29 February 1900 that never was, and small numbers formatted as dates land here;"
        " look the value up",
        rows=len(rows),
    )


def _partial_dates(sheet: Sheet, rows: Sequence[int]) -> Finding:
    return note(
        "cell.partial_date",
        sheet.source,
        row=rows[0],
        found="a date that is shown without its day",
        expected="a whole date, or a month as text such as 1998-08",
        next_move="it was read as the month or year that is shown; format the cell as a date if its day is known",
        rows=len(rows),
    )


def _padded(sheet: Sheet, rows: Sequence[int]) -> Finding:
    return note(
        "cell.shown_with_zeros",
        sheet.source,
        row=rows[0],
        found="a number that is shown with zeros in front",
        expected="text",
        next_move="it was read as shown; format the column as text so that all programs agree",
        rows=len(rows),
    )


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - LISTED} more" if len(words) > LISTED else ""
    return ", ".join(words[:LISTED]) + more
