"""What does the XML of a workbook say that its values do not? Counts, errors, formulas without values, hidden parts.

A second reading of the workbook, independent of the parser that gives the values; the two must agree on the number
of cells. Runs in the child process.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import join, normpath

from seriatim.readers._workbook_parts import Refusal, walk

MOST_CELLS = 20_000_000  # rows x columns that a sheet may span
LAST_ROW = 1_048_576  # of any .xlsx; a sheet that ends exactly there was probably cut there

Attributes = Mapping[str, str]
Members = Mapping[str, zipfile.ZipInfo]

_TRUE = ("1", "true")


@dataclass(slots=True)
class SheetFacts:
    """What the XML of one sheet says; cells are (row, column) from 1."""

    cells: int = 0
    rows: int = 0
    columns: int = 0
    formulas: int = 0
    errors: list[tuple[int, int]] = field(default_factory=list)
    without_value: list[tuple[int, int]] = field(default_factory=list)
    months: list[tuple[int, int]] = field(default_factory=list)
    years: list[tuple[int, int]] = field(default_factory=list)
    padded: list[tuple[int, int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: int = 0
    dimension: str = ""


@dataclass(slots=True)
class WorkbookFacts:
    """What the workbook says about its sheets: the part of each, whether shown, and how dates are counted."""

    sheets: dict[str, str] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    from_1904: bool = False
    never_calculated: bool = False


def scan_workbook(content: bytes, members: Members) -> WorkbookFacts:
    """The sheets of the workbook, in order."""
    main = "xl/workbook.xml"
    parts = _relations(content, members, main)
    facts = WorkbookFacts()

    def start(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            facts.sheets[attributes.get("name", "")] = parts.get(relation, "")
            if attributes.get("state", "visible") != "visible":
                facts.hidden.append(attributes.get("name", ""))
        elif name == "workbookPr":
            facts.from_1904 = attributes.get("date1904") in _TRUE
        elif name == "calcPr":
            facts.never_calculated = attributes.get("fullCalcOnLoad") in _TRUE

    walk(content, _member(members, main), start, _nothing, _nothing)
    return facts


def scan_shared_strings(content: bytes, members: Members) -> list[bool]:
    """Of each shared text: is anything written?"""
    member = members.get("xl/sharedStrings.xml")
    written: list[bool] = []
    if member is None:
        return written
    inside = {"t": False, "rPh": False}  # rPh: how to pronounce it, not part of the text

    def start(name: str, _: Attributes) -> None:
        if name == "si":
            written.append(False)
        elif name in inside:
            inside[name] = True

    def end(name: str) -> None:
        if name in inside:
            inside[name] = False

    def characters(text: str) -> None:
        if text and inside["t"] and not inside["rPh"] and written:
            written[-1] = True

    walk(content, member, start, end, characters)
    return written


@dataclass(slots=True)
class Styles:
    """Cell styles that show less than the cell holds, or more: dates without days, numbers with leading zeros."""

    months: set[str] = field(default_factory=set)
    years: set[str] = field(default_factory=set)
    padded: dict[str, int] = field(default_factory=dict)


def scan_styles(content: bytes, members: Members) -> Styles:
    """The styles by their number, as cells name them."""
    styles = Styles()
    member = members.get("xl/styles.xml")
    if member is None:
        return styles
    codes = {"17": "mmm-yy"}  # the one built-in format of months (ECMA-376 part 1, 18.8.30)
    order: list[str] = []
    inside = {"cellXfs": False}

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside["cellXfs"] = True
        elif name == "xf" and inside["cellXfs"]:
            order.append(attributes.get("numFmtId", "0"))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside["cellXfs"] = False

    walk(content, member, start, end, _nothing)
    for place, number in enumerate(order):
        _classify(str(place), codes.get(number, ""), styles)
    return styles


def _classify(place: str, code: str, styles: Styles) -> None:
    if re.fullmatch("0{2,}", code):
        styles.padded[place] = len(code)
        return
    letters = set(re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", code.lower())) & set("ymdhs")
    if letters == {"y", "m"}:
        styles.months.add(place)
    elif letters == {"y"}:
        styles.years.add(place)


def scan_sheet(content: bytes, member: zipfile.ZipInfo, written: list[bool], styles: Styles) -> SheetFacts:
    """Every cell of one sheet, without trusting the dimension that the sheet declares for itself."""
    scan = _SheetScan(written, styles)
    walk(content, member, scan.start, scan.end, scan.characters)
    if scan.facts.rows == LAST_ROW:
        raise Refusal(
            f"ends exactly at Excel's last row ({LAST_ROW:,}): rows beyond it were lost when it was written;"
            " export it again as .csv"
        )
    return scan.facts


class _SheetScan:
    """The place in a sheet that is being streamed, and what was seen so far."""

    __slots__ = ("_collecting", "_column", "_formula", "_kind", "_row", "_style", "_text", "facts", "styles", "written")

    def __init__(self, written: list[bool], styles: Styles) -> None:
        self.facts = SheetFacts()
        self.written = written
        self.styles = styles
        self._row = self._column = 0
        self._kind = self._style = self._text = ""
        self._formula = self._collecting = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self._collecting = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            self.facts.hidden_rows += attributes.get("hidden") in _TRUE
        else:
            self._note_layout(name, attributes)

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._collecting = False

    def characters(self, text: str) -> None:
        if self._collecting:
            self._text += text

    def _begin_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        self._column = column_number(place) if place else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._text = ""
        self._formula = False

    def _end_cell(self) -> None:
        facts, place = self.facts, (self._row, self._column)
        facts.formulas += self._formula
        if self._formula and not self._text and self._kind != "str":  # "str": a formula whose answer is no text
            facts.without_value.append(place)
        elif self._kind == "e":
            facts.errors.append(place)
        elif self._is_written():
            facts.cells += 1
            self._note_style(place)
        else:
            return
        facts.rows = max(facts.rows, self._row)
        facts.columns = max(facts.columns, self._column)
        if facts.rows * facts.columns > MOST_CELLS:
            raise Refusal(
                f"has a sheet that spans {facts.columns:,} x {facts.rows:,} cells, more than the limit of"
                f" {MOST_CELLS:,}; delete the stray cells at its far end, or save the table alone"
            )

    def _is_written(self) -> bool:
        if self._kind == "s":
            return bool(self._text) and self.written[int(self._text)]
        return bool(self._text)

    def _note_style(self, place: tuple[int, int]) -> None:
        if self._kind != "n":
            return
        if self._style in self.styles.months:
            self.facts.months.append(place)
        elif self._style in self.styles.years:
            self.facts.years.append(place)
        elif self._style in self.styles.padded:
            self.facts.padded.append((*place, self.styles.padded[self._style]))

    def _note_layout(self, name: str, attributes: Attributes) -> None:
        if name == "mergeCell":
            self.facts.merged.append(attributes.get("ref", ""))
        elif name == "col" and attributes.get("hidden") in _TRUE:
            self.facts.hidden_columns += int(attributes.get("max", 0)) - int(attributes.get("min", 0)) + 1
        elif name == "dimension":
            self.facts.dimension = attributes.get("ref", "")


def column_number(place: str) -> int:
    """The number of the column in a cell's name.

    >>> column_number("A1"), column_number("AB12"), column_number("XFD1048576")
    (1, 28, 16384)
    """
    number = 0
    for letter in place:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return number


def _relations(content: bytes, members: Members, part: str) -> dict[str, str]:
    """The parts that a part names, by the identifier that it uses for them."""
    folder, _, name = part.rpartition("/")
    found: dict[str, str] = {}

    def start(element: str, attributes: Attributes) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            found[attributes.get("Id", "")] = normpath(
                target.lstrip("/") if target[:1] == "/" else join(folder, target)
            )

    walk(content, _member(members, f"{folder}/_rels/{name}.rels"), start, _nothing, _nothing)
    return found


def _member(members: Members, name: str) -> zipfile.ZipInfo:
    if name not in members:
        raise Refusal(f"lacks the part {name}; open it in Excel and save it again")
    return members[name]


def _nothing(*_: object) -> None:
    """A handler for what does not matter here."""
