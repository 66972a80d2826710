"""How many have had each kind of event after so many days, when another kind can come first?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from seriatim.methods.kernels.counts import tail_of
from seriatim.methods.kernels.follow_up import FollowUp, follow_up
from seriatim.methods.values import NotEstimable

Floats = NDArray[np.float64]

METHOD = "Aalen-Johansen, Greenwood variance, log-log interval"


@dataclass(frozen=True, eq=False)
class Incidence:
    """Cumulative incidence of each cause, a row a cause and a column a time of any event, with pointwise intervals."""

    time: Floats
    incidence: Floats
    lower: Floats
    upper: Floats
    standard_error: Floats
    at_risk: NDArray[np.int64]
    level: float
    method: str = METHOD

    def at(self, time: float) -> tuple[Floats, Floats, Floats]:
        """Read incidence, lower and upper bound of every cause at a time (0 before the first event)."""
        place = int(np.searchsorted(self.time, time, side="right"))
        padded = (np.pad(curve, ((0, 0), (1, 0))) for curve in (self.incidence, self.lower, self.upper))
        incidence, lower, upper = (curve[:, place] for curve in padded)
        return incidence, lower, upper


def aalen_johansen(
    time: ArrayLike, events: ArrayLike, censored: ArrayLike, level: float = 0.95
) -> Incidence | NotEstimable:
    """Return the cumulative incidence of each cause from counts at each time.

    `events` has a row a cause and a column a time; `censored` counts those lost. All causes of one day happen together:
    ties need no order and none is invented. Who is lost on a day was still at risk on it. The variance is that of
    R's survfit; the interval is on the scale log(-log(1 - incidence)). With one cause it is 1 - Kaplan-Meier.
    ValueError on impossible counts. Source: aalen_johansen_1978.

    Responses of six patients: progression on days 100 and 200, one death without it on day 100, three ongoing:

    >>> curve = aalen_johansen([100, 200, 300], [[1, 1, 0], [1, 0, 0]], [0, 1, 2])
    >>> curve.time.tolist(), curve.incidence.round(3).tolist()
    ([100.0, 200.0], [[0.167, 0.333], [0.167, 0.167]])
    """
    counts = follow_up(time, np.asarray(events, dtype=float)[None], np.asarray(censored, dtype=float)[None])
    tail = tail_of(level)
    if counts.at_risk.sum() == 0:
        return NotEstimable("there are no patients")
    here = counts.any_cause[0] > 0
    incidence, error = _curves(counts)
    lower, upper = _log_log(incidence[:, here], error[:, here], tail)
    at_risk = counts.at_risk[0, here].astype(np.int64)
    return Incidence(counts.time[here], incidence[:, here], lower, upper, error[:, here], at_risk, level)


def _curves(counts: FollowUp) -> tuple[Floats, Floats]:
    at_risk = np.maximum(counts.at_risk[0], 1)
    before, _ = counts.free_before_and_after()
    share = counts.events[0] / at_risk
    incidence = np.cumsum(before[0] * share, axis=1)
    variance = np.array([_variance(curve, own, counts, before[0]) for curve, own in zip(incidence, share, strict=True)])
    return incidence, np.sqrt(np.maximum(variance, 0.0))


def _variance(curve: Floats, own: Floats, counts: FollowUp, before: Floats) -> Floats:
    """Sum over earlier times how each moves the curve's later height; running sums keep it linear in the times."""
    at_risk, ended = np.maximum(counts.at_risk[0], 1), counts.any_cause[0]
    # Where all left at risk end together no height is left to move, and the first term is 0 whatever its weight.
    greenwood = ended / (at_risk * np.maximum(at_risk - ended, 1))
    square = greenwood.cumsum() * curve**2 - 2 * curve * (greenwood * curve).cumsum() + (greenwood * curve**2).cumsum()
    jump = (before**2 * own * (1 - own) / at_risk).cumsum()
    cross = curve * (before * own / at_risk).cumsum() - (curve * before * own / at_risk).cumsum()
    return np.asarray(square + jump - 2 * cross)


def _log_log(incidence: Floats, error: Floats, tail: float) -> tuple[Floats, Floats]:
    # A sum of shares that is 1 exactly must not miss it by a rounding error.
    inside = (incidence > 0) & (incidence < 1 - 1e-12)
    free = np.where(inside, 1 - incidence, 0.5)
    reach = float(-ndtri(tail)) * error / (free * -np.log(free))
    lower = np.where(inside, 1 - free ** np.exp(-reach), 0.0)
    upper = np.where(inside, 1 - free ** np.exp(reach), 1.0)
    # Before its own first event a cause has no variance; the formula gives no interval there, nor where all had it.
    return lower, np.where(incidence == 0, 0.0, upper)
