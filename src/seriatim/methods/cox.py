"""By what factor does a hazard differ with each covariate, strata keeping hazards of their own?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtri

from seriatim.methods.kernels.counts import as_whole_numbers, require, tail_of
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

Floats = NDArray[np.float64]

METHOD = "Cox regression, Efron's handling of ties"
MOST_STEPS = 50
RUNAWAY = 30.0  # a log hazard ratio over the range of a covariate beyond this has no maximum


@dataclass(frozen=True, eq=False)
class HazardRatios:
    """A hazard ratio with Wald's interval for each covariate, and the test of all of them together."""

    ratios: tuple[Estimate, ...]
    overall: PValue
    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    method: str = METHOD


def cox(
    days: ArrayLike,
    covariates: ArrayLike,
    events: ArrayLike,
    censored: ArrayLike,
    strata: ArrayLike | None = None,
    level: float = 0.95,
) -> HazardRatios | NotEstimable:
    """Fit hazard ratios from a tally: a row is a day and a covariate pattern (and a stratum) with two counts.

    `covariates` has a column a covariate. Strata (sites, histologies) have baseline hazards of their own, so a fit from
    the tallies of several sites is the fit of the pooled patients. Who is lost on a day was still at risk on it.
    NotEstimable without events, with covariates that cannot be told apart or a ratio that runs off to 0 or infinity.
    ValueError on impossible counts. Sources: cox_1972, efron_1977.

    Days until a response ended, in two groups of four responders:

    >>> fit = cox([90, 180, 270, 450, 360, 450, 360, 450], [[0]] * 4 + [[1]] * 4, [1, 1, 1, 0, 1, 1, 0, 0],
    ...           [0, 0, 0, 1, 0, 0, 1, 1])
    >>> round(fit.ratios[0].value, 2), round(fit.overall.value, 2)
    (0.35, 0.26)
    """
    when, x = np.asarray(days, dtype=np.float64), np.asarray(covariates, dtype=np.float64)
    had, lost = as_whole_numbers(events), as_whole_numbers(censored)
    stratum = np.zeros(when.size) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    require(x.ndim == 2 and len(x) == when.size, "covariates need a row a day and pattern", x.shape)
    require(had.shape == lost.shape == stratum.shape == when.shape, "all columns must be of one length", had.shape)
    require(bool(np.all(np.isfinite(when)) and np.all(np.isfinite(x))), "days and covariates must be finite", days)
    tail = tail_of(level)
    if had.sum() == 0:
        return NotEstimable("there are no events")
    spread = np.ptp(x, axis=0)
    if x.shape[1] == 0 or np.any(spread == 0):
        return NotEstimable("a covariate is the same in all patients")
    fit = _fitted(_Rows(when, (x - x.mean(axis=0)) / spread, had, had + lost, stratum))
    if isinstance(fit, NotEstimable):
        return fit
    coefficients, covariance = fit.beta / spread, fit.covariance / np.outer(spread, spread)
    reach = -float(ndtri(tail)) * np.sqrt(np.diag(covariance))
    ratios = tuple(_ratio(b, r, level) for b, r in zip(coefficients, reach, strict=True))
    return HazardRatios(
        ratios, _overall(2 * (fit.value - fit.at_zero), len(ratios)), coefficients, covariance, fit.value
    )


def _ratio(coefficient: float, reach: float, level: float) -> Estimate:
    lower, upper = (float(np.exp(coefficient + side * reach)) for side in (-1, 1))
    return Estimate(float(np.exp(coefficient)), METHOD, Interval(lower, upper, level, "Wald on the log hazard ratio"))


def _overall(statistic: float, df: int) -> PValue:
    value, flags, warning = floored(float(chdtrc(df, max(statistic, 0.0))))
    convention = f"likelihood ratio, chi-square with {df} degree{'s' if df > 1 else ''} of freedom"
    return PValue(value, METHOD, convention, statistic=max(statistic, 0.0), flags=flags, warning=warning)


@dataclass(frozen=True, eq=False)
class _Rows:
    days: Floats
    x: Floats
    events: Floats
    leaving: Floats
    stratum: NDArray[np.generic]


@dataclass(frozen=True, eq=False)
class _Fit:
    beta: Floats
    covariance: Floats
    value: float
    at_zero: float


def _fitted(rows: _Rows) -> _Fit | NotEstimable:
    beta = np.zeros(rows.x.shape[1])
    value, gradient, information = _likelihood(rows, beta)
    at_zero = value
    for _ in range(MOST_STEPS):
        if np.linalg.matrix_rank(information, tol=1e-9 * max(rows.events.sum(), 1.0)) < beta.size:
            break
        step = np.linalg.solve(information, gradient)
        reached = _likelihood(rows, beta + step)
        # Ends at the latest where a step is too short to change anything.
        while reached[0] < value - 1e-12 * abs(value):
            step = step / 2
            reached = _likelihood(rows, beta + step)
        beta, (value, gradient, information) = beta + step, reached
        if np.max(np.abs(beta)) > RUNAWAY:
            break
        if np.max(np.abs(step)) < 1e-10:
            return _Fit(beta, np.asarray(np.linalg.inv(information), dtype=np.float64), value, at_zero)
    return NotEstimable("no finite hazard ratio: a covariate separates those with the event, or two say the same")


def _likelihood(rows: _Rows, beta: Floats) -> tuple[float, Floats, Floats]:
    """Efron's log partial likelihood with its slope and curvature, stratum by stratum and day by day."""
    p = beta.size
    value, gradient, information = 0.0, np.zeros(p), np.zeros((p, p))
    for stratum in np.unique(rows.stratum):
        here = rows.stratum == stratum
        for one in _days(rows, here, beta):
            value, gradient, information = value + one[0], gradient + one[1], information + one[2]
    return value, gradient, information


def _days(rows: _Rows, here: NDArray[np.bool_], beta: Floats) -> list[tuple[float, Floats, Floats]]:
    days, x, events, leaving = (column[here] for column in (rows.days, rows.x, rows.events, rows.leaving))
    risk = np.exp(x @ beta)
    return [
        _day(x, leaving * risk * (days >= day), np.where(days == day, events, 0.0), risk, beta)
        for day in np.unique(days[events > 0])
    ]


def _day(x: Floats, at_risk: Floats, ending: Floats, risk: Floats, beta: Floats) -> tuple[float, Floats, Floats]:
    """One day's tied events: they leave the risk set one after the other, each time on average."""
    deaths = int(ending.sum())
    gone = np.arange(deaths)[:, None] / deaths
    weight = at_risk[None, :] - gone * (ending * risk)[None, :]
    whole = weight.sum(axis=1)
    mean = weight @ x / whole[:, None]
    square = np.einsum("dr,ri,rj->ij", weight / whole[:, None], x, x)
    value = float(ending @ (x @ beta)) - float(np.log(whole).sum())
    return value, ending @ x - mean.sum(axis=0), square - mean.T @ mean
