"""How does a risk run along the case number, smoothly and without any grouping?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, expit, log_expit, logit, ndtri

from seriatim.methods.kernels.counts import as_counts, require, tail_of
from seriatim.methods.kernels.natural_spline import natural_spline, weighted_quantiles
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue

Floats = NDArray[np.float64]

METHOD = "logistic regression on a natural cubic spline, knots at quantiles"
EVENTS_PER_TERM = 5
MOST_STEPS = 50
SEPARATED = 20.0  # a fitted logit beyond this is a risk of 2e-9: the likelihood has no maximum


@dataclass(frozen=True, eq=False)
class Curve:
    """The fitted risk with its pointwise band, the tests of any trend and of its bend, and where the knots lie."""

    at: Floats
    fitted: Floats
    lower: Floats
    upper: Floats
    level: float
    p_overall: PValue
    p_nonlinear: PValue
    knots: Floats
    method: str = METHOD
    flags: tuple[str, ...] = ()


def logistic_spline(
    x: ArrayLike, events: ArrayLike, n: ArrayLike, at: ArrayLike, df: int = 4, level: float = 0.95
) -> Curve | NotEstimable:
    """Fit a natural cubic spline of `x` with `df` terms to the logit of a risk, and read it at the values `at`.

    `events` of `n` at each of `x` (case numbers with n = 1, or bins). Inner knots lie at equally spaced quantiles of
    the cases, outer knots at the first and last; beyond these the logit goes on straight (flag "extrapolated"). The
    band is pointwise, by Wald on the logit scale. Likelihood-ratio tests: `p_overall` against a constant risk (df
    degrees of freedom), `p_nonlinear` against a straight line (df - 1).

    Refused with a reason: fewer than five events, or non-events, for each term (20 for four terms); too few
    different values of `x` to tell the knots apart; separation, when some fitted risk runs off to 0 or 1. Raises
    ValueError on impossible counts. Sources: mccullagh_nelder_1989, hastie_2009.

    A rate that falls from half to a tenth over 200 cases:

    >>> case = np.arange(1, 201)
    >>> had_event = np.r_[np.tile([1, 0], 50), np.tile([1, 0, 0, 0, 0], 10), np.tile([1, *[0] * 9], 5)]
    >>> curve = logistic_spline(case, had_event, np.ones(200), at=[1, 200])
    >>> curve.fitted[0] > curve.fitted[1], curve.p_overall.value < 0.001
    (np.True_, True)
    """
    require(df >= 2, "a spline needs at least two terms", df)
    had, patients = as_counts(events, n)
    where, wanted = np.asarray(x, dtype=np.float64), np.atleast_1d(np.asarray(at, dtype=np.float64))
    require(where.shape == had.shape and where.ndim == 1, "x, events and n must be lists of one length", where.shape)
    require(bool(np.all(np.isfinite(where)) and np.all(np.isfinite(wanted))), "x and at must be finite", x)
    seen = patients > 0
    return _curve(where[seen], had[seen], patients[seen], wanted, df, level)


def _curve(x: Floats, events: Floats, n: Floats, at: Floats, df: int, level: float) -> Curve | NotEstimable:
    fewer = min(events.sum(), n.sum() - events.sum())
    if fewer < EVENTS_PER_TERM * df:
        needed = f"a curve of {df} terms needs {EVENTS_PER_TERM * df} of each"
        return NotEstimable(f"{events.sum():.0f} events among {n.sum():.0f}; {needed}")
    knots = weighted_quantiles(x, n, np.linspace(0, 1, df + 1))
    if np.any(np.diff(knots) <= 0) or np.unique(x).size <= df:
        return NotEstimable("too few different case numbers to tell the knots of the curve apart")
    # Orthonormal columns for the data; the same combination of columns is then read at the values wanted.
    design, mixing = np.linalg.qr(natural_spline(x, knots))
    curved = _fitted(design, events, n)
    straight = _fitted(np.linalg.qr(natural_spline(x, knots)[:, :2])[0], events, n)
    if isinstance(curved, NotEstimable) or isinstance(straight, NotEstimable):
        return NotEstimable("separation: at some case numbers the fitted risk runs off to 0 or 1")
    rows = np.linalg.solve(mixing.T, natural_spline(at, knots).T).T
    middle = rows @ curved.coefficients
    half = -ndtri(tail_of(level)) * np.sqrt(np.einsum("ij,jk,ik->i", rows, curved.covariance, rows))
    constant = _log_likelihood(np.full(n.shape, logit(events.sum() / n.sum())), events, n)
    return Curve(
        at,
        expit(middle),
        expit(middle - half),
        expit(middle + half),
        level,
        _likelihood_ratio(curved.log_likelihood - constant, df, "a constant risk"),
        _likelihood_ratio(curved.log_likelihood - straight.log_likelihood, df - 1, "a straight line of the logit"),
        knots,
        flags=("extrapolated",) if at.size and (at.min() < knots[0] or at.max() > knots[-1]) else (),
    )


@dataclass(frozen=True, eq=False)
class _Fit:
    coefficients: Floats
    covariance: Floats
    log_likelihood: float


def _fitted(design: Floats, events: Floats, n: Floats) -> _Fit | NotEstimable:
    """Maximise the binomial likelihood by Newton's steps (iteratively reweighted least squares)."""
    coefficients = np.linalg.lstsq(design, np.full(n.shape, logit(events.sum() / n.sum())))[0]
    for _ in range(MOST_STEPS):
        predictor = design @ coefficients
        if np.max(np.abs(predictor)) > SEPARATED:
            break
        risk = expit(predictor)
        information = design.T @ (design * (n * risk * (1 - risk))[:, None])
        step = np.linalg.solve(information, design.T @ (events - n * risk))
        coefficients = coefficients + step
        if np.max(np.abs(design @ step)) < 1e-10:
            return _Fit(coefficients, np.linalg.inv(information), _log_likelihood(design @ coefficients, events, n))
    return NotEstimable("no maximum of the likelihood")


def _log_likelihood(predictor: Floats, events: Floats, n: Floats) -> float:
    return float(np.sum(events * log_expit(predictor) + (n - events) * log_expit(-predictor)))


def _likelihood_ratio(gain: float, df: int, alternative: str) -> PValue:
    statistic = max(2 * gain, 0.0)
    value, flags, warning = floored(float(chdtrc(df, statistic)))
    convention = f"against {alternative}, chi-square with {df} degrees of freedom"
    return PValue(value, f"likelihood ratio, {METHOD}", convention, statistic=statistic, flags=flags, warning=warning)
