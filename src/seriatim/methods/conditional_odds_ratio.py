"""How many times the first group's odds are the last group's, with all margins fixed?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from seriatim.methods.kernels.bracketed_root import bracketed_root
from seriatim.methods.kernels.counts import as_counts, require, tail_of
from seriatim.methods.kernels.hypergeometric import Window, window
from seriatim.methods.values import Estimate, Interval, NotEstimable

Floats = NDArray[np.float64]

Convention = Literal["central", "mid-P central"]
CONVENTIONS: tuple[Convention, ...] = ("central", "mid-P central")

_METHODS = {
    "central": "conditional maximum likelihood, central exact interval",
    "mid-P central": "conditional maximum likelihood, mid-P interval",
}

# Log odds ratios: exp(-92) is 1e-40, below any odds ratio that counts held exactly by a float can give.
_FURTHEST = 92.0

_TINY = 1e-300


def conditional_odds_ratio(
    events_1: int, n_1: int, events_2: int, n_2: int, level: float = 0.95, convention: Convention = "central"
) -> Estimate | NotEstimable:
    """Return the conditional odds ratio, last over first, with the interval that matches the central Fisher P.

    "mid-P central" counts half of the observed table in each tail: narrower, right on average but not guaranteed, and
    the match of the mid-P Fisher test. The ratio is 0 or infinite where a zero cell makes it so, and the interval then
    keeps its finite side. ValueError where the counts are impossible. Sources: fay_2010, berry_armitage_1995.

    Line sepsis in 28 of the first 155 patients and 6 of the last 155:

    >>> odds = conditional_odds_ratio(28, 155, 6, 155)
    >>> [round(x, 3) for x in (odds.value, odds.interval.lower, odds.interval.upper)]
    [0.184, 0.06, 0.471]
    """
    require(convention in CONVENTIONS, f"a convention of the odds ratio's interval is one of {CONVENTIONS}", convention)
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
    share = 0.5 if convention == "mid-P central" else 1.0
    lower = 0.0 if is_lowest else _lower(events_2, margins, tail, share)
    upper = np.inf if is_highest else _upper(events_2, margins, tail, share)
    return Estimate(value, _METHODS[convention], Interval(lower, upper, level, _METHODS[convention]))


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


def _lower(observed: int, margins: tuple[int, int, int], tail: float, share: float) -> float:
    def excess(law: Window) -> Floats:
        within, beyond = _split(law, law.events > observed, law.events == observed, share)
        return np.asarray(_log_ratio(within, beyond) - np.log(tail / (1 - tail)))

    return _odds_where_zero(excess, margins)


def _upper(observed: int, margins: tuple[int, int, int], tail: float, share: float) -> float:
    def shortfall(law: Window) -> Floats:
        within, beyond = _split(law, law.events < observed, law.events == observed, share)
        return np.asarray(np.log(tail / (1 - tail)) - _log_ratio(within, beyond))

    return _odds_where_zero(shortfall, margins)


def _split(law: Window, farther: NDArray[np.bool_], observed: NDArray[np.bool_], share: float) -> tuple[Floats, Floats]:
    """Sum the tail, with its share of the observed table, and all the rest."""
    in_tail = farther + share * observed
    return np.asarray((law.probability * in_tail).sum(axis=1)), np.asarray(
        (law.probability * (1 - in_tail)).sum(axis=1)
    )


def _log_ratio(a: Floats, b: Floats) -> Floats:
    # As functions of the log odds ratio these are nearly straight lines, which the root finder likes.
    return np.log(np.maximum(a, _TINY)) - np.log(np.maximum(b, _TINY))


def _odds_where_zero(function: Callable[[Window], Floats], margins: tuple[int, int, int]) -> float:
    def at(log_odds: Floats) -> Floats:
        return function(window(*margins, np.exp(log_odds)))

    edge = np.full(1, _FURTHEST)
    return float(np.exp(bracketed_root(at, -edge, edge, precision=1e-13)[0]))
