"""What is a page before it is HTML or Word? Headings, sentences, tables and figures, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence made from result rows; `result_ids` name them. `tone` marks what must not be overlooked."""

    text: str
    result_ids: tuple[str, ...] = ()
    tone: Literal["plain", "lead", "caution"] = "plain"


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell as it is to be read, the result rows behind it, and a footnote of its own where it needs one.

    A `blank` one is left for somebody to write into.
    """

    text: str
    result_ids: tuple[str, ...] = ()
    kind: Literal["text", "number", "missing", "reason", "blank"] = "number"
    note: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row with its header cell; `level` indents a term under its system organ class, `note` is a footnote."""

    header: str
    cells: tuple[Cell, ...]
    level: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: caption, column headings (the first names the row headers), rows, small print.

    A `form` is filled in by hand: it has lines between its cells, and room to write.
    """

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...] = ()
    form: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) + 1 != len(self.columns):
                raise ValueError(
                    f"{self.name}, row {row.header!r}: {len(row.cells)} cells for {len(self.columns) - 1} columns"
                )


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as one Vega-Lite specification, with its text alternative and the name of the table beside it."""

    name: str
    caption: str
    alternative: str
    spec: Mapping[str, Any]
    table: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Preformatted text such as the plan as read or the command that reproduces the report."""

    name: str
    text: str


Block = Sentence | Table | Figure | Listing


@dataclass(frozen=True, slots=True)
class Section:
    """One question of the report: heading, then sentence, picture, table, small print.

    One that `starts_sheet` begins on a new sheet of paper.
    """

    name: str
    heading: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()
    starts_sheet: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """What a page shows on every printed sheet: a line at its foot, a word across it; and which way the paper lies."""

    foot: str = ""
    across: str = ""
    is_landscape: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report: title, the population in one line, the answer first, then a section a question."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    language: str = "en-GB"
    paper: Paper = Paper()
