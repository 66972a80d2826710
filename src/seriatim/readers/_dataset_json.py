"""What does a CDISC Dataset-JSON file say? One JSON document, or its first line and then a line a record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from seriatim.errors import UnreadableSource
from seriatim.readers._snapshot import Snapshot
from seriatim.readers._text import as_text
from seriatim.readers._text_table import TextTable, check_header


def read_dataset_json(snapshot: Snapshot) -> TextTable:
    """The data set as text; a record count that differs from the one promised refuses the file."""
    header, rows = _parts(snapshot)
    names = [str(column.get("name")) for column in header.get("columns", [])]
    if not names:
        raise UnreadableSource(f"{snapshot.name}: is no Dataset-JSON; it has no columns")
    check_header(names, snapshot.name, 1)
    promised = header.get("records")
    if promised is not None and promised != len(rows):
        raise UnreadableSource(
            f"{snapshot.name}: is cut short: it promises {promised} records and has {len(rows)}; export it again"
        )
    text, findings = as_text(_frame(names, rows, snapshot.name), snapshot.name)
    numbered = text.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("source_row"))
    return TextTable(snapshot.name, numbered, 0, tuple(findings))


def _parts(snapshot: Snapshot) -> tuple[dict[str, Any], list[list[Any]]]:
    try:
        text = snapshot.content.decode("utf-8-sig")
        if snapshot.name.lower().endswith(".ndjson"):
            lines = list(_lines(text))
            return lines[0], lines[1:]
        document = json.loads(text)
        return document, document.get("rows", [])
    except UnicodeDecodeError:
        raise UnreadableSource(f"{snapshot.name}: is not UTF-8, which Dataset-JSON must be; export it again") from None
    except (ValueError, IndexError, AttributeError):
        raise UnreadableSource(f"{snapshot.name}: is no whole Dataset-JSON; export it again") from None


def _lines(text: str) -> Iterator[Any]:
    return (json.loads(line) for line in text.splitlines() if line.strip())


def _frame(names: list[str], rows: list[list[Any]], name: str) -> pl.DataFrame:
    ragged = [place for place, row in enumerate(rows, start=1) if len(row) != len(names)]
    if ragged:
        raise UnreadableSource(
            f"{name}: record {ragged[0]} has not the {len(names)} values that its columns need; export it again"
        )
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pl.DataFrame([_series(column, values) for column, values in zip(names, columns, strict=True)])


def _series(name: str, values: Any) -> pl.Series:
    listed = list(values)
    if all(value is None or isinstance(value, int | float) for value in listed):
        return pl.Series(name, listed, strict=False)
    return pl.Series(name, [None if value is None else str(value) for value in listed], dtype=pl.String)
