"""Do grades move up or down along groups, by how much in odds, and by the same factor at every grade?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, expit, logit, ndtri

from seriatim.methods.kernels.counts import as_whole_numbers, require, tail_of
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

Floats = NDArray[np.float64]

METHOD = "proportional odds (cumulative logit)"
CHECK = "proportional odds against a slope of its own at each threshold"
MOST_STEPS = 100
RUNAWAY = 30.0  # a cumulative logit beyond this is a share of 1e-13: the likelihood has no maximum


@dataclass(frozen=True, eq=False)
class OddsTrend:
    """The odds ratio of a higher category per unit of score, the test of any trend, and the check of one for all.

    `check` asks whether each threshold wants its own slope; it is NotEstimable where that model cannot be fitted.
    `thresholds` and `slope` are the fitted logits of being at or above each category and their common change.
    """

    odds_ratio: Estimate
    trend: PValue
    check: PValue | NotEstimable
    slope: float
    standard_error: float
    thresholds: Floats
    log_likelihood: float
    method: str = METHOD


def proportional_odds(table: ArrayLike, scores: Sequence[float], level: float = 0.95) -> OddsTrend | NotEstimable:
    """Fit one odds ratio per unit of group score for being at or above any category.

    `table` holds counts, one row a group and one column a category in ascending order. logit P(category >= k) =
    threshold_k + slope x score; the interval is Wald's on the log odds ratio, the trend a likelihood ratio with one
    degree of freedom. NotEstimable with one category or one score, or where the likelihood has no maximum.
    ValueError on impossible counts. Source: mccullagh_1980.

    Worst grade 0 to 3 in two consecutive groups of 50 patients:

    >>> change = proportional_odds([[10, 10, 15, 15], [20, 15, 10, 5]], scores=[0, 1])
    >>> round(change.odds_ratio.value, 2), round(change.trend.value, 4), round(change.check.value, 2)
    (0.31, 0.0015, 0.78)
    """
    numbers = as_whole_numbers(table)
    require(numbers.ndim == 2, "the table must be groups by categories", numbers.shape)
    require(len(scores) == numbers.shape[0], "each group needs one score", len(scores))
    score = np.asarray(scores, dtype=np.float64)
    require(bool(np.all(np.isfinite(score))), "scores must be finite", scores)
    groups, categories = numbers.sum(axis=1) > 0, numbers.sum(axis=0) > 0
    counts, x = numbers[np.ix_(groups, categories)], score[groups]
    if counts.shape[1] < 2 or np.unique(x).size < 2:
        return NotEstimable("a trend needs at least two scores of groups and two categories with someone in them")
    return _trend(counts, x, level)


def _trend(counts: Floats, x: Floats, level: float) -> OddsTrend | NotEstimable:
    thresholds = counts.shape[1] - 1
    null = _start(counts)
    spread = np.tile(np.eye(thresholds), (len(x), 1, 1))
    # On a score of mean 0 and size 1 the steps behave alike, whatever the unit of the score.
    centre, size = float(counts.sum(axis=1) @ x / counts.sum()), float(np.ptp(x))
    unit = (x - centre) / size
    common = _fit(counts, np.dstack([spread, np.repeat(unit[:, None], thresholds, axis=1)]), np.append(null, 0.0))
    if isinstance(common, NotEstimable):
        return common
    separate = _fit(counts, np.dstack([spread, spread * unit[:, None, None]]), np.append(null, np.zeros(thresholds)))
    constant = _log_likelihood(counts, np.tile(null, (len(x), 1)))
    slope, error = common.parameters[-1] / size, float(np.sqrt(common.covariance[-1, -1])) / size
    reach = float(-ndtri(tail_of(level))) * error
    interval = Interval(float(np.exp(slope - reach)), float(np.exp(slope + reach)), level, "Wald on the log odds ratio")
    return OddsTrend(
        Estimate(float(np.exp(slope)), METHOD, interval),
        _likelihood_ratio(common.log_likelihood - constant, 1, METHOD, "no trend"),
        _checked(common, separate, thresholds - 1),
        float(slope),
        error,
        common.parameters[:-1] - slope * centre,
        common.log_likelihood,
    )


def _checked(common: _Fit, separate: _Fit | NotEstimable, df: int) -> PValue | NotEstimable:
    if df == 0:
        return NotEstimable("two categories have one threshold only, and nothing to check")
    if isinstance(separate, NotEstimable):
        return NotEstimable(f"slopes of their own cannot be fitted: {separate.reason}")
    return _likelihood_ratio(separate.log_likelihood - common.log_likelihood, df, CHECK, "one slope for all thresholds")


@dataclass(frozen=True, eq=False)
class _Fit:
    parameters: Floats
    covariance: Floats
    log_likelihood: float


def _start(counts: Floats) -> Floats:
    """The logit of being at or above each category but the lowest, all groups together."""
    totals = counts.sum(axis=0)
    at_or_above: Floats = np.cumsum(totals[::-1])[::-1][1:]
    return np.asarray(logit(at_or_above / totals.sum()))


def _fit(counts: Floats, design: Floats, start: Floats) -> _Fit | NotEstimable:
    """Maximise the multinomial likelihood by Fisher scoring; `design` is groups by thresholds by parameters."""
    parameters, value = start, _log_likelihood(counts, design @ start)
    for _ in range(MOST_STEPS):
        gradient, information = _derivatives(counts, design, parameters)
        step = np.asarray(np.linalg.lstsq(information, gradient)[0], dtype=np.float64)
        parameters, taken, value = _climbed(counts, design, parameters, step, value)
        if np.max(np.abs(design @ parameters)) > RUNAWAY:
            break
        if float(np.max(np.abs(taken))) < 1e-10:
            inverse = np.linalg.pinv(_observed_information(counts, design, parameters))
            return _Fit(parameters, np.asarray(inverse, dtype=np.float64), value)
    return NotEstimable("the likelihood has no maximum: some categories separate the groups")


def _climbed(
    counts: Floats, design: Floats, parameters: Floats, step: Floats, value: float
) -> tuple[Floats, Floats, float]:
    """Take the step, halved until the likelihood does not fall and the categories stay in order."""
    # Ends at the latest where a step is too short to change anything.
    while (reached := _log_likelihood(counts, design @ (parameters + step))) < value - 1e-12 * abs(value):
        step = step / 2
    return parameters + step, step, reached


def _log_likelihood(counts: Floats, predictor: Floats) -> float:
    chances = _chances(predictor)
    if np.any(chances[counts > 0] <= 0):
        return -np.inf
    return float(np.sum(counts[counts > 0] * np.log(chances[counts > 0])))


def _chances(predictor: Floats) -> Floats:
    """Shares in each category, from the logits of being at or above each but the lowest."""
    edge = np.ones((len(predictor), 1))
    at_or_above = np.hstack([edge, expit(predictor), 0 * edge])
    return np.asarray(at_or_above[:, :-1] - at_or_above[:, 1:])


def _derivatives(counts: Floats, design: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    chances, change = _changes(design, design @ parameters)
    gradient = np.einsum("gk,gkp->p", counts / chances, change)
    weight = counts.sum(axis=1)[:, None] / chances
    return gradient, np.einsum("gk,gkp,gkq->pq", weight, change, change)


def _changes(design: Floats, predictor: Floats) -> tuple[Floats, Floats]:
    """The shares of the categories and how they change with the parameters."""
    density = expit(predictor) * expit(-predictor)
    # Category k gains what passes threshold k and loses what passes threshold k + 1.
    passed = density[:, :, None] * design
    nobody = np.zeros((len(predictor), 1, design.shape[2]))
    change = np.concatenate([nobody, passed], axis=1) - np.concatenate([passed, nobody], axis=1)
    return np.maximum(_chances(predictor), 1e-300), change


def _observed_information(counts: Floats, design: Floats, parameters: Floats) -> Floats:
    """The curvature of the likelihood itself, which R's clm takes; the expected one gives slightly other errors."""
    predictor = design @ parameters
    per_chance = counts / np.maximum(_chances(predictor), 1e-300)
    bend = expit(predictor) * expit(-predictor) * (expit(-predictor) - expit(predictor))
    passing = (per_chance[:, 1:] - per_chance[:, :-1]) * bend
    curved = np.einsum("gt,gtp,gtq->pq", passing, design, design)
    _, change = _changes(design, predictor)
    weight = per_chance**2 / np.maximum(counts, 1e-300)
    return np.asarray(np.einsum("gk,gkp,gkq->pq", weight, change, change) - curved)


def _likelihood_ratio(gain: float, df: int, method: str, null: str) -> PValue:
    statistic = max(2 * gain, 0.0)
    value, flags, warning = floored(float(chdtrc(df, statistic)))
    degrees = f"{df} degree{'s' if df > 1 else ''} of freedom"
    convention = f"likelihood ratio against {null}, chi-square with {degrees}"
    return PValue(value, method, convention, statistic=statistic, flags=flags, warning=warning)
