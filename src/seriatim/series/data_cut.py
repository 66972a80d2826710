"""Up to which instant does a source look back?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

TABLES_OF_OBSERVATION = ("dose", "adverse_event", "lab_result", "follow_up", "response")


def data_cut(frames: Mapping[str, pl.DataFrame]) -> datetime | None:
    """The last instant seen in doses, adverse events, laboratory, follow-up and response; naive UTC.

    A date known to the day counts to its end. Of a date known less exactly only the earliest reading was surely
    seen. A dose that is only planned was not seen.
    """
    seen = [
        instant
        for table in TABLES_OF_OBSERVATION
        if table in frames
        for instant in _last_of_each_column(frames[table])
        if instant is not None
    ]
    return max(seen, default=None)


def _last_of_each_column(frame: pl.DataFrame) -> tuple[datetime | None, ...]:
    if "status" in frame.columns:
        frame = frame.filter(pl.col("status").ne_missing("planned"))
    names = [name.removesuffix("_earliest") for name in frame.columns if name.endswith("_earliest")]
    row: tuple[datetime | None, ...] = frame.select(_surely_seen(name) for name in names).row(0)
    return row


def _surely_seen(name: str) -> pl.Expr:
    earliest, latest = pl.col(f"{name}_earliest"), pl.col(f"{name}_latest")
    return pl.when(latest - earliest <= pl.duration(hours=25)).then(latest).otherwise(earliest).max().alias(name)
