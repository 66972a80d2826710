"""What would the risks be if they had never risen, and do they fit that better than one risk for all?"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from seriatim.methods.kernels.counts import as_counts, require
from seriatim.methods.values import NotEstimable, PValue

Floats = NDArray[np.float64]
Direction = Literal["falling", "rising"]
DIRECTIONS: tuple[Direction, ...] = ("falling", "rising")

METHOD = "order-restricted likelihood ratio (Bartholomew)"


@dataclass(frozen=True, eq=False)
class Staircase:
    """The fitted risk of each group and the one-sided test against one risk for all."""

    fitted: Floats
    trend: PValue
    method: str = "isotonic regression"
    flags: tuple[str, ...] = ("ends_biased",)


def isotonic_trend(
    events: ArrayLike,
    n: ArrayLike,
    generator: np.random.Generator,
    direction: Direction = "falling",
    draws: int = 9_999,
) -> Staircase | NotEstimable:
    """Fit risks that only fall (or only rise) over ordered groups, and test them against one common risk.

    The fit pools neighbours that stand in the wrong order. P by simulation from the common risk: (1 + as large) /
    (1 + draws), with its standard error. The first and last steps are biased outwards (a single early event gives a
    fitted risk of 1), so they are never to be read as risks of their own. ValueError on impossible counts; direction
    is chosen before the data are seen. Sources: barlow_1972, phipson_smyth_2010.

    Line sepsis in four consecutive groups of 50:

    >>> stairs = isotonic_trend([9, 6, 7, 2], [50] * 4, np.random.default_rng(1))
    >>> stairs.fitted.round(3).tolist(), stairs.trend.value < 0.05
    ([0.18, 0.13, 0.13, 0.04], True)
    """
    require(direction in DIRECTIONS, f"the direction is one of {DIRECTIONS}", direction)
    require(draws >= 1, "at least one series must be drawn", draws)
    had, patients = as_counts(events, n)
    require(had.ndim == 1, "events and n must be lists, one entry a group", had.shape)
    seen = patients > 0
    cases, sizes = had[seen], patients[seen]
    if sizes.size < 2:
        return NotEstimable("an order needs at least two groups with patients")
    if cases.sum() in (0, sizes.sum()):
        return NotEstimable("no variation: all patients had the event, or none had")
    fitted = np.full(had.shape, np.nan)
    fitted[seen] = _staircases(cases[None, :], sizes, direction)[0]
    return Staircase(fitted, _tested(cases, sizes, generator, direction, draws))


def _tested(cases: Floats, sizes: Floats, generator: np.random.Generator, direction: Direction, draws: int) -> PValue:
    statistic = float(_gain(cases[None, :], sizes, direction)[0])
    risk = cases.sum() / sizes.sum()
    drawn = generator.binomial(sizes.astype(np.int64), risk, size=(draws, sizes.size)).astype(np.float64)
    as_large = int((_gain(drawn, sizes, direction) >= statistic * (1 - 1e-9)).sum())
    p = (1 + as_large) / (1 + draws)
    convention = f"one-sided ({direction}), parametric bootstrap from the common risk, {draws} series"
    error = sqrt(p * (1 - p) / draws)
    return PValue(p, METHOD, convention, 1, statistic, mc_error=error, flags=("simulated",))


def _gain(cases: Floats, sizes: Floats, direction: Direction) -> Floats:
    """Twice the log likelihood of the ordered risks above that of the common one, for each row of events."""
    common = cases.sum(axis=1, keepdims=True) / sizes.sum()
    fitted = _staircases(cases, sizes, direction)
    return np.asarray(2 * (_log_likelihood(cases, sizes, fitted) - _log_likelihood(cases, sizes, common)))


def _log_likelihood(cases: Floats, sizes: Floats, risk: Floats) -> Floats:
    return np.asarray((xlogy(cases, risk) + xlogy(sizes - cases, 1 - risk)).sum(axis=1))


def _staircases(cases: Floats, sizes: Floats, direction: Direction) -> Floats:
    """The isotonic fit of each row by the max-min formula: all rows at once, which pooling neighbours could not do.

    The k-th rising step is the largest, over starts up to k, of the smallest mean from there to an end from k on.
    """
    if direction == "falling":
        return _staircases(cases[:, ::-1], sizes[::-1], "rising")[:, ::-1]
    sums = np.cumsum(np.pad(cases, ((0, 0), (1, 0))), axis=1)
    weights = np.cumsum(np.pad(sizes, (1, 0)))
    groups = sizes.size
    fitted = np.full(cases.shape, -np.inf)
    for start in range(groups):
        means = (sums[:, start + 1 :] - sums[:, start, None]) / (weights[start + 1 :] - weights[start])
        smallest = np.minimum.accumulate(means[:, ::-1], axis=1)[:, ::-1]
        fitted[:, start:] = np.maximum(fitted[:, start:], smallest)
    return fitted
