"""Which instants can a clock time on the ward be? One, but for the hours in which the clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from seriatim.errors import Misuse


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name; raises `Misuse` for one that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Misuse(f'the time zone "{name}" is not known; write one such as America/New_York') from None


def instants(text: str, zone: str | None) -> tuple[datetime, datetime]:
    """The earliest and the latest instant that a written time can be, in UTC; equal but when clocks are changed.

    A time with an offset is one instant. A clock time that is there twice can be either; one that is skipped was read
    off a clock that had not been changed, or off one that had, so it can be either of two as well. Raises `Misuse` for
    a day without a time of day, and for a clock time without a zone.

    >>> [str(one.time()) for one in instants("2026-11-01 01:30", "America/New_York")]
    ['05:30:00', '06:30:00']
    >>> instants("2026-11-01T01:30:00-05:00", None)[0].isoformat()
    '2026-11-01T06:30:00+00:00'
    """
    time = _read(text)
    if time.tzinfo is not None:
        return time.astimezone(UTC), time.astimezone(UTC)
    if zone is None:
        raise Misuse(f'the time "{text}" has neither offset nor zone; add an offset, or say the zone of the ward')
    local = time.replace(tzinfo=zone_of(zone))
    first, second = sorted(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def local_words(instant: datetime, zone: str | None) -> str:
    """The instant as the ward's clock shows it, with its offset, since some clock times are there twice.

    >>> local_words(datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "America/New_York")
    '2026-11-01 01:30 -05:00'
    """
    there = instant.astimezone(zone_of(zone) if zone else UTC)
    offset = f"{there:%z}"
    return f"{there:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:5]}"


def _read(text: str) -> datetime:
    written = text.strip()
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        raise Misuse(f'"{text}" is no time; write it as 2026-03-02 05:58, with an offset where there is one') from None
    if len(written) <= len("2026-03-02"):
        raise Misuse(f'"{text}" is a day without a time of day; add the time')
    return time
