"""Do the events come earlier or later in the order of cases than the non-events, without any grouping?"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from seriatim.methods.kernels.rank_sum_law import lower_tail, tail_work
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue

METHOD = "Wilcoxon rank-sum test of case numbers, events against non-events"
DISTANCE = "two-sided by distance |U - E|"
REPEATED = "case numbers must be whole and each may occur only once"


def rank_sum_trend(positions: ArrayLike, n: int, max_work: float = 2e7) -> PValue | NotEstimable:
    """Test whether events drift along the cases numbered 1 to n, every one of which was assessed.

    `positions` are the case numbers of the events. Without ties the law is symmetric, so that the two-sided exact P
    (by distance, |U - E| at least as observed) is twice the smaller tail. The statistic is z, positive where the
    events come late. Flag "exact", or "asymptotic" (no continuity correction) where the work would pass `max_work`
    (some seconds). Raises ValueError on repeated or impossible case numbers. Source: mann_whitney_1947.

    The only three deaths of a series were among its first five patients of twelve:

    >>> round(rank_sum_trend([1, 2, 5], n=12).value, 4)
    0.0364
    """
    events = _case_numbers(positions)
    if events.size and not (events[0] >= 1 and events[-1] <= n):
        raise ValueError(f"case numbers must lie between 1 and {n}, got {events[0]} to {events[-1]}")
    return _compared(events, n, max_work)


def rank_sum(positions: ArrayLike, others: ArrayLike, max_work: float = 2e7) -> PValue | NotEstimable:
    """Test whether events drift along the cases, where some case numbers were not assessed.

    `positions` are the case numbers with the event, `others` those assessed and without it; what was not assessed
    is in neither. Otherwise as `rank_sum_trend`.

    >>> round(rank_sum([1, 2, 7], others=[3, 8, 11, 12, 15, 20, 21, 30, 31]).value, 4)
    0.0182
    """
    events, without = _case_numbers(positions), _case_numbers(others)
    before = np.searchsorted(without, events)
    within = before < without.size
    if np.any(without[before[within]] == events[within]):
        raise ValueError(REPEATED)
    return _compared(before + np.arange(1, events.size + 1), events.size + without.size, max_work)


def _case_numbers(positions: ArrayLike) -> NDArray[np.int64]:
    given = np.asarray(positions)
    whole: NDArray[np.int64] = given.astype(np.int64)
    ordered = np.sort(whole, kind="stable")  # which takes no longer than looking where they are in order already
    if not np.array_equal(given, whole) or np.any(ordered[1:] == ordered[:-1]):
        raise ValueError(REPEATED)
    return ordered


def _compared(ranks: NDArray[np.int64], n: int, max_work: float) -> PValue | NotEstimable:
    """Test distinct ranks among 1 to n; the smaller sample stands for both, since their counts mirror each other."""
    m = ranks.size
    if m in {0, n}:
        return NotEstimable(f"{m} events among {n}: there is no order to compare")
    u = int(ranks.sum()) - m * (m + 1) // 2
    z = (u - m * (n - m) / 2) / sqrt(m * (n - m) * (n + 1) / 12)
    smaller, fewer = min(u, m * (n - m) - u), min(m, n - m)
    if 2 * smaller == m * (n - m):
        return PValue(1.0, f"exact {METHOD}", DISTANCE, statistic=0.0, flags=("exact",))
    if fewer * n > 10 * max_work or tail_work(smaller, fewer, n - fewer) > max_work:
        convention = "two-sided normal, no continuity correction"
        p, flags, warning = floored(float(2 * ndtr(-abs(z))))
        return PValue(p, METHOD, convention, statistic=z, flags=("asymptotic", *flags), warning=warning)
    p, flags, warning = floored(2 * lower_tail(smaller, fewer, n - fewer))
    return PValue(p, f"exact {METHOD}", DISTANCE, statistic=z, flags=("exact", *flags), warning=warning)
