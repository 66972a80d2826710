"""Do two proportions differ by Pearson's chi-squared test, with or without Yates's correction?"""

from __future__ import annotations

from scipy.special import chdtrc

from seriatim.methods.kernels.counts import as_counts
from seriatim.methods.values import NotEstimable, PValue


def pearson_chi_squared(
    events_1: int, n_1: int, events_2: int, n_2: int, *, yates: bool = False
) -> PValue | NotEstimable:
    """Two-sided P by the chi-squared approximation, one degree of freedom; the statistic is the chi-square.

    Kept for reading other people's tables: the exact and score methods are better at every size.
    Raises ValueError on impossible counts. Source: pearson_1900, yates_1934.

    Grade 3-5 arrhythmia under IL-2 alone or with vaccine, 4 of 93 against 16 of 85:

    >>> round(pearson_chi_squared(4, 93, 16, 85).value, 3)
    0.002
    """
    as_counts([events_1, events_2], [n_1, n_2])
    events, total = events_1 + events_2, n_1 + n_2
    if n_1 == 0 or n_2 == 0 or events in {0, total}:
        return NotEstimable("a margin of the table is empty, so there is nothing to compare")
    distance: float = abs(events_1 * (n_2 - events_2) - events_2 * (n_1 - events_1))
    if yates:
        distance = max(0.0, distance - total / 2)
    statistic = total * distance**2 / (n_1 * n_2 * events * (total - events))
    convention = "two-sided, with Yates's correction" if yates else "two-sided, without continuity correction"
    return PValue(float(chdtrc(1, statistic)), "Pearson chi-squared test", convention, statistic=statistic)


def smallest_expected(events_1: int, n_1: int, events_2: int, n_2: int) -> float:
    """The smallest expected count of the table; below 5 many papers turn to Fisher's test.

    >>> smallest_expected(0, 93, 1, 85)
    0.47752808988764045
    """
    events, total = events_1 + events_2, n_1 + n_2
    return min(n_1, n_2) * min(events, total - events) / total
