"""What is the median of counted values, and how sure is it?"""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr

from seriatim.methods.values import Estimate, Interval, NotEstimable

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

METHOD = "median (type 2: mean of the two middle values)"


def median(values: ArrayLike, counts: ArrayLike, level: float = 0.95) -> Estimate | NotEstimable:
    """Give the median of a histogram with its exact order-statistic interval.

    `counts` says how often each of `values` occurred. The interval runs from the d-th smallest to the d-th largest
    value, d as large as the binomial law with chance one half allows; it covers with at least `level`, ties or not.
    With too few values (under six at 95 %) there is no such interval, and a flag says so. Raises ValueError on
    impossible counts. Source: hahn_meeker_1991.

    Doses in the first cycle, 13 of them in four of nine patients:

    >>> doses = median([11, 12, 13, 14], [1, 3, 4, 1])
    >>> doses.value, doses.interval.lower, doses.interval.upper
    (13.0, 12.0, 13.0)
    """
    if not 0 < level < 1:
        raise ValueError(f"the level must lie between 0 and 1, got {level}")
    ordered, cumulative = _histogram(values, counts)
    n = int(cumulative[-1]) if cumulative.size else 0
    if n == 0:
        return NotEstimable("no values to take a median of")
    middle = _type_2_quantile(ordered, cumulative, Fraction(1, 2))
    depth = _interval_depth(n, level)
    if depth == 0:
        warning = f"{n} values are too few for an interval at {level:.0%}"
        return Estimate(middle, METHOD, flags=("too_few_for_interval",), warning=warning)
    lower, upper = _at_rank(ordered, cumulative, depth), _at_rank(ordered, cumulative, n + 1 - depth)
    return Estimate(middle, METHOD, Interval(lower, upper, level, "order statistics, binomial, exact"))


def quantile(values: ArrayLike, counts: ArrayLike, q: float) -> Estimate | NotEstimable:
    """Give a quantile of a histogram by type 2: the mean of both neighbours where n q is whole, else the next value.

    Raises ValueError on impossible counts or q outside 0 to 1. Source: hyndman_fan_1996.

    >>> quantile([11, 12, 13, 14], [2, 3, 4, 1], 0.25).value
    12.0
    """
    if not 0 <= q <= 1:
        raise ValueError(f"q must lie between 0 and 1, got {q}")
    ordered, cumulative = _histogram(values, counts)
    if not cumulative.size:
        return NotEstimable("no values to take a quantile of")
    # 0.29 is not quite 29/100 in a float, and n q decides whether two values are averaged.
    share = Fraction(q).limit_denominator(1_000_000)
    return Estimate(_type_2_quantile(ordered, cumulative, share), f"quantile {q:g} (type 2)")


def _histogram(values: ArrayLike, counts: ArrayLike) -> tuple[Floats, Integers]:
    """Order the values that occurred, with the number of values up to each."""
    value, count = np.asarray(values, dtype=np.float64), np.asarray(counts)
    if value.shape != count.shape or value.ndim != 1:
        raise ValueError(f"values and counts must be lists of one length, got {value.shape} and {count.shape}")
    if not np.all(np.isfinite(value)) or np.any(count < 0) or np.any(count != np.floor(count)):
        raise ValueError("values must be finite and counts whole and not negative")
    order = np.argsort(value, kind="stable")
    order = order[count[order] > 0]
    return value[order], np.cumsum(count[order], dtype=np.int64)


def _type_2_quantile(ordered: Floats, cumulative: Integers, share: Fraction) -> float:
    n = int(cumulative[-1])
    place = n * share
    first = max(ceil(place), 1)
    second = min(first + 1, n) if place == first else first
    return (_at_rank(ordered, cumulative, first) + _at_rank(ordered, cumulative, second)) / 2


def _at_rank(ordered: Floats, cumulative: Integers, rank: int) -> float:
    return float(ordered[np.searchsorted(cumulative, rank)])


def _interval_depth(n: int, level: float) -> int:
    """Find the largest d with P(fewer than d of n below the median) at most half of 1 - level; 0 if there is none."""
    # Rising with the depth, so the first that is too deep is found in a few steps, however many values there are.
    return bisect_left(range(1, n // 2 + 2), True, key=lambda depth: bool(2 * bdtr(depth - 1.0, n, 0.5) > 1 - level))
