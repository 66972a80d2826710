"""Which of many endpoints changed, once each is judged in the light of all?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri

from seriatim.methods.kernels.counts import as_counts, require, tail_of
from seriatim.methods.values import NotEstimable

Floats = NDArray[np.float64]

METHOD = "normal-normal empirical Bayes, REML spread, error of the mean included"
FEWEST = 5


@dataclass(frozen=True, eq=False)
class Shrunk:
    """Effects pulled towards their common mean, each with its interval and its chance to be below zero.

    `kept` is the share of each effect's own distance from the mean that is kept; `mean` and `spread` are those of the
    true effects over all.
    """

    effect: Floats
    lower: Floats
    upper: Floats
    chance_below_zero: Floats
    kept: Floats
    mean: float
    spread: float
    level: float
    method: str = METHOD


def empirical_bayes(effects: ArrayLike, errors: ArrayLike, level: float = 0.95) -> Shrunk | NotEstimable:
    """Shrink many effects (log odds ratios, say) with their standard errors towards their common mean.

    True effects are taken as normal about one mean, their spread estimated by restricted likelihood. An effect of a
    rare endpoint moves most. It stands beside a correction for multiple tests, not instead: endpoints of one patient
    are not independent. NotEstimable with fewer than five effects. ValueError where an error is not positive. Source:
    morris_1983.

    Six endpoints, the last of them rare and far out:

    >>> found = empirical_bayes([-0.9, -0.1, -1.6, -0.8, -1.3, 1.5], [0.2, 0.3, 0.25, 0.2, 0.3, 1.4])
    >>> found.effect.round(1).tolist()
    [-0.9, -0.3, -1.5, -0.8, -1.2, -0.6]
    """
    y, error = np.asarray(effects, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    require(y.ndim == 1 and y.shape == error.shape, "effects and errors must be lists of one length", error.shape)
    require(bool(np.all(np.isfinite(y))), "effects must be finite", effects)
    require(bool(np.all(np.isfinite(error) & (error > 0))), "standard errors are positive", errors)
    z = float(ndtri(1 - tail_of(level)))
    if y.size < FEWEST:
        return NotEstimable(f"{y.size} effects; a common spread needs {FEWEST}")
    variance = error**2
    spread = _spread(y, variance)
    weight = 1 / (variance + spread)
    mean = float(weight @ y / weight.sum())
    kept = spread / (variance + spread)
    shrunk = mean + kept * (y - mean)
    # What is left of its own error, and the share of the uncertain mean that it takes over.
    deviation = np.sqrt(kept * variance + (1 - kept) ** 2 / weight.sum())
    below = ndtr(-shrunk / deviation)
    root = float(np.sqrt(spread))
    return Shrunk(shrunk, shrunk - z * deviation, shrunk + z * deviation, below, kept, mean, root, level)


def log_odds_ratios(events_1: ArrayLike, n_1: ArrayLike, events_2: ArrayLike, n_2: ArrayLike) -> tuple[Floats, Floats]:
    """Return log odds ratios, last over first, with standard errors, half an event added to every cell.

    Half is added everywhere and not only at zero cells, so that a zero is no special case.

    >>> effect, error = log_odds_ratios([28, 5], 155, [6, 0], 155)
    >>> effect.round(2).tolist(), error.round(2).tolist()
    ([-1.64, -2.43], [0.45, 1.48])
    """
    (a, size_1), (c, size_2) = as_counts(events_1, n_1), as_counts(events_2, n_2)
    b, d = size_1 - a + 0.5, size_2 - c + 0.5
    a, c = a + 0.5, c + 0.5
    return np.asarray(np.log(c * b / (a * d))), np.asarray(np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))


def _spread(y: Floats, variance: Floats) -> float:
    """The variance of the true effects by restricted likelihood; 0 where they scatter no more than their errors."""

    def cost(spread: float) -> float:
        weight = 1 / (variance + spread)
        mean = weight @ y / weight.sum()
        return float(weight @ (y - mean) ** 2 - np.log(weight).sum() + np.log(weight.sum()))

    most = float(np.var(y) * 4 + 1e-12)
    found = float(minimize_scalar(cost, bounds=(0, most), method="bounded", options={"xatol": 1e-12 * most}).x)
    return found if cost(found) < cost(0.0) - 1e-9 else 0.0
