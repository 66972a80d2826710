"""How much time free of the event do patients have on average within a horizon, and how much more in the last group?"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from seriatim.methods.kernels.counts import require, tail_of
from seriatim.methods.kernels.follow_up import FollowUp, follow_up
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

Floats = NDArray[np.float64]

METHOD = "restricted mean by the area under Kaplan-Meier, Greenwood variance"


@dataclass(frozen=True, slots=True)
class Gain:
    """The difference of two restricted means, last minus first, with its test."""

    difference: Estimate
    p: PValue


def restricted_mean(
    time: ArrayLike, events: ArrayLike, censored: ArrayLike, horizon: float, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return the mean time free of the event up to `horizon`, from counts at each time.

    The variance is that of the estimate, not of the times (which lifelines returns under this name). NotEstimable
    where follow-up ends before the horizon. Lower bound at least 0, upper at most the horizon. ValueError on
    impossible counts. Source: royston_parmar_2013.

    Five responses followed for up to 400 days, three of them ended:

    >>> free = restricted_mean([100, 200, 300, 400], [1, 1, 1, 0], [0, 1, 0, 1], horizon=365)
    >>> round(free.value, 1), round(free.interval.lower), round(free.interval.upper)
    (259.5, 172, 347)
    """
    counts = follow_up(time, np.asarray(events, dtype=float)[None, None], np.asarray(censored, dtype=float)[None])
    z = _quantile(level)
    area = _area(counts, horizon)
    if isinstance(area, NotEstimable):
        return area
    value, error = area
    lower, upper = max(0.0, value - z * error), min(horizon, value + z * error)
    return Estimate(value, METHOD, Interval(lower, upper, level, METHOD))


def restricted_mean_gain(
    time: ArrayLike, events: ArrayLike, censored: ArrayLike, horizon: float, level: float = 0.95
) -> Gain | NotEstimable:
    """Return the difference of the restricted means of two groups, last minus first; counts have a row a group.

    The horizon is common and fixed before the data are seen. Source: royston_parmar_2013.

    >>> gain = restricted_mean_gain([100, 200, 300], [[2, 1, 0], [0, 1, 1]], [[0, 0, 1], [0, 0, 2]], horizon=300)
    >>> round(gain.difference.value, 1), round(gain.p.value, 3)
    (100.0, 0.033)
    """
    had, lost = np.asarray(events, dtype=float), np.asarray(censored, dtype=float)
    require(had.ndim == 2 and len(had) == 2, "two groups are compared", had.shape)
    first, last = (_area(follow_up(time, had[g][None, None], lost[g][None]), horizon) for g in range(2))
    z = _quantile(level)
    if isinstance(first, NotEstimable):
        return NotEstimable(f"first group: {first.reason}")
    if isinstance(last, NotEstimable):
        return NotEstimable(f"last group: {last.reason}")
    value, error = last[0] - first[0], sqrt(first[1] ** 2 + last[1] ** 2)
    if error == 0:
        return NotEstimable("no event before the horizon in either group")
    p, flags, warning = floored(float(2 * ndtr(-abs(value) / error)))
    test = PValue(p, METHOD, "two-sided normal", statistic=value / error, flags=flags, warning=warning)
    return Gain(Estimate(value, METHOD, Interval(value - z * error, value + z * error, level, METHOD)), test)


def _quantile(level: float) -> float:
    return float(ndtri(1 - tail_of(level)))


def _area(counts: FollowUp, horizon: float) -> tuple[float, float] | NotEstimable:
    """The area under the curve up to the horizon, and its standard error."""
    require(horizon > 0, "a horizon lies after the start", horizon)
    at_risk, ended = counts.at_risk[0], counts.any_cause[0]
    if at_risk.sum() == 0:
        return NotEstimable("there are no patients")
    _, free = counts.free_before_and_after()
    seen = at_risk > 0
    if counts.time[seen][-1] < horizon and free[0, seen][-1] > 1e-12:
        return NotEstimable(f"follow-up ends at {counts.time[seen][-1]:g}, before the horizon of {horizon:g}")
    within = seen & (counts.time <= horizon)
    widths = np.diff(np.concatenate([[0.0], counts.time[within], [horizon]]))
    pieces = widths * np.concatenate([[1.0], free[0, within]])
    left_after = pieces.sum() - np.cumsum(pieces[:-1])
    at_risk, ended = at_risk[within], ended[within]
    # Where all left at risk end together no area is left, and its term is 0.
    greenwood = ended / (at_risk * np.maximum(at_risk - ended, 1))
    return float(pieces.sum()), float(np.sqrt((left_after**2 * greenwood).sum()))
