"""A possibly partial ISO date in plain Python: `datetime` and `zoneinfo`, one value at a time."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DATE = r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ]TIME)?)?)?"
TIME = r"(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?"
ISO = re.compile(DATE.replace("TIME", TIME), re.ASCII)
MICROSECOND = timedelta(microseconds=1)


def instants(text: str, zone: str):
    """(earliest, latest) as naive UTC, or None where the text is no date of 1901 to 2099."""
    match = ISO.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if not 1901 <= int(year) <= 2099:
        return None
    try:
        start, end = local_range(year, month, day, hour, minute, second, fraction)
    except ValueError:
        return None
    if offset is not None:
        east = east_of_utc(offset)
        return None if east is None else (start - east, end - east)
    if minute is not None:
        readings = [as_utc(start, zone, fold) for fold in (0, 1)]
        return min(readings), max(readings)
    opens, closes = first_of(start, zone), last_of(end, zone)
    return min(opens, closes), max(opens, closes)


def local_range(year, month, day, hour, minute, second, fraction):
    if month is None:
        return naive(year), naive(int(year) + 1) - MICROSECOND
    if day is None:
        days = monthrange(int(year), int(month))[1] if 1 <= int(month) <= 12 else 0
        start = naive(year, month)
        return start, start + timedelta(days=days) - MICROSECOND
    date = naive(year, month, day)
    if hour is None:
        return date, date + timedelta(days=1) - MICROSECOND
    microseconds = int((fraction or "0").ljust(6, "0")[:6])
    if hour == "24" and not int(minute or 0) and not int(second or 0) and not microseconds:
        start = date + timedelta(days=1)
    else:
        start = datetime.combine(date, time(int(hour), int(minute or 0), int(second or 0), microseconds))
    return start, start if minute is not None else start + timedelta(hours=1) - MICROSECOND


def naive(year, month=1, day=1):
    return datetime(int(year), int(month), int(day))  # noqa: DTZ001 - the zone comes later


def east_of_utc(offset):
    if offset == "Z":
        return timedelta(0)
    digits = offset[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        return None
    east = timedelta(hours=hours, minutes=minutes)
    return -east if offset[0] == "-" else east


def as_utc(local, zone, fold):
    return local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC).replace(tzinfo=None)


def first_of(local, zone):
    # Python puts fold=0 of a reading that was left out after the jump: the day begins there.
    return as_utc(local, zone, 0)


def last_of(local, zone):
    return as_utc(local, zone, 1)
