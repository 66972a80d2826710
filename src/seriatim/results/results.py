"""What is a set of results? Rows that can be looked up, written as Parquet and JSON, and read again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.results.row import COLUMNS, SCHEMA, ResultRow

# By which columns rows are looked up, fewest rows left first.
INDEXED: tuple[tuple[str, ...], ...] = (
    ("analysis", "endpoint", "statistic"),
    ("analysis", "statistic"),
    ("statistic",),
    ("analysis",),
    (),
)


@dataclass(frozen=True)
class Results:
    """Result rows in the order of the plan, each `result_id` once."""

    rows: tuple[ResultRow, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for row in self.rows:
            if row.result_id in seen:
                raise ValueError(f"two result rows are called {row.result_id}")
            seen.add(row.result_id)

    def __iter__(self) -> Iterator[ResultRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, **wanted: Any) -> list[ResultRow]:
        """The rows whose columns have exactly the values given."""
        columns = next(columns for columns in INDEXED if wanted.keys() >= set(columns))
        candidates = self._index(columns).get(tuple(wanted.pop(column) for column in columns), [])
        return [row for row in candidates if all(getattr(row, name) == value for name, value in wanted.items())]

    def _index(self, columns: tuple[str, ...]) -> dict[tuple[Any, ...], list[ResultRow]]:
        # A report asks thousands of times for a few among tens of thousands of rows.
        if columns not in self._indexes:
            found = self._indexes[columns] = {}
            for row in self.rows:
                found.setdefault(tuple(getattr(row, column) for column in columns), []).append(row)
        return self._indexes[columns]

    @cached_property
    def _indexes(self) -> dict[tuple[str, ...], dict[tuple[Any, ...], list[ResultRow]]]:
        return {}

    def one(self, **wanted: Any) -> ResultRow | None:
        """The only such row, None where there is none; two are an error."""
        found = self.where(**wanted)
        if len(found) > 1:
            raise ValueError(f"{len(found)} result rows have {wanted}; name more columns")
        return found[0] if found else None


def join(parts: Iterable[Iterable[ResultRow]]) -> Results:
    """Several analyses' rows as one set."""
    return Results(tuple(row for part in parts for row in part))


def write_results(results: Results, folder: Path) -> None:
    """Write `results.parquet` and `results.json` beside each other."""
    frame = results_frame(results)
    frame.write_parquet(folder / "results.parquet", metadata={"schema": SCHEMA})
    write = json.JSONEncoder(allow_nan=False).encode
    # A row a line: as easy to look at as an indented file, and written several times faster.
    lines = ",\n".join(write(_told(row)) for row in frame.iter_rows())
    text = f'{{"schema": {json.dumps(SCHEMA)},\n"rows": [\n{lines}\n]}}\n'
    (folder / "results.json").write_text(text, encoding="utf-8")


def read_results(path: Path) -> Results:
    """Read `results.parquet` again, to the same rows."""
    try:
        frame, version = pl.read_parquet(path), pl.read_parquet_metadata(path).get("schema")
    except (OSError, PolarsError):
        raise UnreadableSource(
            f"{path.name}: cannot be read as Parquet; give the results that a review wrote"
        ) from None
    if version != SCHEMA:
        raise InvalidDocument(f"{path.name}: found version {version!r}, expected {SCHEMA!r}; review again")
    if unknown := set(frame.columns) ^ set(COLUMNS):
        raise InvalidDocument(f"{path.name}: columns {sorted(unknown)} differ from {SCHEMA}; review again")
    return Results(tuple(ResultRow(**row) for row in frame.to_dicts()))


def results_frame(results: Results) -> pl.DataFrame:
    """The rows as one frame with the columns of `seriatim.results/1`."""
    return pl.DataFrame({name: [getattr(row, name) for row in results] for name in COLUMNS}, schema=_frame_schema())


def _frame_schema() -> dict[str, Any]:
    types = {"str": pl.String, "float | None": pl.Float64, "int | None": pl.Int64, "bool": pl.Boolean}
    return {field.name: types[str(field.type)] for field in fields(ResultRow)}


def _told(row: tuple[Any, ...]) -> dict[str, Any]:
    """What a row has to say. JSON has no infinity; an upper bound without end is written as the word."""
    return {name: WORDS.get(value, value) for name, value in zip(COLUMNS, row, strict=True) if value not in (None, "")}


WORDS = {float("inf"): "Infinity", float("-inf"): "-Infinity"}
