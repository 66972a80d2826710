"""Which instants in UTC can a local clock reading mean, also at the change to and from daylight-saving time?"""

from __future__ import annotations

import polars as pl
from polars.exceptions import ComputeError

from seriatim.errors import Misuse

# Offsets change by up to a day (Samoa left out 30 December 2011) and never twice within two.
_A_DAY = pl.duration(days=1)


def to_utc(local: pl.Expr, zone: str) -> tuple[pl.Expr, pl.Expr]:
    """The earliest and the latest UTC instant of a naive local reading; they differ only at a change of the clock.

    A reading that occurs twice means either. A reading that the clock left out is placed with the offset of the day
    after (earliest) and of the day before (latest), as Python's `fold` does (PEP 495).
    """
    early, late = _localised(local, zone, "earliest"), _localised(local, zone, "latest")
    offset_after = _localised(local + _A_DAY, zone, "earliest") - _A_DAY
    offset_before = _localised(local - _A_DAY, zone, "latest") + _A_DAY
    return pl.coalesce(early, offset_after), pl.coalesce(late, offset_before)


def was_left_out(local: pl.Expr, zone: str) -> pl.Expr:
    """Did the clock jump over this reading?"""
    return local.is_not_null() & _localised(local, zone, "earliest").is_null()


def check_zone(zone: str) -> None:
    """Refuse a zone that is not an IANA name such as Europe/Berlin."""
    try:
        pl.select(_localised(pl.lit(0).cast(pl.Datetime("us")), zone, "earliest"))
    except ComputeError as problem:
        raise Misuse(f'zone: found "{zone}", expected an IANA name such as "America/New_York"') from problem


def _localised(local: pl.Expr, zone: str, ambiguous: str) -> pl.Expr:
    if zone == "UTC":
        return local
    zoned = local.dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")  # type: ignore[arg-type]
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
