"""What would the rates of groups be if patients of all kinds had been treated in each as in all together?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtri

from seriatim.methods.kernels.counts import as_counts, require, tail_of
from seriatim.methods.values import Estimate, Interval, NotEstimable

Floats = NDArray[np.float64]

METHOD = "inverse probability of group weights (Hajek), error with the weights estimated"
MOST_STEPS = 50
RUNAWAY = 15.0
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Weighted:
    """The weighted risks of both groups, their difference, and how much the weights cost."""

    first: float
    last: float
    difference: Estimate
    effective_first: float
    effective_last: float
    largest_weight: float


def inverse_probability_weights(
    covariates: ArrayLike,
    events_1: ArrayLike,
    n_1: ArrayLike,
    events_2: ArrayLike,
    n_2: ArrayLike,
    level: float = 0.95,
) -> Weighted | NotEstimable:
    """Weight the patients of two groups to the mix of both together, and compare their risks, last minus first.

    A row is a covariate pattern; `covariates` has a column a baseline variable. The chance to be in the last group is
    fitted by logistic regression, each patient weighs as its inverse, and the error allows for that fit (stacked
    estimating equations). Effective numbers say how many equal patients the weighted ones are worth. NotEstimable where
    covariates tell the groups apart (no support). ValueError on impossible counts. Source: robins_2000.

    Two histologies, with the mix turned over between the groups:

    >>> found = inverse_probability_weights([[0], [1]], [9, 80], [90, 200], [30, 48], [200, 100])
    >>> round(100 * found.difference.value, 1), round(found.effective_first)
    (6.5, 251)
    """
    (had_1, size_1), (had_2, size_2) = as_counts(events_1, n_1), as_counts(events_2, n_2)
    x = np.asarray(covariates, dtype=np.float64)
    require(x.ndim == 2 and x.shape[0] == had_1.size == had_2.size, "covariates need a row a pattern", x.shape)
    require(bool(np.all(np.isfinite(x))), "covariates must be finite", covariates)
    z = float(ndtri(1 - tail_of(level)))
    if min(size_1.sum(), size_2.sum()) < FEWEST:
        return NotEstimable(f"a group has fewer than {FEWEST} patients")
    seen = size_1 + size_2 > 0
    spread = np.ptp(x[seen], axis=0)
    design = np.column_stack([np.ones(int(seen.sum())), (x[seen] - x[seen].mean(axis=0))[:, spread > 0]])
    patterns = _Patterns(design, had_1[seen], size_1[seen], had_2[seen], size_2[seen])
    return _weighted(patterns, z, level)


@dataclass(frozen=True, eq=False)
class _Patterns:
    design: Floats
    events_1: Floats
    n_1: Floats
    events_2: Floats
    n_2: Floats


def _weighted(patterns: _Patterns, z: float, level: float) -> Weighted | NotEstimable:
    fitted = _chance_of_last(patterns)
    if fitted is None:
        return NotEstimable("no support: the covariates tell the groups apart, or say the same twice")
    chance, information = fitted
    weight_1, weight_2 = 1 / (1 - chance), 1 / chance
    total_1, total_2 = weight_1 @ patterns.n_1, weight_2 @ patterns.n_2
    risk_1, risk_2 = float(weight_1 @ patterns.events_1 / total_1), float(weight_2 @ patterns.events_2 / total_2)
    error = _error(patterns, chance, information, risk_1, risk_2)
    value = risk_2 - risk_1
    interval = Interval(max(-1.0, value - z * error), min(1.0, value + z * error), level, METHOD)
    return Weighted(
        risk_1,
        risk_2,
        Estimate(value, METHOD, interval),
        float(total_1**2 / (weight_1**2 @ patterns.n_1)),
        float(total_2**2 / (weight_2**2 @ patterns.n_2)),
        float(max(weight_1[patterns.n_1 > 0].max(), weight_2[patterns.n_2 > 0].max())),
    )


def _chance_of_last(patterns: _Patterns) -> tuple[Floats, Floats] | None:
    design, n = patterns.design, patterns.n_1 + patterns.n_2
    beta = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        chance = expit(design @ beta)
        information = design.T @ (design * (n * chance * (1 - chance))[:, None])
        if np.linalg.cond(information) > 1e12:
            break
        step = np.linalg.solve(information, design.T @ (patterns.n_2 - n * chance))
        beta = beta + step
        if np.max(np.abs(design @ beta)) > RUNAWAY:
            break
        if np.max(np.abs(step)) < 1e-10:
            return np.asarray(expit(design @ beta)), information
    return None


def _error(patterns: _Patterns, chance: Floats, information: Floats, risk_1: float, risk_2: float) -> float:
    """The root of the sum of squared influences of all patients, four kinds a pattern, the fit's own included."""
    weight_1 = 1 / (1 - chance) / float((1 / (1 - chance)) @ patterns.n_1)
    weight_2 = 1 / chance / float((1 / chance) @ patterns.n_2)
    # With a higher fitted logit the weights of the last group fall and those of the first rise.
    tilt_2 = -((1 - chance) * weight_2 * (patterns.events_2 - risk_2 * patterns.n_2)) @ patterns.design
    tilt_1 = (chance * weight_1 * (patterns.events_1 - risk_1 * patterns.n_1)) @ patterns.design
    through_fit = patterns.design @ np.linalg.solve(information, tilt_2 - tilt_1)
    in_last, in_first = (1 - chance) * through_fit, -chance * through_fit
    kinds = (
        (patterns.events_2, (1 - risk_2) * weight_2 + in_last),
        (patterns.n_2 - patterns.events_2, -risk_2 * weight_2 + in_last),
        (patterns.events_1, -(1 - risk_1) * weight_1 + in_first),
        (patterns.n_1 - patterns.events_1, risk_1 * weight_1 + in_first),
    )
    return float(np.sqrt(sum(count @ influence**2 for count, influence in kinds)))
