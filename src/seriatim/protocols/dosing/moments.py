"""How much time has really passed between two moments? Elapsed time, whatever the clocks on the wall did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from seriatim.errors import Misuse
from seriatim.protocols.dosing.quantity import Quantity


def elapsed(earlier: datetime, later: datetime) -> timedelta:
    """The time that passed; negative where `later` is the earlier one.

    Subtracting two local times of one zone reads the clock and is wrong twice a year, so both become UTC first.

    >>> from zoneinfo import ZoneInfo
    >>> night = ZoneInfo("America/New_York")
    >>> elapsed(datetime(2026, 3, 8, 0, 0, tzinfo=night), datetime(2026, 3, 8, 8, 0, tzinfo=night))
    datetime.timedelta(seconds=25200)
    """
    return later.astimezone(UTC) - earlier.astimezone(UTC)


def duration(quantity: Quantity) -> timedelta:
    """A declared duration such as 48 h, to the microsecond."""
    return timedelta(microseconds=int(quantity.to("s").scaleb(6)))


def must_have_zone(moment: datetime, name: str) -> None:
    """Raise `Misuse` for a moment without zone: it may be any of a day's moments."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise Misuse(f"{name} {moment.isoformat()} has no time zone; give the zone that it was charted in")


def hours_words(span: timedelta) -> str:
    """A span as it is said on the ward.

    >>> hours_words(timedelta(hours=76, minutes=30)), hours_words(timedelta(minutes=10))
    ('3 days 4 h', '10 min')
    """
    minutes = int(abs(span).total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} day{'s' if days > 1 else ''} {hours} h"
    return f"{hours} h" if hours else f"{minutes} min"
