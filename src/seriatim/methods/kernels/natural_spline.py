"""Which columns span the smooth curves that are cubic between knots and straight outside the outer ones?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def natural_spline(x: Floats, knots: Floats) -> Floats:
    """Give the columns 1, x and the cubic parts of a natural spline, one row a value of `x`.

    `knots` ascend and include both outer ones; k knots give k columns, x and the cubic parts on a scale where the
    outer knots are 0 and 1. They span the same curves as R's ns() with an intercept. Source: hastie_2009.

    >>> natural_spline(np.array([0.0, 5.0, 10.0]), np.array([0.0, 5.0, 10.0])).round(4).tolist()
    [[1.0, 0.0, 0.0], [1.0, 0.5, 0.125], [1.0, 1.0, 0.75]]
    """
    unit = (x - knots[0]) / (knots[-1] - knots[0])
    places = (knots - knots[0]) / (knots[-1] - knots[0])
    last_slope = _slope(unit, places, len(places) - 2)
    cubic = [_slope(unit, places, index) - last_slope for index in range(len(places) - 2)]
    return np.column_stack([np.ones_like(unit), unit, *cubic])


def weighted_quantiles(x: Floats, weight: Floats, shares: Floats) -> Floats:
    """Give quantiles of type 7 (R's and numpy's default) of values that occur `weight` times each.

    >>> weighted_quantiles(np.array([1.0, 2.0, 9.0]), np.array([2.0, 1.0, 1.0]), np.array([0.5])).tolist()
    [1.5]
    """
    order = np.argsort(x, kind="stable")
    ordered, upto = x[order], np.cumsum(weight[order])
    place = (upto[-1] - 1) * shares
    below, above = (ordered[np.searchsorted(upto, rank, side="right")] for rank in (np.floor(place), np.ceil(place)))
    quantiles: Floats = below + (above - below) * (place - np.floor(place))
    return quantiles


def _slope(unit: Floats, places: Floats, index: int) -> Floats:
    """A cubic that starts at one knot, less the one that starts at the last: straight beyond the last."""
    rising = np.maximum(unit - places[index], 0) ** 3 - np.maximum(unit - places[-1], 0) ** 3
    slope: Floats = rising / (places[-1] - places[index])
    return slope
