"""Do ordered categories differ between groups in any way?"""

from __future__ import annotations

from math import lcm

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from seriatim.methods.kernels.counts import as_whole_numbers, require
from seriatim.methods.kernels.fixed_margins import fixed_margin_law, fixed_margin_work
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue

Integers = NDArray[np.int64]

METHOD = "Kruskal-Wallis test"


def kruskal_wallis(table: ArrayLike, max_work: float = 1e6) -> PValue | NotEstimable:
    """Test any difference of ordered categories between groups, whose own order plays no part.

    `table` holds counts, one row a group and one column a category in order. The statistic is H with tie correction.
    P is exact where the work stays under `max_work` (some seconds): P(H >= observed) with both margins fixed (flag
    "exact"); otherwise chi-square with groups - 1 degrees of freedom (flag "asymptotic"). Raises ValueError on
    impossible counts. Source: kruskal_wallis_1952.

    Worst grade none, mild or severe in three groups:

    >>> round(kruskal_wallis([[1, 2, 4], [2, 3, 2], [5, 2, 1]]).value, 5)
    0.10316
    """
    counts = _occupied(table)
    if min(counts.shape) < 2:
        return NotEstimable("a difference needs at least two groups and two categories with someone in them")
    h = _tie_corrected_h(counts)
    if fixed_margin_work(counts, one_value=False) > max_work:
        p, flags, warning = floored(float(chdtrc(len(counts) - 1, h)))
        convention = f"large H, chi-square with {len(counts) - 1} degrees of freedom, tie correction"
        return PValue(p, METHOD, convention, statistic=h, flags=("asymptotic", *flags), warning=warning)
    p, flags, warning = floored(_exact_tail(counts))
    convention = "large H, margins fixed"
    return PValue(p, f"exact {METHOD}", convention, statistic=h, flags=("exact", *flags), warning=warning)


def _occupied(table: ArrayLike) -> Integers:
    """Drop groups and categories without anyone: they change neither H nor its law."""
    numbers = as_whole_numbers(table)
    require(numbers.ndim == 2, "the table must be groups by categories", numbers.shape)
    groups, categories = numbers.sum(axis=1) > 0, numbers.sum(axis=0) > 0
    counts: Integers = numbers[np.ix_(groups, categories)].astype(np.int64)
    return counts


def _tie_corrected_h(counts: Integers) -> float:
    n = int(counts.sum())
    sizes, ties = counts.sum(axis=1), counts.sum(axis=0).astype(float)
    # Deviations of rank sums from their expectation, doubled to stay whole: the squares then lose no digits.
    deviations = (counts @ _doubled_midranks(counts) - sizes * (n + 1)).astype(float)
    untied = 1 - float(((ties - 1) * ties * (ties + 1)).sum()) / (float(n - 1) * n * (n + 1))
    return 12 / (n * (n + 1)) * float((deviations**2 / sizes).sum()) / 4 / untied


def _doubled_midranks(counts: Integers) -> Integers:
    ties = counts.sum(axis=0)
    ranks: Integers = 2 * np.cumsum(ties) - ties + 1
    return ranks


def _exact_tail(counts: Integers) -> float:
    law = fixed_margin_law(counts, _doubled_ranks)
    reached = _dispersion(law.value, counts)
    extreme = reached >= _dispersion(counts @ _doubled_midranks(counts), counts)
    return float(law.weight[extreme].sum() / law.weight.sum())


def _doubled_ranks(before: Integers, column: Integers) -> Integers:
    """What a column adds to twice the rank sum of each group, given who lies in the columns before it."""
    midrank = 2 * before.sum(axis=-1, keepdims=True) + column.sum(axis=-1, keepdims=True) + 1
    added: Integers = column * midrank
    return added


def _dispersion(rank_sums: Integers, counts: Integers) -> NDArray[np.object_]:
    """H up to a fixed scale, in whole numbers, so that equal values compare equal."""
    sizes = counts.sum(axis=1)
    common = lcm(*sizes.tolist())
    deviations = (rank_sums - sizes * (counts.sum() + 1)).astype(object)
    total: NDArray[np.object_] = (deviations**2 * (common // sizes)).sum(axis=-1)
    return total
