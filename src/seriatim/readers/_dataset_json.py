"""What does a CDISC Dataset-JSON file say? One JSON document, or its first line and then a line a record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from seriatim.errors import UnreadableSource
from seriatim.readers._snapshot import Snapshot
from seriatim.readers._text import number_as_text
from seriatim.readers._text_table import TextTable, check_header, of_records

EXACT = 2**53  # whole numbers beyond it lose digits where they stand in a column with fractions


def read_dataset_json(snapshot: Snapshot) -> TextTable:
    """The data set as text; a record count that differs from the one promised refuses the file."""
    header, rows = _parts(snapshot)
    names = [column["name"] for column in header["columns"]]
    check_header(names, snapshot.name, 1)
    promised = header.get("records")
    if promised is not None and promised != len(rows):
        raise UnreadableSource(
            f"{snapshot.name}: is cut short: it promises {promised} records and has {len(rows)}; export it again"
        )
    return of_records(_frame(names, rows, snapshot.name), snapshot.name)


def _parts(snapshot: Snapshot) -> tuple[dict[str, Any], list[Any]]:
    """The header, with its columns, and the records, as far as their form is that of a data set."""
    try:
        text = snapshot.content.decode("utf-8-sig")
        lines = list(_lines(text)) if snapshot.name.lower().endswith(".ndjson") else [json.loads(text)]
    except UnicodeDecodeError:
        raise UnreadableSource(f"{snapshot.name}: is not UTF-8, which Dataset-JSON must be; export it again") from None
    except (ValueError, RecursionError):  # a hundred thousand brackets
        raise UnreadableSource(f"{snapshot.name}: is no whole Dataset-JSON; export it again") from None
    header = lines[0] if lines else None
    rows = lines[1:] if snapshot.name.lower().endswith(".ndjson") or not lines else _member(header, "rows", [])
    columns = _member(header, "columns", [])
    if not isinstance(header, dict) or not isinstance(rows, list) or not isinstance(columns, list):
        raise UnreadableSource(f"{snapshot.name}: is no whole Dataset-JSON; export it again")
    if not columns or not all(isinstance(_member(column, "name"), str) for column in columns):
        raise UnreadableSource(f"{snapshot.name}: is no Dataset-JSON; it has no columns with a name each")
    return header, rows


def _member(value: Any, name: str, otherwise: Any = None) -> Any:
    return value.get(name, otherwise) if isinstance(value, dict) else None


def _lines(text: str) -> Iterator[Any]:
    # Not splitlines: a text may hold the other line ends of Unicode as they are.
    return (json.loads(line) for line in text.split("\n") if line.strip())


def _frame(names: list[str], rows: list[Any], name: str) -> pl.DataFrame:
    for place, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(row) != len(names):
            raise UnreadableSource(
                f"{name}: record {place} has not the {len(names)} values that its columns need; export it again"
            )
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pl.DataFrame([_series(column, values, name) for column, values in zip(names, columns, strict=True)])


def _series(column: str, values: Sequence[Any], name: str) -> pl.Series:
    if all(value is None or type(value) is float or (type(value) is int and abs(value) <= EXACT) for value in values):
        return pl.Series(column, values, strict=False)
    try:
        return pl.Series(column, [_cell(value) for value in values], dtype=pl.String)
    except (TypeError, UnicodeEncodeError):
        raise UnreadableSource(
            f"{name}: {column} has a value that is no text and no number, or half a letter; export it again"
        ) from None


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_as_text(value)
    raise TypeError
