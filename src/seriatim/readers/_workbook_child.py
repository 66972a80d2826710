"""What do the sheets of a workbook hold? The child process: bytes in, cells as text with their kinds out, as JSON."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO

import python_calamine

from seriatim.readers._names import plain_name
from seriatim.readers._workbook_parts import Refusal, members_of, walk
from seriatim.readers._workbook_scan import (
    Members,
    SheetFacts,
    scan_shared_strings,
    scan_sheet,
    scan_styles,
    scan_workbook,
)

# Kinds of cell, one letter each: text, number, truth, date, instant, time of day, span of time, nothing.
TEXT, NUMBER, TRUTH, DATE, INSTANT, TIME, SPAN, NOTHING = "sntdihu "


def main(request: dict[str, Any], source: BinaryIO, answer: BinaryIO) -> None:
    """Read the workbook from `source` and write an answer: its sheets, or why it was refused."""
    try:
        result = read_workbook(source.read(), request["wanted"])
    except Refusal as refusal:
        result = {"refused": str(refusal)}
    answer.write(json.dumps(result).encode())


def read_workbook(content: bytes, wanted: list[str]) -> dict[str, Any]:
    """The sheets whose plain names are wanted, and what is known of the others."""
    members = members_of(content)
    facts = scan_workbook(content, members)
    _look_for_dtds(content, members)
    written = scan_shared_strings(content, members)
    styles = scan_styles(content, members)
    ours = {name: part for name, part in facts.sheets.items() if plain_name(name) in wanted}
    if gone := [name for name, part in ours.items() if part not in members]:
        raise Refusal(f"has no part for its sheet {', '.join(gone)}; copy it again, or open it in Excel and save it")
    scans = {name: scan_sheet(content, members[part], written, styles) for name, part in ours.items()}
    # Only now, with the span of every sheet known, is the fast parser let in: it allocates a sheet's whole span.
    return {
        "names": list(facts.sheets),
        "hidden": facts.hidden,
        "never_calculated": facts.never_calculated,
        "sheets": {name: _sheet(content, name, scan) for name, scan in scans.items()},
    }


def _look_for_dtds(content: bytes, members: Members) -> None:
    """Also in the parts that are not read here: another parser may open them."""
    for name, member in members.items():
        if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/sheet"):
            walk(content, member, lambda *_: None, lambda *_: None, lambda *_: None)


def _sheet(content: bytes, name: str, facts: SheetFacts) -> dict[str, Any]:
    """The rows of a sheet from its row 1, a kind for each cell, and what the XML says about them."""
    rows, kinds = [], []
    for row in _cells(content, name):
        marked = [_as_text(cell) for cell in row]
        rows.append([text for text, _ in marked])
        kinds.append("".join(kind for _, kind in marked))
    found = sum(1 for row in rows for text in row if text)
    if found != facts.cells:
        raise Refusal(
            f"was read twice with different results (sheet {name}: {found:,} cells and {facts.cells:,} cells);"
            " open it in Excel and save it again"
        )
    return {"rows": rows, "kinds": kinds, "facts": asdict(facts)}


def _cells(content: bytes, name: str) -> list[list[Any]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except python_calamine.CalamineError:
        raise Refusal("is damaged; open it in Excel and save it again") from None


def _as_text(cell: Any) -> tuple[str, str]:
    """A cell as the shortest exact text, and its kind.

    >>> _as_text(3.0), _as_text(0.1 + 0.2), _as_text(date(1998, 8, 15)), _as_text("007")
    (('3', 'n'), ('0.3', 'n'), ('1998-08-15', 'd'), ('007', 's'))
    """
    if isinstance(cell, str):
        return (cell, TEXT) if cell else ("", NOTHING)
    if isinstance(cell, bool):
        return ("true" if cell else "false"), TRUTH
    if isinstance(cell, int | float):
        return _number(cell), NUMBER
    if isinstance(cell, datetime):
        return cell.isoformat(), INSTANT
    if isinstance(cell, date):
        return cell.isoformat(), DATE
    if isinstance(cell, time):
        return cell.isoformat(), TIME
    return _hours(cell), SPAN


def _number(value: float) -> str:
    """Excel keeps and shows 15 digits; what a formula leaves beyond them is noise of binary arithmetic."""
    if isinstance(value, int):
        return str(value)
    return format(Decimal(f"{value:.15g}").normalize() + 0, "f")


def _hours(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
