"""How is a moment written, and which instants can what is written mean? Local time with its offset, or a part of a date."""  # noqa: E501

from __future__ import annotations

import polars as pl

from seriatim.simulation.columns import Moment, Precision
from seriatim.simulation.local_time import instants

_FORMATS = {Precision.MINUTE: "%Y-%m-%dT%H:%M%:z", Precision.DAY: "%Y-%m-%d", Precision.MONTH: "%Y-%m"}


def moment_text(moment: Moment, zone: str) -> pl.Series:
    """ISO 8601 text in local time; with the offset, because the clock strikes one hour twice a year.

    >>> import numpy as np
    >>> at_noon = 5724 * 24 * 60 + 12 * 60
    >>> moment_text(Moment(np.array([at_noon, at_noon, -1]), np.array([0, 2, 0])), "America/New_York").to_list()
    ['1985-09-03T08:00-04:00', '1985-09', None]
    """
    local = instants(moment.minutes).dt.convert_time_zone(zone)
    if isinstance(moment.precision, Precision):
        return _formatted(local, moment.precision)
    text = _formatted(local, Precision.MINUTE)
    for precision in (Precision.DAY, Precision.MONTH):
        less_exact = pl.Series(moment.precision == precision)
        if less_exact.any():
            text = text.zip_with(~less_exact, _formatted(local, precision))
    return text


def _formatted(local: pl.Series, precision: Precision) -> pl.Series:
    if precision is Precision.MINUTE:
        return local.dt.to_string(_FORMATS[precision])
    # There are few days in a series and many rows: each day is written once.
    days = local.dt.date()
    distinct = days.drop_nulls().unique().sort()
    if distinct.is_empty():
        return pl.Series([None] * len(local), dtype=pl.String)
    return distinct.dt.to_string(_FORMATS[precision]).gather(distinct.search_sorted(days).set(days.is_null(), None))
