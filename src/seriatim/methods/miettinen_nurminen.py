"""How much did a risk change from the first group to the last, in points, and is a given loss excluded?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from seriatim.methods.kernels.bracketed_root import bracketed_root
from seriatim.methods.kernels.counts import as_counts, require, tail_of
from seriatim.methods.kernels.restricted_rates import difference_variance
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

Floats = NDArray[np.float64]
Variance = Literal["Farrington-Manning", "Miettinen-Nurminen"]
VARIANCES: tuple[Variance, ...] = ("Farrington-Manning", "Miettinen-Nurminen")

# Some thousands of tables at a time stay in a core's cache; all at once would be three times as slow.
_SLICE = 4096

_SCORE = "Miettinen-Nurminen score"
_STRATIFIED = "stratified Miettinen-Nurminen score, Mantel-Haenszel weights"


def difference(events_1: int, n_1: int, events_2: int, n_2: int, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the difference of risks, last minus first, with the score interval (variance times N/(N-1)).

    ValueError where the counts are impossible. Source: miettinen_nurminen_1985.

    Line sepsis in 28 of the first 155 patients and 6 of the last 155, in points:

    >>> change = difference(28, 155, 6, 155)
    >>> [round(100 * x, 1) for x in (change.value, change.interval.lower, change.interval.upper)]
    [-14.2, -21.5, -7.6]
    """
    lower, upper = difference_bounds(events_1, n_1, events_2, n_2, level)
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    value = events_2 / n_2 - events_1 / n_1
    return Estimate(value, _SCORE, Interval(float(lower), float(upper), level, _SCORE))


def score_test(events_1: int, n_1: int, events_2: int, n_2: int) -> PValue | NotEstimable:
    """Return the two-sided P that belongs to `difference`: below 0.05 just where the 95% interval excludes 0.

    >>> print(f"{score_test(28, 155, 6, 155).value:.5f}")
    0.00007
    """
    return _differs(_Strata.of(events_1, n_1, events_2, n_2), _SCORE)


def noninferiority(
    events_1: int, n_1: int, events_2: int, n_2: int, margin: float, *, variance: Variance = "Farrington-Manning"
) -> PValue | NotEstimable:
    """Return the one-sided P against "the last group's rate is lower by the margin or more".

    The events are the good outcome (responses), the margin a rate (0.10 is ten points) fixed before the data are
    seen. "Farrington-Manning" uses the restricted variance as it is, "Miettinen-Nurminen" times N/(N-1), which
    agrees with `difference`. Sources: farrington_manning_1990, miettinen_nurminen_1985.

    Responses in 26 of 155, then 23 of 155: is a loss of ten points excluded?

    >>> print(f"{noninferiority(26, 155, 23, 155, margin=0.10).value:.4f}")
    0.0276
    """
    return _excludes_loss(_Strata.of(events_1, n_1, events_2, n_2), margin, variance, "score test at the margin")


def difference_bounds(
    events_1: ArrayLike, n_1: ArrayLike, events_2: ArrayLike, n_2: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the interval of `difference` for arrays of tables, NaN where a group is empty.

    >>> lower, upper = difference_bounds([28, 5], 155, [6, 0], 155)
    >>> lower.round(4), upper.round(4)
    (array([-0.2146, -0.0734]), array([-0.0761, -0.0076]))
    """
    tables = _tables(events_1, n_1, events_2, n_2)
    bounds = np.empty((2, tables[0].size))
    for start in range(0, tables[0].size, _SLICE):
        here = slice(start, start + _SLICE)
        bounds[:, here] = _bounds(_Strata.of(*(column.ravel()[here] for column in tables)), level)
    lower, upper = bounds.reshape(2, *tables[0].shape)
    return lower, upper


def score_test_many(events_1: ArrayLike, n_1: ArrayLike, events_2: ArrayLike, n_2: ArrayLike) -> Floats:
    """Return the P of `score_test` for arrays of tables, NaN where a group is empty or both groups all alike.

    >>> score_test_many([28, 5], 155, [6, 0], 155).round(5)
    array([7.000e-05, 2.441e-02])
    """
    tables = _Strata.of(events_1, n_1, events_2, n_2)
    z = _z(tables, np.zeros(tables.shape), "Miettinen-Nurminen")
    return np.asarray(2 * ndtr(-np.abs(z)))


def stratified_difference(
    events_1: Sequence[int],
    n_1: Sequence[int],
    events_2: Sequence[int],
    n_2: Sequence[int],
    level: float = 0.95,
) -> Estimate | NotEstimable:
    """Return the common difference of risks over strata, last minus first, with its score interval.

    Stratum weights are those of Mantel and Haenszel, n_1 n_2 / (n_1 + n_2), fixed by the sizes alone; a stratum
    with an empty group has weight 0. One stratum gives `difference`. Source: miettinen_nurminen_1985.

    Toxicity in two histologies, worse in each though better in the pooled figures (30.7% to 26.0%):

    >>> change = stratified_difference([9, 80], [90, 200], [30, 48], [200, 100])
    >>> round(100 * change.value, 1)
    6.6
    """
    strata = _Strata.of_one(events_1, n_1, events_2, n_2)
    lower, upper = _bounds(strata, level)
    if strata.is_empty.all():
        return NotEstimable("no stratum has patients in both groups")
    value = float(strata.observed)
    flags = ("strata_dropped",) if strata.is_empty.any() else ()
    return Estimate(value, _STRATIFIED, Interval(float(lower), float(upper), level, _STRATIFIED), flags=flags)


def stratified_score_test(
    events_1: Sequence[int], n_1: Sequence[int], events_2: Sequence[int], n_2: Sequence[int]
) -> PValue | NotEstimable:
    """Return the two-sided P that belongs to `stratified_difference`.

    >>> print(f"{stratified_score_test([9, 80], [90, 200], [30, 48], [200, 100]).value:.3f}")
    0.083
    """
    return _differs(_Strata.of_one(events_1, n_1, events_2, n_2), _STRATIFIED)


def stratified_noninferiority(
    events_1: Sequence[int],
    n_1: Sequence[int],
    events_2: Sequence[int],
    n_2: Sequence[int],
    margin: float,
    *,
    variance: Variance = "Farrington-Manning",
) -> PValue | NotEstimable:
    """Return the one-sided P of `noninferiority` for the common difference over strata.

    >>> p = stratified_noninferiority([9, 80], [90, 200], [30, 48], [200, 100], margin=0.05)
    >>> print(f"{p.value:.4f}")
    0.0013
    """
    strata = _Strata.of_one(events_1, n_1, events_2, n_2)
    return _excludes_loss(strata, margin, variance, "stratified score test at the margin, Mantel-Haenszel weights")


@dataclass(frozen=True, slots=True)
class _Strata:
    """Tables with their strata on the last axis; a plain table is one stratum."""

    events_1: Floats
    n_1: Floats
    events_2: Floats
    n_2: Floats
    is_empty: NDArray[np.bool_]
    weight: Floats

    @classmethod
    def of(cls, events_1: ArrayLike, n_1: ArrayLike, events_2: ArrayLike, n_2: ArrayLike) -> _Strata:
        return cls._weighted(*(a[..., None] for a in _tables(events_1, n_1, events_2, n_2)))

    @classmethod
    def of_one(cls, events_1: ArrayLike, n_1: ArrayLike, events_2: ArrayLike, n_2: ArrayLike) -> _Strata:
        return cls._weighted(*(np.atleast_1d(a) for a in _tables(events_1, n_1, events_2, n_2)))

    @classmethod
    def _weighted(cls, events_1: Floats, n_1: Floats, events_2: Floats, n_2: Floats) -> _Strata:
        is_empty = (n_1 == 0) | (n_2 == 0)
        # An empty stratum gets one patient a group and no weight, so that nothing is divided by zero.
        first, last = np.where(is_empty, 1.0, n_1), np.where(is_empty, 1.0, n_2)
        weight = np.where(is_empty, 0.0, first * last / (first + last))
        whole = weight.sum(axis=-1, keepdims=True)
        share = weight / np.where(whole > 0, whole, np.nan)
        cases_1, cases_2 = np.where(is_empty, 0.0, events_1), np.where(is_empty, 0.0, events_2)
        return cls(cases_1, first, cases_2, last, is_empty, share)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.weight.shape[:-1]

    @property
    def observed(self) -> Floats:
        return np.asarray((self.weight * (self.events_2 / self.n_2 - self.events_1 / self.n_1)).sum(axis=-1))


def _tables(events_1: ArrayLike, n_1: ArrayLike, events_2: ArrayLike, n_2: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.broadcast_arrays(*as_counts(events_1, n_1), *as_counts(events_2, n_2)))


def _standard_error(strata: _Strata, delta: Floats, variance: Variance) -> Floats:
    size = strata.n_1 + strata.n_2
    each = difference_variance(strata.events_1, strata.n_1, strata.events_2, strata.n_2, delta[..., None])
    inflation = size / (size - 1) if variance == "Miettinen-Nurminen" else 1.0
    return np.asarray(np.sqrt((strata.weight**2 * each * inflation).sum(axis=-1)))


def _z(strata: _Strata, delta: Floats, variance: Variance) -> Floats:
    error = _standard_error(strata, delta, variance)
    return np.asarray((strata.observed - delta) / np.where(error > 0, error, np.nan))


def _bounds(strata: _Strata, level: float) -> tuple[Floats, Floats]:
    z = ndtri(1 - tail_of(level))
    observed = strata.observed

    def above(delta: Floats) -> Floats:
        return np.asarray(delta - observed - z * _standard_error(strata, delta, "Miettinen-Nurminen"))

    def below(delta: Floats) -> Floats:
        return np.asarray(delta - observed + z * _standard_error(strata, delta, "Miettinen-Nurminen"))

    edge = np.ones(strata.shape)
    return bracketed_root(below, -edge, observed), bracketed_root(above, observed, edge)


def _differs(strata: _Strata, method: str) -> PValue | NotEstimable:
    z = float(_z(strata, np.zeros(strata.shape), "Miettinen-Nurminen"))
    if np.isnan(z):
        return NotEstimable(_reason(strata))
    value, flags, warning = floored(float(2 * ndtr(-abs(z))))
    convention = "two-sided, variance times N/(N-1)"
    return PValue(value, method, convention, statistic=z, flags=flags, warning=warning)


def _excludes_loss(strata: _Strata, margin: float, variance: Variance, method: str) -> PValue | NotEstimable:
    require(0 <= margin < 1, "a margin is a rate from 0 up to, not including, 1", margin)
    require(variance in VARIANCES, f"the variance at the margin is one of {VARIANCES}", variance)
    z = float(_z(strata, np.full(strata.shape, -margin), variance))
    if np.isnan(z):
        return NotEstimable(_reason(strata))
    factor = "variance times N/(N-1)" if variance == "Miettinen-Nurminen" else "variance without N/(N-1)"
    value, flags, warning = floored(float(ndtr(-z)))
    convention = f"one-sided, {factor}"
    return PValue(value, f"{variance} {method}", convention, sides=1, statistic=z, flags=flags, warning=warning)


def _reason(strata: _Strata) -> str:
    if strata.is_empty.all():
        return "no stratum has patients in both groups" if strata.is_empty.size > 1 else "a group has no patients"
    return "no variation: all patients had the event, or none had"
