"""How many times the first group's odds are the last group's, with all margins fixed?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from seriatim.methods.kernels.bracketed_root import bracketed_root
from seriatim.methods.kernels.counts import as_counts, tail_of
from seriatim.methods.kernels.hypergeometric import Window, window
from seriatim.methods.values import Estimate, Interval, NotEstimable

Floats = NDArray[np.float64]

_METHOD = "conditional maximum likelihood, central exact interval"

# Log odds ratios: exp(-92) is 1e-40, below any odds ratio that counts held exactly by a float can give.
_FURTHEST = 92.0

_TINY = 1e-300


def conditional_odds_ratio(
    events_1: int, n_1: int, events_2: int, n_2: int, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return the conditional odds ratio, last over first, with the interval that matches the central Fisher P.

    It is 0 or infinite where a zero cell makes it so, and the interval then keeps its finite side.
    ValueError where the counts are impossible. Source: fay_2010.

    Line sepsis in 28 of the first 155 patients and 6 of the last 155:

    >>> odds = conditional_odds_ratio(28, 155, 6, 155)
    >>> [round(x, 3) for x in (odds.value, odds.interval.lower, odds.interval.upper)]
    [0.184, 0.06, 0.471]
    """
    as_counts([events_1, events_2], [n_1, n_2])
    tail = tail_of(level)
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    total = events_1 + events_2
    if total in (0, n_1 + n_2):
        return NotEstimable("no variation: all patients had the event, or none had")
    margins = (n_1, n_2, total)
    is_lowest, is_highest = events_2 == max(0, total - n_1), events_2 == min(n_2, total)
    value = 0.0 if is_lowest else np.inf if is_highest else _likeliest(events_2, margins)
    lower = 0.0 if is_lowest else _lower(events_2, margins, tail)
    upper = np.inf if is_highest else _upper(events_2, margins, tail)
    return Estimate(value, _METHOD, Interval(lower, upper, level, _METHOD))


def _likeliest(observed: int, margins: tuple[int, int, int]) -> float:
    n_1, n_2, total = margins
    lowest, highest = max(0, total - n_1), min(n_2, total)

    def surplus(law: Window) -> Floats:
        expected_above = (law.probability * (law.events - lowest)).sum(axis=1)
        expected_below = (law.probability * (highest - law.events)).sum(axis=1)
        return np.asarray(
            _log_ratio(expected_above, expected_below) - np.log((observed - lowest) / (highest - observed))
        )

    return _odds_where_zero(surplus, margins)


def _lower(observed: int, margins: tuple[int, int, int], tail: float) -> float:
    def excess(law: Window) -> Floats:
        is_in_tail = law.events >= observed
        return np.asarray(_log_ratio(_sum(law, is_in_tail), _sum(law, ~is_in_tail)) - np.log(tail / (1 - tail)))

    return _odds_where_zero(excess, margins)


def _upper(observed: int, margins: tuple[int, int, int], tail: float) -> float:
    def shortfall(law: Window) -> Floats:
        is_in_tail = law.events <= observed
        return np.asarray(np.log(tail / (1 - tail)) - _log_ratio(_sum(law, is_in_tail), _sum(law, ~is_in_tail)))

    return _odds_where_zero(shortfall, margins)


def _sum(law: Window, chosen: NDArray[np.bool_]) -> Floats:
    return np.asarray((law.probability * chosen).sum(axis=1))


def _log_ratio(a: Floats, b: Floats) -> Floats:
    # As functions of the log odds ratio these are nearly straight lines, which the root finder likes.
    return np.log(np.maximum(a, _TINY)) - np.log(np.maximum(b, _TINY))


def _odds_where_zero(function: Callable[[Window], Floats], margins: tuple[int, int, int]) -> float:
    def at(log_odds: Floats) -> Floats:
        return function(window(*margins, np.exp(log_odds)))

    edge = np.full(1, _FURTHEST)
    return float(np.exp(bracketed_root(at, -edge, edge, precision=1e-13)[0]))
