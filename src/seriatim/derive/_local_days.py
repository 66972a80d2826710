"""Which day was it on the ward's own calendar? Instants are kept in UTC; months, eras and changes are local days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as nw


def day_begins(day: date, zone: str) -> datetime:
    """The first instant of a local day, in UTC without a zone.

    >>> day_begins(date(1990, 1, 1), "America/New_York")
    datetime.datetime(1990, 1, 1, 5, 0)
    """
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def local_day(instant: datetime, zone: str) -> date:
    """The local day of an instant in UTC.

    >>> local_day(datetime(1990, 1, 1, 4, 59), "America/New_York")
    datetime.date(1989, 12, 31)
    """
    return _local(instant, zone).date()


def on_local_clock(instants: nw.Expr, zone: str, first: datetime, last: datetime) -> nw.Expr:
    """Instants in UTC, none before `first` or after `last`, as the local clock showed them.

    Engines differ in their knowledge of zones (DuckDB's is an extension), so the changes of the clock are worked out
    here and given to them as plain sums.
    """
    shown = instants + _offset(first, zone)
    for since, offset in _changes(zone, first, last):
        shown = nw.when(instants >= since).then(instants + offset).otherwise(shown)
    return shown


def span(frame: nw.LazyFrame[Any], column: str) -> tuple[datetime, datetime] | None:
    """The first and the last instant of a column, None where it has none."""
    ends = frame.select(nw.col(column).min().alias("first"), nw.col(column).max().alias("last"))
    first, last = ends.collect("polars").row(0)
    return None if first is None else (first, last)


def _local(instant: datetime, zone: str) -> datetime:
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def _offset(instant: datetime, zone: str) -> timedelta:
    return _local(instant, zone).utcoffset() or timedelta()


def _changes(zone: str, first: datetime, last: datetime) -> list[tuple[datetime, timedelta]]:
    """When the offset of the zone changed after the first instant, and to what, in ascending order."""
    found = []
    day = timedelta(days=1)
    before = first
    while before <= last:
        if _offset(before, zone) != _offset(before + day, zone):
            found.append((_first_instant_of_change(before, before + day, zone), _offset(before + day, zone)))
        before += day
    return found


def _first_instant_of_change(before: datetime, after: datetime, zone: str) -> datetime:
    # Clocks are never changed twice within a day, so halving finds the one change.
    while after - before > timedelta(microseconds=1):
        middle = before + (after - before) / 2
        if _offset(middle, zone) == _offset(before, zone):
            before = middle
        else:
            after = middle
    return after
