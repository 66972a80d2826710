"""When was that in UTC? Ward clocks are local; doses are apart by elapsed time, so time is kept in UTC minutes."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from seriatim.simulation.columns import Integers

DAY = 24 * 60
_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970.

    >>> day_number(date(1985, 9, 3))
    5724
    """
    return (day - _EPOCH).days


def clock_to_utc(days: Integers, minutes_of_day: Integers, zone: str) -> Integers:
    """Minutes since 1970 in UTC of a local day and a local time of day.

    Eight in the morning in New York is noon in summer and one o'clock in winter, in UTC:

    >>> days = np.array([day_number(date(1986, 7, 1)), day_number(date(1986, 12, 1))])
    >>> (clock_to_utc(days, np.array([480, 480]), "America/New_York") % DAY // 60).tolist()
    [12, 13]
    """
    local = pl.Series((days * DAY + minutes_of_day) * 60_000_000).cast(pl.Datetime("us"))
    # An hour that the clock strikes twice is taken the first time; the simulated ward starts nothing in the hour
    # that does not exist.
    instants = local.dt.replace_time_zone(zone, ambiguous="earliest").dt.convert_time_zone("UTC")
    return (instants.to_physical() // 60_000_000).to_numpy()


def local_day(minutes: Integers, zone: str) -> Integers:
    """The local day number of UTC minutes.

    >>> noon = np.array([day_number(date(1986, 7, 1)) * DAY + 12 * 60])
    >>> (local_day(noon, "America/New_York") == day_number(date(1986, 7, 1))).tolist()
    [True]
    """
    local = instants(minutes).dt.convert_time_zone(zone).dt.date()
    return local.to_physical().cast(pl.Int64).to_numpy()


def instants(minutes: Integers) -> pl.Series:
    """UTC minutes as a series of instants, null where the minutes are negative.

    >>> instants(np.array([0, -1])).is_null().to_list()
    [False, True]
    """
    series = pl.Series(np.ascontiguousarray(minutes) * 60_000_000).cast(pl.Datetime("us", "UTC"))
    return series.set(pl.Series(minutes < 0), None)
