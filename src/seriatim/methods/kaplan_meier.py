"""How many are still free of the event after so many days, if some were not followed to the end?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from seriatim.methods.kernels.counts import as_whole_numbers, require, tail_of
from seriatim.methods.values import Estimate, Interval, NotEstimable

Floats = NDArray[np.float64]

_METHOD = "Kaplan-Meier, log-log interval"
_HALF = 0.5 + 1e-12  # a product of fractions that is one half exactly must not miss it by a rounding error


@dataclass(frozen=True, eq=False)
class Survival:
    """The curve at the times of events: share still free of it, its pointwise interval, and how many were at risk."""

    time: Floats
    survival: Floats
    lower: Floats
    upper: Floats
    at_risk: NDArray[np.int64]
    level: float
    method: str = _METHOD


def kaplan_meier(
    time: ArrayLike, events: ArrayLike, censored: ArrayLike, level: float = 0.95
) -> Survival | NotEstimable:
    """Return the survival curve from counts of events and of censored patients at each time.

    `time` is ascending. Who is censored on a day was still at risk on it. The interval is Greenwood's variance on
    the scale log(-log S); a time at which nobody is left has the interval 0 to 1, for the formula gives none there.
    Sources: kaplan_meier_1958, kalbfleisch_prentice_1980.

    Five responses, three of them ended:

    >>> curve = kaplan_meier([100, 200, 300, 400], [1, 1, 1, 0], [0, 1, 0, 1])
    >>> curve.survival.round(2).tolist(), curve.at_risk.tolist()
    ([0.8, 0.6, 0.3], [5, 4, 2])
    """
    when = np.asarray(time, float)
    ended, lost = as_whole_numbers(events), as_whole_numbers(censored)
    require(when.shape == ended.shape == lost.shape, "time, events and censored must be of one length", when.shape)
    require(bool(np.all(np.diff(when) > 0)), "times must ascend, each once", time)
    if ended.sum() + lost.sum() == 0:
        return NotEstimable("there are no patients")
    at_risk = np.cumsum((ended + lost)[::-1])[::-1]
    here = ended > 0
    died, risk = ended[here], at_risk[here]
    survival: Floats = np.cumprod(1 - died / risk, dtype=np.float64)
    lower, upper = _log_log(survival, died, risk, level)
    return Survival(when[here], survival, lower, upper, risk.astype(np.int64), level)


def median(curve: Survival | NotEstimable) -> Estimate | NotEstimable:
    """Return the first time at which half or fewer are still free of the event, with Brookmeyer and Crowley's interval.

    The interval holds the times at which the pointwise interval of the curve holds one half; it has no upper end
    where the curve's upper limit stays above one half. Source: brookmeyer_crowley_1982.

    >>> half = median(kaplan_meier([100, 200, 300, 400], [1, 1, 1, 0], [0, 1, 0, 1]))
    >>> half.value, half.interval.lower, half.interval.upper
    (300.0, 100.0, inf)
    """
    if isinstance(curve, NotEstimable):
        return curve
    value = _first_at_half(curve.time, curve.survival)
    if np.isinf(value):
        return NotEstimable("more than half are still free of the event at the end of follow-up")
    interval = Interval(
        _first_at_half(curve.time, curve.lower), _first_at_half(curve.time, curve.upper), curve.level, curve.method
    )
    return Estimate(value, "median by Kaplan-Meier", interval)


def _log_log(survival: Floats, died: Floats, risk: Floats, level: float) -> tuple[Floats, Floats]:
    z = float(-ndtri(tail_of(level)))
    inside = (survival > 0) & (survival < 1)
    left = np.where(risk > died, risk - died, 1)
    greenwood = np.cumsum(died / (risk * left))
    share = np.where(inside, survival, 0.5)
    log_share = np.log(share)
    width = z * np.sqrt(greenwood) / -log_share
    lower = np.where(inside, share ** np.exp(width), 0.0)
    upper = np.where(inside, share ** np.exp(-width), 1.0)
    return lower, upper


def _first_at_half(time: Floats, share: Floats) -> float:
    reached = np.flatnonzero(share <= _HALF)
    return float(time[reached[0]]) if len(reached) else float("inf")
