"""What does a Parquet file say? The whole file as text; one that would unpack to more than it can hold is refused."""

from __future__ import annotations

import io

import polars as pl
from polars.exceptions import PanicException, PolarsError

from seriatim.errors import UnreadableSource
from seriatim.readers._snapshot import Snapshot
from seriatim.readers._text_table import TextTable, of_records

# A column of one repeated value packs to nothing, a table of patients does not: 100 million simulated laboratory values
# take 3 cells a byte. A file of 600 bytes may hold a billion.
FREE_CELLS = 50_000_000
CELLS_A_BYTE = 100


def read_parquet(snapshot: Snapshot) -> TextTable:
    """The table as text; a Parquet file has no rows that a person sees, so 1 is its first record."""
    try:
        scan = pl.scan_parquet(io.BytesIO(snapshot.content))
        cells = scan.select(pl.len()).collect().item() * len(scan.collect_schema())
        _refuse_bomb(cells, snapshot)
        frame = pl.read_parquet(io.BytesIO(snapshot.content))
    # PanicException: a damaged file may contradict itself in a way that the parser did not think of.
    except (PolarsError, PanicException, OSError):
        raise UnreadableSource(f"{snapshot.name}: is no whole Parquet file; write it again") from None
    return of_records(frame, snapshot.name)


def _refuse_bomb(cells: int, snapshot: Snapshot) -> None:
    size = len(snapshot.content)
    if cells > max(FREE_CELLS, size * CELLS_A_BYTE):
        raise UnreadableSource(
            f"{snapshot.name}: would unpack to {cells:,} cells from {size:,} bytes, which no table of patients does;"
            " write it again"
        )
