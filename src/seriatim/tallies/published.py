"""How does a paper's printed table become a tally? Counts as printed, or every count that its percentages allow."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from math import prod
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from seriatim.documents import Document, Place, check_document, read_document, read_text
from seriatim.errors import InvalidDocument
from seriatim.methods.compatible_counts import compatible_counts
from seriatim.tallies.printed import Bound, Percent, PrintedP
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, tally_from_rows

SCHEMA = "seriatim.published/1"
CSV_COLUMNS = ("endpoint", "group", "k", "n", "percent", "lower", "upper", "level", "p", "test")
MOST_READINGS = 64  # combinations of admissible counts of one row that are carried as readings of their own


Size = Annotated[int, Field(ge=1)]
Sizes = Annotated[tuple[Size, ...], BeforeValidator(lambda value: (value,) if isinstance(value, int) else value)]


class Cell(Document):
    """One printed cell: a count, a percentage as printed (its digits matter), an interval, or several of them.

    `n` may list several sizes where the paper leaves the size open.
    """

    group: str = Field(min_length=1)
    k: int | None = Field(default=None, ge=0)
    n: Sizes = ()
    percent: Percent | None = None
    lower: Bound | None = None
    upper: Bound | None = None
    level: float = Field(default=95, gt=50, lt=100)

    @model_validator(mode="after")
    def _says_something(self) -> Cell:
        if self.k is None and self.percent is None:
            raise ValueError("k or percent in each cell")
        return self


class Row(Document):
    """One endpoint of a printed table, with its P value as printed and the test as named there.

    A named test is what the P value is checked by; without a name every usual one is tried.
    """

    endpoint: str = Field(min_length=1)
    cells: tuple[Cell, ...] = Field(min_length=1)
    p: PrintedP | None = None
    test: str = ""

    @model_validator(mode="after")
    def _one_cell_a_group(self) -> Row:
        # A line copied twice would double the patients of its group.
        _each_once([cell.group for cell in self.cells], f"each group of {self.endpoint}")
        return self


class DeathRun(Document):
    """No treatment-related death in the last `run` of `total` patients; `earlier` ones before it, where printed."""

    total: Size
    run: Size
    earlier: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _fits(self) -> DeathRun:
        if self.run + (self.earlier or 0) > self.total:
            raise ValueError(f"a run and earlier deaths that fit into the {self.total} patients of total")
        return self


class Claim(Document):
    """What a paper says and nobody can work out from what it prints, with the reason."""

    claim: str = Field(min_length=1)
    because: str = Field(min_length=1)


class Published(Document):
    """A printed table. `groups` gives the order of the groups and the sizes of cells that print none.

    `deaths` and `claims` are what the text says beside the table; only YAML has a place for them.
    """

    title: str
    source: str
    unit: Unit = Unit.PATIENT
    groups: Mapping[str, Sizes] = Field(min_length=1)
    rows: tuple[Row, ...] = Field(min_length=1)
    deaths: DeathRun | None = None
    claims: tuple[Claim, ...] = ()

    @model_validator(mode="after")
    def _endpoints_can_be_told_apart(self) -> Published:
        _each_once([identifier(row.endpoint) for row in self.rows], "each endpoint (by its letters and digits)")
        _each_once([identifier(claim.claim) for claim in self.claims], "each claim (by its letters and digits)")
        return self

    @model_validator(mode="after")
    def _cells_have_groups_and_sizes(self) -> Published:
        for row in self.rows:
            for cell in row.cells:
                if cell.group not in self.groups:
                    raise ValueError(f"groups of the table; {row.endpoint} has {cell.group!r}")
                if not (cell.n or self.groups[cell.group]):
                    raise ValueError(f"a size n for {row.endpoint}, {cell.group}, in the cell or in groups")
        return self

    def sizes(self, cell: Cell) -> tuple[int, ...]:
        return cell.n or self.groups[cell.group]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a row: a count and a size for each of its cells, in their order."""

    endpoint: str
    groups: tuple[str, ...]
    counts: tuple[tuple[int, int], ...]

    @property
    def label(self) -> str:
        return f"{self.endpoint} [{', '.join(f'{k}/{n}' for k, n in self.counts)}]"


def read_published(path: Path) -> Published:
    """Read a printed table from YAML (`schema: seriatim.published/1`) or from a plain CSV, a line a cell."""
    if path.suffix.lower() == ".csv":
        return published_from_csv(read_text(path), path.name)
    return read_document(path, Published, schema=SCHEMA)


def published_from_csv(text: str, name: str) -> Published:
    """The same from CSV with the columns of `CSV_COLUMNS`; those after `n` may be left out or empty.

    >>> table = published_from_csv("endpoint,group,k,n\\nhypotension,2010,24,137\\nhypotension,control,0,108", "t.csv")
    >>> [reading.counts for reading in readings(table, table.rows[0])]
    [((24, 137), (0, 108))]
    """
    lines = _csv_lines(text, name)
    rows: dict[str, list[_Line]] = {}
    for line in lines:
        rows.setdefault(line.values.get("endpoint", ""), []).append(line)
    body = {
        "title": name,
        "source": name,
        "groups": {line.values.get("group", ""): () for line in lines},
        "rows": [_csv_row(endpoint, cells, name) for endpoint, cells in rows.items()],
    }
    places = [[line.number for line in cells] for cells in rows.values()]
    return check_document(body, Published, name, lambda place: _csv_place(place, places))


def readings(published: Published, row: Row) -> list[Reading]:
    """Every combination of counts and sizes that prints as the row does; none where a cell contradicts itself.

    Where there are more than `MOST_READINGS`, those of the lowest and the highest admissible share of each cell:
    every other combination lies between them.

    >>> table = published_from_csv("endpoint,group,n,percent\\ndiarrhoea,first,155,92\\ndiarrhoea,last,155,12", "t")
    >>> [reading.label for reading in readings(table, table.rows[0])][:2]
    ['diarrhoea [142/155, 18/155]', 'diarrhoea [142/155, 19/155]']
    """
    allowed = [admissible(cell, published.sizes(cell)) for cell in row.cells]
    if prod(map(len, allowed)) > MOST_READINGS:
        allowed = [_ends(pairs) for pairs in allowed]
    return list(islice(_combined(row, allowed), MOST_READINGS))


def all_readings(published: Published, row: Row) -> Iterator[Reading]:
    """Every combination one after another, however many (see `combinations`)."""
    return _combined(row, [admissible(cell, published.sizes(cell)) for cell in row.cells])


def combinations(published: Published, row: Row) -> int:
    """How many combinations of counts and sizes print as the row does."""
    return prod(len(admissible(cell, published.sizes(cell))) for cell in row.cells)


def _combined(row: Row, allowed: Sequence[Sequence[tuple[int, int]]]) -> Iterator[Reading]:
    groups = tuple(cell.group for cell in row.cells)
    return (Reading(row.endpoint, groups, counts) for counts in product(*allowed))


def _ends(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    ordered = sorted(pairs, key=lambda pair: Fraction(*pair))
    return ordered if len(ordered) < 2 else [ordered[0], ordered[-1]]


def admissible(cell: Cell, sizes: Sequence[int]) -> list[tuple[int, int]]:
    """The (count, size) pairs that a cell allows, the printed count alone where there is one."""
    if cell.k is not None:
        return [(cell.k, n) for n in sizes if cell.k <= n]
    return [(k, n) for n in sizes for k in compatible_counts(cell.percent or "", n)]


def published_tally(published: Published) -> Tally:
    """A tally of group by endpoint by outcome; a row that several counts fit stands once for each, as a view.

    Rows without any admissible reading are left out here: `consistency_findings` names them.
    """
    chosen = [reading for row in published.rows for reading in readings(published, row)]
    single = {row.endpoint for row in published.rows if combinations(published, row) == 1}
    names = [reading.endpoint if reading.endpoint in single else reading.label for reading in chosen]
    ids = [identifier(name) for name in names]
    keys = (
        Key("group", Role.PARTITION, tuple(published.groups)),
        Key("endpoint", Role.VIEW, tuple(ids), tuple(names)),
        Key("outcome", Role.PARTITION, ("yes", "no")),
    )
    rows = [line for name, reading in zip(ids, chosen, strict=True) for line in _lines(name, reading)]
    definition = f"printed counts of {published.title}"
    return tally_from_rows("incidence", published.unit, definition, keys, rows, source=published.source)


def printed_name(label: str) -> str:
    """The printed name of an endpoint without the counts that tell its readings apart.

    >>> printed_name("diarrhoea [142/155, 18/155]"), printed_name("Hypotension [with vasopressors]")
    ('diarrhoea', 'Hypotension [with vasopressors]')
    """
    return re.sub(r" \[\d+/\d+(, \d+/\d+)*\]$", "", label)


def identifier(name: str) -> str:
    """A printed name as the identifier of an endpoint.

    >>> identifier("Blood or bone marrow"), identifier("diarrhoea [142/155, 18/155]")
    ('blood_or_bone_marrow', 'diarrhoea_142_155_18_155')
    """
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return words if words[:1].isalpha() else f"endpoint_{words}"


def _each_once(names: Sequence[str], what: str) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{what} once; twice: {', '.join(twice)}")


def _lines(name: str, reading: Reading) -> Iterator[tuple[str, str, str, int]]:
    for group, (k, n) in zip(reading.groups, reading.counts, strict=True):
        yield group, name, "yes", k
        yield group, name, "no", n - k


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    values: Mapping[str, str]


def _csv_lines(text: str, name: str) -> list[_Line]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        lines = [_Line(reader.line_num, {key: value for key, value in line.items() if value}) for line in reader]
    except csv.Error as error:
        raise InvalidDocument(f"{name} line {reader.line_num}: {error}; mend the CSV") from None
    unknown = [column for column in reader.fieldnames or () if column not in CSV_COLUMNS]
    if unknown or not lines:
        found = f"the columns {', '.join(unknown)}" if unknown else "no line under the header"
        raise InvalidDocument(f"{name} line 1: found {found}, expected {', '.join(CSV_COLUMNS)}; mend the CSV")
    if longer := next((line for line in lines if None in line.values), None):
        raise InvalidDocument(f"{name} line {longer.number}: found more cells than columns; mend the CSV")
    return lines


def _csv_row(endpoint: str, cells: Sequence[_Line], name: str) -> dict[str, object]:
    row: dict[str, object] = {"cells": [_csv_cell(cell.values) for cell in cells]}
    if endpoint:
        row["endpoint"] = endpoint
    for column in ("p", "test"):
        given = [cell for cell in cells if column in cell.values]
        if other := [cell for cell in given if cell.values[column] != given[0].values[column]]:
            place = f"{name} line {other[0].number}, {column}"
            found, first = other[0].values[column], given[0].values[column]
            raise InvalidDocument(f"{place}: found {found} for {endpoint}, which had {first} before; keep one")
        if given:
            row[column] = given[0].values[column]
    return row


def _csv_cell(values: Mapping[str, str]) -> dict[str, object]:
    names = ("group", "k", "percent", "lower", "upper", "level")
    cell: dict[str, object] = {name: values[name] for name in names if name in values}
    if "n" in values:
        cell["n"] = (values["n"],)
    return cell


def _csv_place(place: Place, places: Sequence[Sequence[int]]) -> int:
    """The line of a fault: that of its cell, else of the endpoint's first cell, else the header."""
    _, row, _, cell = (*place, None, None, None, None)[:4]
    if not isinstance(row, int):
        return 1
    return places[row][cell if isinstance(cell, int) else 0]
