"""How are instants and gaps of time held in a frame? As whole microseconds, which every engine counts alike."""

from __future__ import annotations

from datetime import datetime

import narwhals.stable.v2 as nw

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - instants of a series are UTC without a zone
SECOND = 1_000_000
NEVER, ALWAYS = 2**61, -(2**61)  # after and before every instant, with room for a difference


def micros(column: str | nw.Expr) -> nw.Expr:
    """Microseconds since 1970 of an instant; null stays null."""
    instant = nw.col(column) if isinstance(column, str) else column
    return (instant - _EPOCH).dt.total_microseconds().cast(nw.Int64)


def micros_of(instant: datetime) -> int:
    """The same for one instant in UTC, with its zone or without.

    >>> micros_of(datetime(1970, 1, 1, 8))
    28800000000
    """
    gap = instant.replace(tzinfo=None) - _EPOCH
    return (gap.days * 86_400 + gap.seconds) * SECOND + gap.microseconds
