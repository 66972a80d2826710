"""How many times the first group's risk is the last group's?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from seriatim.methods.kernels.bracketed_root import bracketed_root
from seriatim.methods.kernels.counts import as_counts, require, tail_of
from seriatim.methods.kernels.restricted_rates import ratio_variance
from seriatim.methods.values import Estimate, Interval, NotEstimable

Floats = NDArray[np.float64]
Variance = Literal["Miettinen-Nurminen", "Koopman"]
VARIANCES: tuple[Variance, ...] = ("Miettinen-Nurminen", "Koopman")

# Log ratios: exp(60) is 1e26, beyond the limit of any ratio of counts that a float holds exactly.
_FURTHEST = 60.0


def risk_ratio(
    events_1: int, n_1: int, events_2: int, n_2: int, level: float = 0.95, *, variance: Variance = "Miettinen-Nurminen"
) -> Estimate | NotEstimable:
    """Return the ratio of risks, last over first, with its score interval.

    "Miettinen-Nurminen" multiplies the variance by N/(N-1) and so agrees with the score test of the difference;
    "Koopman" does not. With no event in one group the ratio is 0 or infinite and the interval keeps its finite
    side. ValueError where the counts are impossible. Sources: miettinen_nurminen_1985, koopman_1984.

    Ischaemia in 5 of the first 155 patients and none of the last 155:

    >>> ratio = risk_ratio(5, 155, 0, 155)
    >>> ratio.value, ratio.interval.lower, round(ratio.interval.upper, 3)
    (0.0, 0.0, 0.76)
    """
    as_counts([events_1, events_2], [n_1, n_2])
    require(variance in VARIANCES, f"the variance of a score ratio is one of {VARIANCES}", variance)
    z = float(ndtri(1 - tail_of(level)))
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    if events_1 == events_2 == 0:
        return NotEstimable("no patient had the event")
    score = _Score(events_1, n_1, events_2, n_2, variance)
    value = np.inf if events_1 == 0 else events_2 * n_1 / (events_1 * n_2)
    lower = 0.0 if events_2 == 0 else _crossing(lambda u: score.at(u) + z, -_FURTHEST, _log(value))
    upper = np.inf if events_1 == 0 else _crossing(lambda u: score.at(u) - z, _log(value), _FURTHEST)
    method = f"{variance} score"
    return Estimate(value, method, Interval(lower, upper, level, method))


@dataclass(frozen=True, slots=True)
class _Score:
    events_1: int
    n_1: int
    events_2: int
    n_2: int
    variance: Variance

    def at(self, log_ratio: Floats) -> Floats:
        """Return the standardised distance of a log ratio above the observed one."""
        table = (self.events_1, self.n_1, self.events_2, self.n_2)
        events_1, n_1, events_2, n_2 = (np.full(log_ratio.shape, float(count)) for count in table)
        ratio, size = np.exp(log_ratio), self.n_1 + self.n_2
        inflation = size / (size - 1) if self.variance == "Miettinen-Nurminen" else 1.0
        error = np.sqrt(ratio_variance(events_1, n_1, events_2, n_2, ratio) * inflation)
        distance = ratio * (self.events_1 / self.n_1) - self.events_2 / self.n_2
        # Where all patients had the event both are 0 at a ratio of 1, and the score is 0.
        return np.asarray(distance / np.maximum(error, 1e-300))


def _log(value: float) -> float:
    # The estimate bounds the search; where it is 0 or infinite the edge of all ratios does.
    return float(np.clip(np.log(value), -_FURTHEST, _FURTHEST)) if value > 0 else -_FURTHEST


def _crossing(function: Callable[[Floats], Floats], low: float, high: float) -> float:
    return float(np.exp(bracketed_root(function, np.full(1, low), np.full(1, high), precision=1e-14)[0]))
