"""Did the level or the slope of a series change at a date that was known beforehand?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import stdtr, stdtrit

from seriatim.methods.kernels.counts import require, tail_of
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

Floats = NDArray[np.float64]

METHOD = "segmented regression, REML with AR(1) errors"
FEWEST_EACH_SIDE = 4
FEWEST = 12
_EDGE = 0.999


@dataclass(frozen=True, slots=True)
class Interruption:
    """Change of level at the date, change of slope per period after it, each with its test, and the autocorrelation."""

    level_change: Estimate
    level_p: PValue
    slope_change: Estimate
    slope_p: PValue
    slope_before: Estimate
    autocorrelation: float
    degrees_of_freedom: tuple[float, float]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Placebos:
    """The level change at every other admissible date, and the share of them as large as the one at the true date."""

    after: tuple[int, ...]
    level_change: Floats
    share_as_large: float


def interrupted_time_series(values: ArrayLike, after: int, level: float = 0.95) -> Interruption | NotEstimable:
    """Estimate the change of level and of slope of equally spaced periods after the first `after` of them.

    y = a + b t + c [t > after] + d max(t - after, 0), with errors that follow one another with one autocorrelation,
    estimated by restricted likelihood (plain likelihood takes it for too small in short series). t tests and intervals
    with Satterthwaite's degrees of freedom. Values are rates, logits or means a period, at least twelve, four on each
    side, none missing. A change at that date is no evidence that what was changed on it caused it; changes close
    in time cannot be told apart. ValueError on impossible input. Sources: patterson_thompson_1971, turner_2021.

    Per cent of patients with hypotension in sixteen quarters; a new rule after the eighth:

    >>> quarters = [80, 82, 79, 81, 83, 80, 82, 81, 60, 58, 61, 59, 57, 58, 56, 57]
    >>> change = interrupted_time_series(quarters, after=8)
    >>> round(change.level_change.value, 1), round(change.slope_change.value, 1)
    (-21.0, -0.6)
    """
    y = _series(values)
    tail_of(level)
    refusal = _refusal(y.size, after)
    if refusal:
        return NotEstimable(refusal)
    fit = _fitted(y, after)
    if isinstance(fit, NotEstimable):
        return fit
    each = [_estimate(fit, index, level) for index in (2, 3, 1)]
    (step, step_p, step_df), (bend, bend_p, bend_df), (before, _, _) = each
    flags = ("autocorrelation_at_edge",) if abs(fit.phi) > 0.99 * _EDGE else ()
    return Interruption(step, step_p, bend, bend_p, before, fit.phi, (step_df, bend_df), flags)


def placebo_dates(values: ArrayLike, after: int) -> Placebos | NotEstimable:
    """Fit the same model at every other admissible date: how unusual is the change of level at the true one?

    Dates within four periods of the true one are left out, for they share its change. The share is no P value: the
    dates are few and overlap. Source: turner_2021.

    >>> quarters = [80, 82, 79, 81, 83, 80, 82, 81, 60, 58, 61, 59, 57, 58, 56, 57, 58, 55, 57, 56, 57, 56]
    >>> placebo_dates(quarters, after=8).share_as_large
    0.0
    """
    y = _series(values)
    refusal = _refusal(y.size, after)
    if refusal:
        return NotEstimable(refusal)
    dates = range(FEWEST_EACH_SIDE, y.size - FEWEST_EACH_SIDE + 1)
    others = tuple(date for date in dates if abs(date - after) >= FEWEST_EACH_SIDE)
    if not others:
        return NotEstimable("no other date is far enough from the true one")
    fits = [_fitted(y, date) for date in (after, *others)]
    if any(isinstance(fit, NotEstimable) for fit in fits):
        return NotEstimable(_PERFECT)
    steps = np.array([fit.beta[2] for fit in fits if isinstance(fit, _Fit)])
    return Placebos(others, steps[1:], float(np.mean(np.abs(steps[1:]) >= abs(steps[0]))))


_PERFECT = "the lines fit perfectly; there is no scatter to judge a change by"


def _series(values: ArrayLike) -> Floats:
    y = np.asarray(values, dtype=np.float64)
    require(y.ndim == 1, "values must be a list, one a period", y.shape)
    require(bool(np.all(np.isfinite(y))), "no period may be missing", values)
    return y


def _refusal(periods: int, after: int) -> str | None:
    if periods < FEWEST:
        return f"{periods} periods; an autocorrelation needs {FEWEST}"
    if not FEWEST_EACH_SIDE <= after <= periods - FEWEST_EACH_SIDE:
        return f"fewer than {FEWEST_EACH_SIDE} periods before or after the date"
    return None


@dataclass(frozen=True, eq=False)
class _Fit:
    beta: Floats
    covariance: Floats
    phi: float
    variance: float
    y: Floats
    x: Floats


def _fitted(y: Floats, after: int) -> _Fit | NotEstimable:
    time = np.arange(1.0, y.size + 1)
    x = np.column_stack([np.ones_like(time), time, time > after, np.maximum(time - after, 0)])
    residual = y - x @ np.linalg.lstsq(x, y)[0]
    if residual @ residual <= 1e-20 * max(float(y @ y), 1e-300):
        return NotEstimable(_PERFECT)
    phi = float(minimize_scalar(lambda p: -_restricted(p, None, y, x), bounds=(-_EDGE, _EDGE), method="bounded",
                                options={"xatol": 1e-10}).x)  # fmt: skip
    beta, inverse, rest, _ = _whitened_fit(phi, y, x)
    variance = rest / (y.size - x.shape[1])
    return _Fit(beta, variance * inverse, phi, variance, y, x)


def _whitened_fit(phi: float, y: Floats, x: Floats) -> tuple[Floats, Floats, float, float]:
    """Least squares after the errors are made independent with variance 1: estimate, (X'X)^-1, squares, log |X'X|."""
    z, w = _whitened(phi, y[:, None])[:, 0], _whitened(phi, x)
    cross = w.T @ w
    inverse = np.asarray(np.linalg.inv(cross), dtype=np.float64)
    beta = np.asarray(inverse @ (w.T @ z))
    rest = z - w @ beta
    return beta, inverse, float(rest @ rest), float(np.linalg.slogdet(cross)[1])


def _whitened(phi: float, columns: Floats) -> Floats:
    # The stationary error has variance 1 here, as in nlme: the first row stands as it is, the others are steps.
    return np.vstack([columns[:1], (columns[1:] - phi * columns[:-1]) / np.sqrt(1 - phi * phi)])


def _restricted(phi: float, log_variance: float | None, y: Floats, x: Floats) -> float:
    """The restricted log likelihood up to a constant; the variance is profiled out where it is not given."""
    _, _, rest, log_cross = _whitened_fit(phi, y, x)
    free = y.size - x.shape[1]
    variance = rest / free if log_variance is None else float(np.exp(log_variance))
    log_scatter = (y.size - 1) * np.log(1 - phi * phi)
    return float(-0.5 * (free * np.log(variance) + rest / variance + log_scatter + log_cross))


def _estimate(fit: _Fit, index: int, level: float) -> tuple[Estimate, PValue, float]:
    value, error = float(fit.beta[index]), float(np.sqrt(fit.covariance[index, index]))
    df = _satterthwaite(fit, index)
    reach = float(-stdtrit(df, tail_of(level))) * error
    p, flags, warning = floored(float(2 * stdtr(df, -abs(value) / error)))
    convention = f"t with {df:.1f} degrees of freedom (Satterthwaite)"
    test = PValue(p, METHOD, convention, statistic=value / error, flags=flags, warning=warning)
    return Estimate(value, METHOD, Interval(value - reach, value + reach, level, METHOD)), test, df


def _satterthwaite(fit: _Fit, index: int) -> float:
    """2 V^2 / Var(V) for the variance V of one coefficient, from the curvature of the restricted likelihood.

    On the scales log variance and inverse hyperbolic tangent of the autocorrelation, where neither has an edge.
    """
    centre = np.array([np.log(fit.variance), np.arctanh(fit.phi)])
    steps = 1e-3 * np.eye(2)

    def likelihood(at: Floats) -> float:
        return _restricted(float(np.tanh(at[1])), float(at[0]), fit.y, fit.x)

    def log_v(at: Floats) -> float:
        return float(at[0] + np.log(_whitened_fit(float(np.tanh(at[1])), fit.y, fit.x)[1][index, index]))

    def curvature(a: Floats, b: Floats) -> float:
        corners = [likelihood(centre + s * a + t * b) * s * t for s in (-1, 1) for t in (-1, 1)]
        return sum(corners) / 4e-6

    hessian = np.array([[curvature(a, b) for b in steps] for a in steps])
    slope = np.array([(log_v(centre + h) - log_v(centre - h)) / 2e-3 for h in steps])
    spread = float(slope @ np.linalg.solve(-hessian, slope))
    # Never more than the plain count; at an edge of the autocorrelation the curvature tells nothing.
    most = float(fit.y.size - fit.x.shape[1])
    return float(np.clip(2 / spread, 1.0, most)) if spread > 0 else 1.0
