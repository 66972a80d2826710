"""Has the odds of an event, for patients of the same risk, become another multiple of what it was?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seriatim.methods.kernels.cases import as_cases, as_mix
from seriatim.methods.kernels.counts import require
from seriatim.methods.kernels.cusum_path import Path, cusum_path
from seriatim.methods.kernels.run_length import lowest_threshold, on_a_lattice, run_length
from seriatim.methods.values import Estimate

Floats = NDArray[np.float64]

METHOD = "risk-adjusted CUSUM of log likelihood ratios, Markov chain with paired rounding"
SCALING = 600
"""States per unit of the chart: 600 is within 0.1 % of the limit of many, in the reference mix."""


def risk_adjusted_cusum(
    outcomes: ArrayLike, risks: ArrayLike, odds_ratio: float = 2.0, limit: float | None = None, *, resets: bool = True
) -> Path:
    """Chart consecutive cases against the alternative that the odds of the event are `odds_ratio` times the predicted.

    An odds ratio above 1 watches for harm, below 1 for improvement; both charts rise towards their limit. Each case
    adds the log likelihood ratio of its outcome. The risk must be predicted from what was known before treatment.
    ValueError on impossible outcomes or risks. Source: steiner_2000.

    Four patients, two of low risk who had the event:

    >>> path = risk_adjusted_cusum([0, 1, 1, 0], [0.05, 0.10, 0.05, 0.30])
    >>> path.values.round(3).tolist()
    [0.0, 0.598, 1.242, 0.98]
    """
    had, risk = as_cases(outcomes, risks)
    return cusum_path(_weight(had, risk, odds_ratio), limit, resets)


def average_run_length(
    risks: ArrayLike,
    shares: ArrayLike,
    limit: float,
    odds_ratio: float = 2.0,
    true_odds_ratio: float = 1.0,
    scaling: int = SCALING,
) -> Estimate:
    """Return how many cases pass on average until a signal, when patients of these risks come in these shares.

    With `true_odds_ratio` 1 it is the run to a false alarm, otherwise the delay. The risk model is taken as true; an
    estimated one can double the false alarms. Sources: steiner_2000, knoth_2019.

    >>> length = average_run_length([0.05, 0.20], [0.7, 0.3], limit=3, scaling=100)
    >>> delay = average_run_length([0.05, 0.20], [0.7, 0.3], limit=3, true_odds_ratio=2, scaling=100)
    >>> round(length.value), round(delay.value)
    (952, 87)
    """
    risk, share = as_mix(risks, shares)
    require(limit > 0, "a limit is positive", limit)
    steps, chances = _steps(risk, share, odds_ratio, true_odds_ratio, scaling)
    return Estimate(run_length(steps, chances, int(np.ceil(limit * scaling - 1e-9))), METHOD)


def limit_for(
    risks: ArrayLike, shares: ArrayLike, wanted: float, odds_ratio: float = 2.0, scaling: int = SCALING
) -> Estimate:
    """Return the lowest limit whose average run to a false alarm is at least `wanted` cases.

    >>> round(limit_for([0.05, 0.20], [0.7, 0.3], wanted=500, scaling=100).value, 2)
    2.46
    """
    risk, share = as_mix(risks, shares)
    require(wanted > 1, "a run length is more than one case", wanted)
    steps, chances = _steps(risk, share, odds_ratio, 1.0, scaling)
    threshold = lowest_threshold(lambda states: run_length(steps, chances, states), wanted)
    return Estimate(threshold / scaling, METHOD)


def _weight(had: Floats, risk: Floats, odds_ratio: float) -> Floats:
    require(odds_ratio > 0 and odds_ratio != 1, "the alternative is an odds ratio other than 1", odds_ratio)
    return np.asarray(had * np.log(odds_ratio) - np.log1p(risk * (odds_ratio - 1)))


def _steps(
    risk: Floats, share: Floats, odds_ratio: float, true_odds_ratio: float, scaling: int
) -> tuple[NDArray[np.int64], Floats]:
    require(true_odds_ratio > 0, "an odds ratio is positive", true_odds_ratio)
    happens = true_odds_ratio * risk / (1 + risk * (true_odds_ratio - 1))
    steps = np.concatenate([_weight(np.full(risk.shape, outcome), risk, odds_ratio) for outcome in (1.0, 0.0)])
    return on_a_lattice(steps, np.concatenate([share * happens, share * (1 - happens)]), scaling)
