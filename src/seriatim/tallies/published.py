"""How does a paper's printed table become a tally? Counts as printed, or every count that its percentages allow."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from seriatim.documents import Document, load_document, read_document
from seriatim.errors import InvalidDocument
from seriatim.methods.compatible_counts import compatible_counts
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, tally_from_rows

SCHEMA = "seriatim.published/1"
CSV_COLUMNS = ("endpoint", "group", "k", "n", "percent", "lower", "upper", "level", "p", "test")
MOST_READINGS = 64  # combinations of admissible counts of one row that are carried as readings of their own

Printed = Annotated[str | None, BeforeValidator(lambda value: None if value is None else str(value))]
Sizes = Annotated[tuple[int, ...], BeforeValidator(lambda value: (value,) if isinstance(value, int) else value)]


class Cell(Document):
    """One printed cell: a count, a percentage as printed (its digits matter), an interval, or several of them.

    `n` may list several sizes where the paper leaves the size open.
    """

    group: str
    k: int | None = Field(default=None, ge=0)
    n: Sizes = ()
    percent: Printed = None
    lower: Printed = None
    upper: Printed = None
    level: float = Field(default=95, gt=50, lt=100)

    @model_validator(mode="after")
    def _says_something(self) -> Cell:
        if self.k is None and self.percent is None:
            raise ValueError("k or percent in each cell")
        return self


class Row(Document):
    """One endpoint of a printed table, with its P value as printed and the test as named there."""

    endpoint: str
    cells: tuple[Cell, ...] = Field(min_length=1)
    p: Printed = None
    test: str = ""


class Published(Document):
    """A printed table. `groups` gives the order of the groups and the sizes of cells that print none."""

    title: str
    source: str
    unit: Unit = Unit.PATIENT
    groups: Mapping[str, Sizes] = Field(min_length=1)
    rows: tuple[Row, ...] = Field(min_length=1)

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
        return published_from_csv(path.read_text(encoding="utf-8-sig"), path.name)
    return read_document(path, Published, schema=SCHEMA)


def published_from_csv(text: str, name: str) -> Published:
    """The same from CSV with the columns of `CSV_COLUMNS`; those after `n` may be left out or empty.

    >>> table = published_from_csv("endpoint,group,k,n\\nhypotension,2010,24,137\\nhypotension,control,0,108", "t.csv")
    >>> [reading.counts for reading in readings(table, table.rows[0])]
    [((24, 137), (0, 108))]
    """
    lines = list(csv.DictReader(io.StringIO(text)))
    unknown = sorted(set(lines[0] if lines else ()) - set(CSV_COLUMNS), key=str)
    if not lines or unknown:
        raise InvalidDocument(f"{name}: found columns {unknown or 'and no row'}, expected {', '.join(CSV_COLUMNS)}")
    groups: dict[str, tuple[int, ...]] = {line["group"]: () for line in lines}
    rows: dict[str, list[dict[str, str]]] = {}
    for line in lines:
        rows.setdefault(line["endpoint"], []).append(line)
    body = {
        "title": name,
        "source": name,
        "groups": {group: list(sizes) for group, sizes in groups.items()},
        "rows": [_csv_row(endpoint, cells) for endpoint, cells in rows.items()],
    }
    return load_document(_as_yaml(body), Published, schema=SCHEMA, name=name)


def readings(published: Published, row: Row) -> list[Reading]:
    """Every combination of counts and sizes that prints as the row does; none where a cell contradicts itself.

    >>> table = published_from_csv("endpoint,group,n,percent\\ndiarrhoea,first,155,92\\ndiarrhoea,last,155,12", "t")
    >>> [reading.label for reading in readings(table, table.rows[0])][:2]
    ['diarrhoea [142/155, 18/155]', 'diarrhoea [142/155, 19/155]']
    """
    groups = tuple(cell.group for cell in row.cells)
    found = product(*(admissible(cell, published.sizes(cell)) for cell in row.cells))
    return [Reading(row.endpoint, groups, counts) for counts in found]


def admissible(cell: Cell, sizes: Sequence[int]) -> list[tuple[int, int]]:
    """The (count, size) pairs that a cell allows, the printed count alone where there is one."""
    if cell.k is not None:
        return [(cell.k, n) for n in sizes if cell.k <= n]
    return [(k, n) for n in sizes for k in compatible_counts(cell.percent or "", n)]


def published_tally(published: Published) -> Tally:
    """A tally of group by endpoint by outcome; a row that several counts fit stands once for each, as a view.

    Rows without any admissible reading are left out here: `consistency_findings` names them.
    """
    chosen = [reading for row in published.rows for reading in readings(published, row)[:MOST_READINGS]]
    single = {row.endpoint for row in published.rows if len(readings(published, row)) == 1}
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


def identifier(name: str) -> str:
    """A printed name as the identifier of an endpoint.

    >>> identifier("Blood or bone marrow"), identifier("diarrhoea [142/155, 18/155]")
    ('blood_or_bone_marrow', 'diarrhoea_142_155_18_155')
    """
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return words if words[:1].isalpha() else f"endpoint_{words}"


def _lines(name: str, reading: Reading) -> Iterator[tuple[str, str, str, int]]:
    for group, (k, n) in zip(reading.groups, reading.counts, strict=True):
        yield group, name, "yes", k
        yield group, name, "no", n - k


def _csv_row(endpoint: str, cells: Sequence[Mapping[str, str]]) -> dict[str, object]:
    row: dict[str, object] = {"endpoint": endpoint, "cells": [_csv_cell(cell) for cell in cells]}
    for name in ("p", "test"):
        if value := next((cell.get(name) for cell in cells if cell.get(name)), None):
            row[name] = value
    return row


def _csv_cell(cell: Mapping[str, str]) -> dict[str, object]:
    given = {name: cell.get(name) for name in ("group", "percent", "lower", "upper") if cell.get(name)}
    numbers = {name: int(cell[name]) for name in ("k", "n") if (cell.get(name) or "").strip().isdigit()}
    level = {"level": float(cell["level"])} if cell.get("level") else {}
    return {**given, **numbers, **level}


def _as_yaml(body: Mapping[str, object]) -> str:
    # JSON is YAML 1.2; so a CSV passes the same checks with the same messages.
    return json.dumps({"schema": SCHEMA, **body})
