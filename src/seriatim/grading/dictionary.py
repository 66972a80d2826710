"""Which terms has a version of the criteria, and what does each grade say? Read from the user's own copy of the file.

The codes of terms are MedDRA's, which is licensed: nothing of it comes with Seriatim.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import python_calamine

from seriatim.errors import Misuse, UnreadableSource

LARGEST_BYTES = 20_000_000
GRADES = (1, 2, 3, 4, 5)
NOTHING = ("", "-", "n/a")
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Term:
    """A term with the text of each grade that it has; `code` is None where the file has none."""

    name: str
    organ_class: str
    grades: Mapping[int, str]
    definition: str = ""
    note: str = ""
    change: str = ""
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one part of a term (a grade, the definition) from one version to the next."""

    old_term: str
    old_part: str
    old_text: str
    kind: str
    new_term: str
    new_part: str
    new_text: str


def read_terms(path: Path) -> Mapping[str, Term]:
    """The terms of an official workbook, or of a CSV copy, by their names in lower case.

    `UnreadableSource` where it cannot be read or no sheet has the columns of terms and grades. Source: ctcae_v6.
    """
    for rows in _sheets(path).values():
        places = _term_columns(rows[0]) if rows else {}
        if {"term", "organ_class", "grade 1", "grade 5"} <= places.keys():
            terms = [_term(row, places) for row in rows[1:] if any(row)]
            return MappingProxyType({term.name.lower(): term for term in terms})
    raise UnreadableSource(
        f"{path.name}: no sheet has the columns SOC, Term and Grade 1 to Grade 5; give NCI's own file"
    )


def read_changes(path: Path) -> tuple[Change, ...]:
    """The rows of the mapping sheet of the workbook of version 6.0; `UnreadableSource` where there is none."""
    for name, rows in _sheets(path).items():
        if "mapping" in name.lower() and len(rows) > 1:
            return tuple(_change(row, _change_columns(rows[1], path)) for row in rows[2:] if any(row))
    raise UnreadableSource(f"{path.name}: no sheet maps one version to the next; the workbook of version 6.0 has one")


def successors(changes: Iterable[Change]) -> Mapping[str, tuple[str, ...]]:
    """The terms that stand for each old term, in lower case; none where it was removed without one.

    >>> became = Change("Platelet count decreased", "Grade 4", "", "Deletion", "Thrombocytopenia", "Grade 4", "")
    >>> dict(successors([became, became]))
    {'platelet count decreased': ('thrombocytopenia',)}
    """
    found: dict[str, dict[str, None]] = {}
    for change in changes:
        named = found.setdefault(change.old_term.lower(), {})
        if change.new_term:
            named[change.new_term.lower()] = None
    return MappingProxyType({old: tuple(new) for old, new in found.items()})


def translated(term: str, changes: Mapping[str, tuple[str, ...]]) -> str:
    """The one term of the later version that stands for a term; `Misuse` where there is none, or several.

    >>> translated("Platelet count decreased", {"platelet count decreased": ("thrombocytopenia",)})
    'thrombocytopenia'
    """
    new = changes.get(term.lower())
    if new is None:
        raise Misuse(f"the earlier version has no term {term!r}")
    if len(new) != 1:
        told = f"becomes any of {', '.join(new)}" if new else "has no successor"
        raise Misuse(f"{term!r} {told}; say which by hand")
    return new[0]


def _sheets(path: Path) -> dict[str, Rows]:
    if not path.is_file():
        raise UnreadableSource(f"there is no file {path}; give one that exists")
    if path.stat().st_size > LARGEST_BYTES:
        raise UnreadableSource(
            f"{path.name}: {path.stat().st_size:,} bytes is no dictionary of terms; expected under 20 MB"
        )
    try:
        return _csv(path) if path.suffix.lower() == ".csv" else _workbook(path)
    except (UnicodeDecodeError, csv.Error, python_calamine.CalamineError, OSError) as problem:
        raise UnreadableSource(f"{path.name}: {problem}; give a workbook or UTF-8 CSV") from None


def _csv(path: Path) -> dict[str, Rows]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {path.stem: [[_clean(cell) for cell in row] for row in csv.reader(file)]}


def _workbook(path: Path) -> dict[str, Rows]:
    book = python_calamine.CalamineWorkbook.from_path(path)
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    return {name: [[_clean(cell) for cell in row] for row in rows] for name, rows in sheets.items()}


def _clean(cell: object) -> str:
    """No-break spaces and line feeds are spaces; a code that the workbook holds as a number is its digits."""
    text = f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell)
    return " ".join(text.replace("\xa0", " ").split())


def _term_columns(header: Sequence[str]) -> dict[str, int]:
    """Where each column is. A damaged copy has "Grade 1 ??" for a grade with its no-break spaces."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        key = _column(name.lower())
        if key:
            places.setdefault(key, place)
    return places


def _column(name: str) -> str | None:
    grade = re.match(r"grade ([1-5])\b", name)
    if grade:
        return f"grade {grade[1]}"
    ends = {
        "code": "code", "soc": "organ_class", "definition": "definition", "note": "note", "change": "change",
        "term": "term",
    }  # fmt: skip
    return next((key for end, key in ends.items() if name.endswith(end)), None)


def _term(row: Sequence[str], places: Mapping[str, int]) -> Term:
    cells = {key: row[place] if place < len(row) else "" for key, place in places.items()}
    told = {key: "" if cell.lower() in NOTHING else cell for key, cell in cells.items()}
    grades = {grade: told[f"grade {grade}"] for grade in GRADES if told.get(f"grade {grade}")}
    return Term(
        told["term"], told["organ_class"], MappingProxyType(grades), told.get("definition", ""),
        told.get("note", ""), told.get("change", ""), told.get("code") or None,
    )  # fmt: skip


def _change_columns(header: Sequence[str], path: Path) -> tuple[int, ...]:
    """The columns of the two versions have the same names but for the version; the kind of change stands between."""
    lower = [name.lower() for name in header]
    kind = next((place for place, name in enumerate(lower) if name == "change type"), None)
    if kind is None:
        raise UnreadableSource(f"{path.name}: its mapping sheet has no column Change Type; give NCI's own file")
    ends = ("term", "navigational note", "description")
    old = [_place(lower[:kind], end, path) for end in ends]
    new = [kind + 1 + _place(lower[kind + 1 :], end, path) for end in ends]
    return (*old, kind, *new)


def _place(names: Sequence[str], end: str, path: Path) -> int:
    found = next((place for place, name in enumerate(names) if name.endswith(end)), None)
    if found is None:
        raise UnreadableSource(f"{path.name}: its mapping sheet has no column that ends in {end!r} for both versions")
    return found


def _change(row: Sequence[str], places: Sequence[int]) -> Change:
    cells = [row[place] if place < len(row) else "" for place in places]
    return Change(*("" if cell.lower() in NOTHING else cell for cell in cells))
