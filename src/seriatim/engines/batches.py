"""How does a table leave its engine in a stated order, a part at a time?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import polars as pl

ROWS_AT_A_TIME = 100_000


def in_batches(
    frame: nw.LazyFrame[Any], sort_by: Sequence[str], rows_at_a_time: int = ROWS_AT_A_TIME
) -> Iterator[pl.DataFrame]:
    """The sorted rows of a lazy frame in parts; on DuckDB no more than one part is in memory beside its bound."""
    native = frame.sort(*sort_by, nulls_last=True).to_native()
    if not isinstance(native, duckdb.DuckDBPyRelation):
        yield from native.collect().iter_slices(rows_at_a_time)
        return
    for batch in native.to_arrow_reader(rows_at_a_time):
        yield pl.DataFrame(batch)
