"""Do ordered categories move up or down over ordered groups?"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from seriatim.methods.kernels.counts import as_whole_numbers, require
from seriatim.methods.kernels.fixed_margins import fixed_margin_law, fixed_margin_work
from seriatim.methods.kernels.random_tables import random_tables
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue

Integers = NDArray[np.int64]

METHOD = "Jonckheere-Terpstra test"


def jonckheere_terpstra(table: ArrayLike, max_work: float = 1e6) -> PValue | NotEstimable:
    """Test an ordered shift of ordered categories over ordered groups.

    `table` holds counts, one row a group and one column a category, both in order. The statistic is the
    tie-corrected z, positive where later groups lie higher. P is exact where the work stays under `max_work` (some
    seconds): two-sided by distance, P(|J - E| >= observed) with both margins fixed (flag "exact"); otherwise normal
    (flag "asymptotic"). Raises ValueError on impossible counts. Source: jonckheere_1954, hollander_wolfe_1999.

    Worst grade none, mild or severe in three consecutive groups:

    >>> trend = jonckheere_terpstra([[1, 2, 4], [2, 3, 2], [5, 2, 1]])
    >>> round(trend.value, 5), trend.flags
    (0.03307, ('exact',))
    """
    counts = _occupied(table)
    if min(counts.shape) < 2:
        return NotEstimable("an ordered shift needs at least two groups and two categories with someone in them")
    z = _standardised(counts)
    if fixed_margin_work(counts, one_value=True) > max_work:
        p, flags, warning = floored(float(2 * ndtr(-abs(z))))
        convention = "two-sided normal, tie correction, no continuity correction"
        return PValue(p, METHOD, convention, statistic=z, flags=("asymptotic", *flags), warning=warning)
    p, flags, warning = floored(_exact_two_sided(counts))
    convention = "two-sided by distance |J - E|, margins fixed"
    return PValue(p, f"exact {METHOD}", convention, statistic=z, flags=("exact", *flags), warning=warning)


def jonckheere_terpstra_simulated(
    table: ArrayLike, generator: np.random.Generator, draws: int = 9_999
) -> PValue | NotEstimable:
    """Estimate the exact P of `jonckheere_terpstra` from random tables with the same margins.

    For tables too large to enumerate. P = (1 + tables as far as observed) / (1 + draws), which keeps the level however
    few are drawn; `mc_error` is its standard error. Sources: hollander_wolfe_1999, phipson_smyth_2010.

    >>> grades = [[1, 2, 4], [2, 3, 2], [5, 2, 1]]
    >>> trend = jonckheere_terpstra_simulated(grades, np.random.default_rng(1))
    >>> round(trend.value, 3), round(trend.mc_error, 4)
    (0.035, 0.0018)
    """
    require(draws >= 1, "at least one table must be drawn", draws)
    counts = _occupied(table)
    if min(counts.shape) < 2:
        return NotEstimable("an ordered shift needs at least two groups and two categories with someone in them")
    centre = int(counts.sum()) ** 2 - int((counts.sum(axis=1) ** 2).sum())
    observed = abs(2 * int(_doubled_statistic(counts)) - centre)
    far = sum(
        int((np.abs(2 * _doubled_statistic(drawn) - centre) >= observed).sum())
        for drawn in random_tables(counts.sum(axis=1), counts.sum(axis=0), generator, draws)
    )
    p = (1 + far) / (1 + draws)
    error = sqrt(p * (1 - p) / draws)
    convention = f"two-sided by distance |J - E|, margins fixed, {draws} random tables"
    z = _standardised(counts)
    return PValue(p, f"Monte-Carlo {METHOD}", convention, statistic=z, mc_error=error, flags=("simulated",))


def _occupied(table: ArrayLike) -> Integers:
    """Drop groups and categories without anyone: they change neither J nor its law."""
    numbers = as_whole_numbers(table)
    require(numbers.ndim == 2, "the table must be groups by categories", numbers.shape)
    groups, categories = numbers.sum(axis=1) > 0, numbers.sum(axis=0) > 0
    counts: Integers = numbers[np.ix_(groups, categories)].astype(np.int64)
    return counts


def _standardised(counts: Integers) -> float:
    doubled = int(_doubled_statistic(counts))
    n = int(counts.sum())
    groups = [int(size) for size in counts.sum(axis=1)]
    ties = [int(size) for size in counts.sum(axis=0)]
    quadrupled_mean = n**2 - sum(size**2 for size in groups)
    return (2 * doubled - quadrupled_mean) / (4 * sqrt(_variance(n, groups, ties)))


def _doubled_statistic(counts: Integers) -> Integers:
    """Twice J, which counts pairs of patients of two groups, the later one higher: 1, or 1/2 where equal."""
    earlier = np.cumsum(counts, axis=-2) - counts
    lower = np.cumsum(earlier, axis=-1) - earlier
    return np.asarray((counts * (2 * lower + earlier)).sum(axis=(-2, -1)))


def _variance(n: int, groups: list[int], ties: list[int]) -> float:
    """Null variance given both margins; the last two terms vanish without ties. Python integers do not overflow."""
    first = _thrice(n) - sum(map(_thrice, groups)) - sum(map(_thrice, ties))
    second = sum(map(_triples, groups)) * sum(map(_triples, ties))
    third = sum(map(_pairs, groups)) * sum(map(_pairs, ties))
    return first / 72 + (second / (36 * _triples(n)) if n > 2 else 0.0) + third / (8 * _pairs(n))


def _thrice(n: int) -> int:
    return n * (n - 1) * (2 * n + 5)


def _triples(n: int) -> int:
    return n * (n - 1) * (n - 2)


def _pairs(n: int) -> int:
    return n * (n - 1)


def _exact_two_sided(counts: Integers) -> float:
    n = int(counts.sum())
    centre = n**2 - int((counts.sum(axis=1) ** 2).sum())
    law = fixed_margin_law(counts, _doubled_pairs)
    distance = np.abs(2 * law.value[:, 0] - centre)
    observed = abs(2 * int(_doubled_statistic(counts)) - centre)
    return float(law.weight[distance >= observed].sum() / law.weight.sum())


def _doubled_pairs(before: Integers, column: Integers) -> Integers:
    """What a column adds to twice J, given how many of each group lie in the columns before it."""
    earlier_groups_before = np.cumsum(before, axis=-1) - before
    earlier_groups_here = np.cumsum(column, axis=-1) - column
    added: Integers = (column * (2 * earlier_groups_before + earlier_groups_here)).sum(axis=-1)
    return added[..., None]
