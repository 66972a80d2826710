"""How far apart are two groups on a baseline characteristic, in units of its own spread?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seriatim.methods.kernels.counts import as_counts, as_whole_numbers, require
from seriatim.methods.values import Estimate, NotEstimable

Floats = NDArray[np.float64]


def binary(events_1: int, n_1: int, events_2: int, n_2: int) -> Estimate | NotEstimable:
    """Return the standardised difference of two proportions, last minus first.

    The unit is the root of the mean of both groups' p (1 - p). Source: yang_dalton_2012.

    Prior chemotherapy in 60 of the first 155 patients and 31 of the last 155:

    >>> round(binary(60, 155, 31, 155).value, 2)
    -0.42
    """
    as_counts([events_1, events_2], [n_1, n_2])
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    p_1, p_2 = events_1 / n_1, events_2 / n_2
    return _over_spread(p_2 - p_1, (p_1 * (1 - p_1) + p_2 * (1 - p_2)) / 2, "standardised difference of proportions")


def numeric(values: ArrayLike, counts_1: ArrayLike, counts_2: ArrayLike) -> Estimate | NotEstimable:
    """Return the standardised difference of two means, last minus first, from how often each value occurred.

    The unit is the root of the mean of both sample variances (divisor n - 1). Source: yang_dalton_2012.

    Performance status 0, 1 and 2:

    >>> round(numeric([0, 1, 2], [80, 60, 15], [110, 40, 5]).value, 2)
    -0.43
    """
    points, cases_1, cases_2 = _histogram(values, counts_1, counts_2)
    if min(cases_1.sum(), cases_2.sum()) < 2:
        return NotEstimable("a group has fewer than two patients")
    mean_1, variance_1 = _moments(points, cases_1)
    mean_2, variance_2 = _moments(points, cases_2)
    return _over_spread(mean_2 - mean_1, (variance_1 + variance_2) / 2, "standardised difference of means")


def categorical(counts_1: Sequence[int], counts_2: Sequence[int]) -> Estimate | NotEstimable:
    """Return the standardised difference of two distributions over levels: a distance, without direction.

    It is the Mahalanobis distance of the shares with the mean of both multinomial covariances, and does not depend
    on the order of the levels; for two levels it is the size of `binary`. Source: yang_dalton_2012.

    Histology renal, melanoma, other:

    >>> round(categorical([90, 60, 5], [60, 85, 10]).value, 2)
    0.4
    """
    cases_1, cases_2 = as_whole_numbers(counts_1), as_whole_numbers(counts_2)
    require(cases_1.shape == cases_2.shape, "both groups need a count for each level", cases_2.shape)
    if min(cases_1.sum(), cases_2.sum()) == 0:
        return NotEstimable("a group has no patients")
    # The covariance has full rank just where the groups share a level.
    if not np.any((cases_1 > 0) & (cases_2 > 0)):
        return NotEstimable("the groups share no level, so their distance has no scale")
    # One level is redundant, and levels that nobody has would make the covariance singular.
    occurring = np.flatnonzero(cases_1 + cases_2 > 0)[1:]
    share_1, share_2 = cases_1[occurring] / cases_1.sum(), cases_2[occurring] / cases_2.sum()
    apart = share_2 - share_1
    covariance = (_multinomial(share_1) + _multinomial(share_2)) / 2
    return Estimate(float(np.sqrt(apart @ np.linalg.solve(covariance, apart))), "standardised difference of levels")


def _over_spread(apart: float, variance: float, method: str) -> Estimate | NotEstimable:
    if apart == 0:
        return Estimate(0.0, method)
    if variance == 0:
        return NotEstimable("no spread within either group, so their difference has no scale")
    return Estimate(float(apart / np.sqrt(variance)), method)


def _histogram(values: ArrayLike, counts_1: ArrayLike, counts_2: ArrayLike) -> tuple[Floats, Floats, Floats]:
    points = np.asarray(values, float)
    cases_1, cases_2 = as_whole_numbers(counts_1), as_whole_numbers(counts_2)
    require(points.shape == cases_1.shape == cases_2.shape, "values and counts must be of one length", points.shape)
    require(bool(np.all(np.isfinite(points))), "values must be finite numbers", values)
    return points, cases_1, cases_2


def _moments(points: Floats, cases: Floats) -> tuple[float, float]:
    n = cases.sum()
    mean = (points * cases).sum() / n
    return float(mean), float((cases * (points - mean) ** 2).sum() / (n - 1))


def _multinomial(share: Floats) -> Floats:
    return np.diag(share) - np.outer(share, share)
