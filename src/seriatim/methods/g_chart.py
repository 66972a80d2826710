"""Are the runs of patients between two events longer or shorter than one rate would make them?"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, log1p

from numpy.typing import ArrayLike

from seriatim.methods.kernels.counts import as_whole_numbers, require
from seriatim.methods.values import NotEstimable

METHOD = "g-chart with geometric probability limits"


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers of event-free patients between events: below `lower` and above `upper` a run is out of control."""

    lower: int
    centre: int
    upper: int
    risk: float
    false_alarm: float
    method: str = METHOD


def g_chart(gaps: ArrayLike, false_alarm: float = 0.0027) -> Limits | NotEstimable:
    """Return the limits of the numbers of patients without the event between events, from in-control `gaps`.

    The limits are quantiles of the geometric law with half of `false_alarm` beyond each, the centre its median; three
    standard deviations would be far off for so skew a law. A long run tells of improvement. A lower limit of 0 cannot
    be passed: frequent events are seen by other charts. ValueError on impossible gaps. Source: benneyan_2001.

    >>> limits = g_chart([12, 35, 60, 8, 22, 90, 41, 15, 70, 33, 120, 55])
    >>> limits.lower, limits.centre, limits.upper
    (0, 32, 312)
    """
    runs = as_whole_numbers(gaps)
    require(runs.ndim == 1, "gaps must be a list, one a run between two events", runs.shape)
    if runs.size < 1 or runs.sum() == 0:
        return NotEstimable("no patient without the event between two events")
    return limits_for(1 / (float(runs.mean()) + 1), false_alarm)


def limits_for(risk: float, false_alarm: float = 0.0027) -> Limits:
    """Return the limits for a known risk.

    >>> limits_for(0.05).upper
    128
    """
    require(0 < risk < 1, "a risk lies between 0 and 1", risk)
    require(0 < false_alarm < 1, "a chance of a false alarm lies between 0 and 1", false_alarm)
    lower, centre, upper = (_quantile(risk, share) for share in (false_alarm / 2, 0.5, 1 - false_alarm / 2))
    return Limits(lower, centre, upper, risk, false_alarm)


def run_as_long(gap: int, risk: float) -> float:
    """Return the chance of a run of at least `gap` patients without the event.

    >>> round(run_as_long(120, 1 / 47.75), 4)
    0.0789
    """
    require(gap >= 0 and 0 < risk < 1, "a run is 0 or more patients, a risk between 0 and 1", (gap, risk))
    return float((1 - risk) ** gap)


def _quantile(risk: float, share: float) -> int:
    """The smallest gap with at least that share of the law up to it."""
    return max(0, ceil(log(1 - share) / log1p(-risk) - 1 - 1e-9))
