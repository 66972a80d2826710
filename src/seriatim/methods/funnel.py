"""Which sites lie farther from a common rate than their size explains?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincc

from seriatim.methods.kernels.counts import as_counts, require, tail_of

Floats = NDArray[np.float64]

METHOD = "funnel plot with exact binomial limits"


@dataclass(frozen=True, eq=False)
class Funnel:
    """Limits of the observed rate at each size, for one level."""

    lower: Floats
    upper: Floats
    level: float
    method: str = METHOD


def funnel(n: ArrayLike, target: float, level: float = 0.95) -> Funnel:
    """Return the limits of rates around a target for sites of these sizes, interpolated between whole events.

    With x the smallest number whose cumulative chance reaches the share p, the limit is (x - a) / n, where a is how far
    the chance overshoots p in parts of the last step. Limits lie between 0 and 1. ValueError on impossible sizes.
    Source: spiegelhalter_2005.

    A target of 10 % at sites of 20 and 155 patients:

    >>> limits = funnel([20, 155], 0.10)
    >>> limits.lower.round(3).tolist(), limits.upper.round(3).tolist()
    ([0.0, 0.052], [0.228, 0.147])
    """
    _, sizes = as_counts(0, n)
    require(bool(np.all(sizes > 0)), "every site has patients", n)
    require(0 < target < 1, "a target lies between 0 and 1", target)
    tail = tail_of(level)
    return Funnel(_limit(sizes, target, tail), _limit(sizes, target, 1 - tail), level)


def two_sided_p(events: ArrayLike, n: ArrayLike, target: float) -> Floats:
    """Return for each site twice the smaller exact tail beyond what it saw, at most 1.

    >>> two_sided_p([6, 16], [20, 155], 0.10).round(4).tolist()
    [0.0225, 0.9713]
    """
    had, sizes = as_counts(events, n)
    require(0 < target < 1, "a target lies between 0 and 1", target)
    above = np.where(had > 0, betainc(np.maximum(had, 1), sizes - had + 1, target), 1.0)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(_at_most(had, sizes, target), above)))


def overdispersion(events: ArrayLike, n: ArrayLike, target: float, winsorised: float = 0.1) -> float:
    """Return by how much sites vary more than chance: the mean squared z, the farthest share on each side pulled in.

    Above 1 the sites differ in more than chance; limits then widen by its root. Source: spiegelhalter_2005.

    >>> round(overdispersion([2, 16, 9, 30], [20, 155, 100, 160], 0.10), 2)
    1.74
    """
    had, sizes = as_counts(events, n)
    require(bool(np.all(sizes > 0)), "every site has patients", n)
    require(0 < target < 1 and 0 <= winsorised < 0.5, "target and share lie between 0 and 1, the share below one half",
            (target, winsorised))  # fmt: skip
    z = (had / sizes - target) / np.sqrt(target * (1 - target) / sizes)
    low, high = np.quantile(z, [winsorised, 1 - winsorised])
    return float(np.mean(np.clip(z, low, high) ** 2))


def _limit(n: Floats, target: float, share: float) -> Floats:
    x = _quantile(n, target, share)
    reached, before = _at_most(x, n, target), np.where(x > 0, _at_most(np.maximum(x - 1, 0), n, target), 0.0)
    overshoot = (reached - share) / (reached - before)
    return np.asarray(np.clip((x - overshoot) / n, 0.0, 1.0))


def _quantile(n: Floats, target: float, share: float) -> Floats:
    """The smallest number of events at which the cumulative chance reaches the share, by bisection for all at once."""
    low, high = np.full(n.shape, -1.0), n.copy()
    while np.any(high - low > 1):
        # At least 0, so that a site that is done (-1, 0) stays as it is while others are sought.
        middle = np.maximum(np.floor((low + high) / 2), 0.0)
        is_enough = _at_most(middle, n, target) >= share
        low, high = np.where(is_enough, low, middle), np.where(is_enough, middle, high)
    return high


def _at_most(x: Floats, n: Floats, target: float) -> Floats:
    return np.asarray(np.where(x < n, betaincc(x + 1, np.maximum(n - x, 1), target), 1.0))
