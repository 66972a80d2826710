"""Do scored categories move up or down with the scores of the groups?"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from seriatim.methods.kernels.counts import as_whole_numbers, require
from seriatim.methods.kernels.fixed_margins import Addition, fixed_margin_law, fixed_margin_work
from seriatim.methods.kernels.integer_scores import integer_scores
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue

Integers = NDArray[np.int64]

LINEAR_BY_LINEAR = "linear-by-linear association test"
CUZICK = "Cuzick's test for trend"


def linear_by_linear(
    table: ArrayLike, group_scores: Sequence[float], category_scores: Sequence[float], max_work: float = 1e6
) -> PValue | NotEstimable:
    """Test whether the mean score of the categories changes with the scores of the groups.

    `table` holds counts, one row a group and one column a category. The statistic is z = r sqrt(N - 1), with r the
    correlation of both scores over the patients, positive where later groups lie higher. P is exact where the work
    stays under `max_work` (some seconds): two-sided by distance, P(|T - E| >= observed) with both margins fixed (flag
    "exact"); otherwise normal (flag "asymptotic"). Raises ValueError on impossible counts or scores without a common
    unit. Sources: mantel_1966, agresti_1992.

    Worst grade 0, 1 or 2 in three consecutive groups:

    >>> trend = linear_by_linear([[1, 2, 4], [2, 3, 2], [5, 2, 1]], [1, 2, 3], [0, 1, 2])
    >>> round(trend.value, 5), trend.flags
    (0.04385, ('exact',))
    """
    counts = _counts(table)
    require(len(group_scores) == counts.shape[0], "each group needs one score", len(group_scores))
    require(len(category_scores) == counts.shape[1], "each category needs one score", len(category_scores))
    return _tested(counts, integer_scores(group_scores), integer_scores(category_scores), LINEAR_BY_LINEAR, max_work)


def cuzick(table: ArrayLike, group_scores: Sequence[float], max_work: float = 1e6) -> PValue | NotEstimable:
    """Test for a trend of ordered categories over scored groups, without scores for the categories but their ranks.

    It is `linear_by_linear` with the mean rank of each category as its score, which is the correction for ties.
    Source: cuzick_1985.

    >>> grades = [[10, 20, 40, 50, 35], [15, 30, 45, 40, 25], [25, 40, 45, 30, 15], [40, 50, 40, 18, 7]]
    >>> trend = cuzick(grades, [1, 2, 3, 4])
    >>> round(trend.statistic, 4), trend.flags
    (-8.5977, ('asymptotic',))
    """
    counts = _counts(table)
    require(len(group_scores) == counts.shape[0], "each group needs one score", len(group_scores))
    totals = counts.sum(axis=0)
    # Twice the mean rank is a whole number, and doubling changes nothing.
    doubled_ranks = 2 * (np.cumsum(totals) - totals) + totals + 1
    return _tested(counts, integer_scores(group_scores), doubled_ranks, CUZICK, max_work)


def _counts(table: ArrayLike) -> Integers:
    numbers = as_whole_numbers(table)
    require(numbers.ndim == 2, "the table must be groups by categories", numbers.shape)
    counts: Integers = numbers.astype(np.int64)
    return counts


def _tested(
    table: Integers, group: Integers, category: Integers, method: str, max_work: float
) -> PValue | NotEstimable:
    groups, categories = table.sum(axis=1) > 0, table.sum(axis=0) > 0
    counts, u, v = table[np.ix_(groups, categories)], group[groups], category[categories]
    if np.unique(u).size < 2 or np.unique(v).size < 2:
        return NotEstimable("a trend needs at least two scores of groups and two of categories with someone in them")
    z = _standardised(counts, u, v)
    # Beyond 2**62 sums of whole scores would overflow, and without a word.
    overflows = float(u.max()) * float(v.max()) * float(counts.sum()) ** 2 > 2.0**62
    if overflows or fixed_margin_work(counts, one_value=False) > max_work:
        p, flags, warning = floored(float(2 * ndtr(-abs(z))))
        convention = "two-sided normal, hypergeometric variance (N - 1), no continuity correction"
        return PValue(p, method, convention, statistic=z, flags=("asymptotic", *flags), warning=warning)
    p, flags, warning = floored(_exact_two_sided(counts, u, v))
    convention = "two-sided by distance |T - E|, margins fixed"
    return PValue(p, f"exact {method}", convention, statistic=z, flags=("exact", *flags), warning=warning)


def _standardised(counts: Integers, u: Integers, v: Integers) -> float:
    rows, columns, n = counts.sum(axis=1), counts.sum(axis=0), int(counts.sum())
    centred_u, centred_v = u - (rows @ u) / n, v - (columns @ v) / n
    together = float(centred_u @ counts @ centred_v)
    return together * sqrt(n - 1) / sqrt(float(rows @ centred_u**2) * float(columns @ centred_v**2))


def _exact_two_sided(counts: Integers, u: Integers, v: Integers) -> float:
    n = int(counts.sum())
    # N T and N E are whole numbers, so that "as far as observed" is a comparison without rounding.
    centre = int(counts.sum(axis=1) @ u) * int(counts.sum(axis=0) @ v)
    law = fixed_margin_law(counts, _score_sum(u, v, counts.sum(axis=0)))
    distance = np.abs(n * law.value[:, 0] - centre)
    observed = abs(n * int(u @ counts @ v) - centre)
    return float(law.weight[distance >= observed].sum() / law.weight.sum())


def _score_sum(u: Integers, v: Integers, totals: Integers) -> Addition:
    starts = np.cumsum(totals) - totals

    def added(before: Integers, column: Integers) -> Integers:
        """What a column adds to T; how many patients lie before it tells which category it is."""
        score = v[np.searchsorted(starts, before.sum(axis=-1))]
        total: Integers = (column @ u) * score
        return total[..., None]

    return added
