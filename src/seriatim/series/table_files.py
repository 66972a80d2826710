"""How is one table of a series kept in a file, Parquet or CSV?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars.exceptions import PolarsError

from seriatim.engines.batches import ROWS_AT_A_TIME, in_batches
from seriatim.errors import UnreadableSource
from seriatim.series.content_hash import ContentDigest
from seriatim.series.schema import TABLES, stored_columns, table_columns
from seriatim.series.series_document import StoredTable
from seriatim.series.typed_table import DTYPES

_INSTANT = "%Y-%m-%dT%H:%M:%S%.6f"


def write_table(path: Path, name: str, frame: nw.LazyFrame[Any]) -> StoredTable:
    """Write the rows in canonical order, a part at a time; the suffix of `path` is the format."""
    schema = stored_schema(name, frame.collect_schema().names())
    digest = ContentDigest(schema)
    with _writer(path, schema) as write:
        # `source_row` is last in every schema, so the order of the columns is the canonical order of the rows.
        for batch in in_batches(frame.select(*schema), list(schema)):
            typed = batch.cast(schema)
            write(typed)
            digest.add(typed)
    return StoredTable(digest.rows, digest.hexdigest())


def open_table(path: Path, name: str, rows: int) -> pl.DataFrame | Path:
    """A Parquet file to scan, or the rows of a CSV; refused where columns or row count are not as recorded."""
    try:
        table = path if path.suffix == ".parquet" else _read_csv(path, name)
        schema, height = _shape(table)
    except (PolarsError, pa.ArrowException, OSError) as problem:
        raise UnreadableSource(f"{path}: found a file that cannot be read, expected a stored table") from problem
    expected = stored_schema(name, list(schema))
    if schema != expected:
        raise UnreadableSource(f"{path}: found columns {_listed(schema)}, expected {_listed(expected)}")
    if height != rows:
        raise UnreadableSource(f"{path}: found {height} rows, expected {rows} as recorded; restore the file")
    return table


def hash_table(table: pl.DataFrame | Path) -> str:
    """The content hash of an opened table, in the order of the file and a part at a time."""
    digest = ContentDigest(_shape(table)[0])
    for batch in _batches(table):
        digest.add(batch)
    return digest.hexdigest()


def stored_schema(name: str, columns: Iterable[str]) -> pl.Schema:
    """Names and types of a stored table: the declared columns, then extras as text, `source_row` last.

    Columns that were added to the schema later are left out where an older stored table lacks them.
    """
    found_in_order = list(columns)
    found = set(found_in_order)
    later = {stored for column in TABLES[name].columns if column.added for stored, _ in stored_columns(column)}
    declared = {column: DTYPES[dtype] for column, dtype in table_columns(TABLES[name]) if column not in later - found}
    source_row = declared.pop("source_row")
    extras = [column for column in found_in_order if column not in declared and column != "source_row"]
    allowed = dict.fromkeys(extras if TABLES[name].extras_allowed else [], pl.String())
    return pl.Schema({**declared, **allowed, "source_row": source_row})


def _shape(table: pl.DataFrame | Path) -> tuple[pl.Schema, int]:
    if isinstance(table, pl.DataFrame):
        return table.schema, table.height
    return pl.Schema(pl.read_parquet_schema(table)), pq.read_metadata(table).num_rows


def _batches(table: pl.DataFrame | Path) -> Iterator[pl.DataFrame]:
    if isinstance(table, pl.DataFrame):
        yield from table.iter_slices(ROWS_AT_A_TIME)
        return
    for batch in pq.ParquetFile(table).iter_batches(ROWS_AT_A_TIME):
        yield pl.DataFrame(batch)


@contextmanager
def _writer(path: Path, schema: pl.Schema) -> Iterator[Callable[[pl.DataFrame], None]]:
    empty = pl.DataFrame(schema=schema)
    if path.suffix == ".parquet":
        # pyarrow and not Polars: the same rows give the same bytes, so a folder can be compared file by file.
        with pq.ParquetWriter(path, empty.to_arrow().schema) as parquet:
            yield lambda batch: parquet.write_table(batch.to_arrow())
    else:
        with path.open("wb") as file:
            empty.write_csv(file)
            yield lambda batch: batch.write_csv(file, include_header=False, datetime_format=_INSTANT)


def _read_csv(path: Path, name: str) -> pl.DataFrame:
    text = pl.read_csv(path, infer_schema=False)
    schema = stored_schema(name, text.columns)
    return text.with_columns(_from_text(column, dtype) for column, dtype in schema.items() if column in text.columns)


def _from_text(column: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Datetime("us"):
        return pl.col(column).str.to_datetime(_INSTANT, time_unit="us")
    return pl.col(column).cast(dtype)


def _listed(schema: pl.Schema) -> str:
    return ", ".join(f"{name} {dtype}" for name, dtype in schema.items())
