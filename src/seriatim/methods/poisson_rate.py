"""How often do first events come per unit of time (or per dose), and how did that change between two groups?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincinv, gammaincinv, ndtri

from seriatim.methods.kernels.counts import as_whole_numbers, require, tail_of
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

Floats = NDArray[np.float64]

EXACT = "exact Poisson (Garwood)"
CONDITIONAL = "conditional on the number of events, exact"
QUASI = "quasi-Poisson, error over patients"
FEWEST = 10


def poisson_rate(events: int, exposure: float, level: float = 0.95) -> Estimate | NotEstimable:
    """Return a rate with its exact interval, for events of which a patient can have only one.

    Repeated events of a patient are not independent: use `quasi_poisson_rate`. ValueError on impossible counts.
    Source: garwood_1936.

    First line infections in 6 patients over 1240 catheter-days, per thousand:

    >>> rate = poisson_rate(6, 1240)
    >>> [round(1000 * x, 1) for x in (rate.value, rate.interval.lower, rate.interval.upper)]
    [4.8, 1.8, 10.5]
    """
    _checked(events, exposure)
    tail = tail_of(level)
    if exposure == 0:
        return NotEstimable("there is no exposure")
    lower = float(gammaincinv(events, tail)) if events else 0.0
    upper = float(gammaincinv(events + 1, 1 - tail))
    return Estimate(events / exposure, EXACT, Interval(lower / exposure, upper / exposure, level, EXACT))


def rate_ratio(
    events_1: int, exposure_1: float, events_2: int, exposure_2: float, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return the ratio of two rates, last over first, with the exact interval that matches `rate_test`.

    Given all events, those of the last group are binomial. The interval keeps its finite side at a zero count.
    Source: przyborowski_wilenski_1940.

    >>> ratio = rate_ratio(14, 1000, 6, 1240)
    >>> [round(x, 2) for x in (ratio.value, ratio.interval.lower, ratio.interval.upper)]
    [0.35, 0.11, 0.96]
    """
    _checked(events_1, exposure_1)
    _checked(events_2, exposure_2)
    tail = tail_of(level)
    if 0 in (exposure_1, exposure_2):
        return NotEstimable("a group has no exposure")
    if events_1 + events_2 == 0:
        return NotEstimable("there are no events")
    scale = exposure_1 / exposure_2
    lower = _odds(float(betaincinv(events_2, events_1 + 1, tail))) * scale if events_2 else 0.0
    upper = _odds(float(betaincinv(events_2 + 1, events_1, 1 - tail))) * scale if events_1 else np.inf
    value = events_2 / events_1 * scale if events_1 else np.inf
    return Estimate(value, CONDITIONAL, Interval(lower, upper, level, CONDITIONAL))


def rate_test(events_1: int, exposure_1: float, events_2: int, exposure_2: float) -> PValue | NotEstimable:
    """Return the two-sided exact P of equal rates: twice the smaller binomial tail, at most 1.

    >>> round(rate_test(14, 1000, 6, 1240).value, 4)
    0.0396
    """
    _checked(events_1, exposure_1)
    _checked(events_2, exposure_2)
    if 0 in (exposure_1, exposure_2):
        return NotEstimable("a group has no exposure")
    if events_1 + events_2 == 0:
        return NotEstimable("there are no events")
    share = exposure_2 / (exposure_1 + exposure_2)
    above = float(betainc(events_2, events_1 + 1, share)) if events_2 else 1.0
    below = float(betainc(events_1, events_2 + 1, 1 - share)) if events_1 else 1.0
    value, flags, warning = floored(min(1.0, 2 * min(above, below)))
    return PValue(value, CONDITIONAL, "central: twice the smaller tail", flags=flags, warning=warning)


def quasi_poisson_rate(
    events: ArrayLike, exposure: ArrayLike, patients: ArrayLike, level: float = 0.95
) -> Estimate | NotEstimable:
    """Return a rate of repeated events with an interval over patients, from a tally of patterns.

    A row is a pattern: `patients` of them had so many `events` in so much `exposure` each. Events are counted as more
    or less variable than Poisson ones by Pearson's dispersion; the interval is Wald's on the log rate, wider by its
    root. NotEstimable without events or with fewer than ten patients. Source: mccullagh_nelder_1989.

    Doses with hypotension, of 30 patients given 10 doses each:

    >>> rate = quasi_poisson_rate([0, 1, 4], [10, 10, 10], [15, 10, 5])
    >>> [round(x, 3) for x in (rate.value, rate.interval.lower, rate.interval.upper)]
    [0.1, 0.06, 0.167]
    """
    had, count = as_whole_numbers(events), as_whole_numbers(patients)
    time = np.asarray(exposure, dtype=np.float64)
    require(had.ndim == 1 and had.shape == time.shape == count.shape, "one entry a pattern in every list", had.shape)
    require(bool(np.all(np.isfinite(time) & (time > 0))), "exposures are positive", exposure)
    tail = tail_of(level)
    total, n = float(had @ count), float(count.sum())
    if n < FEWEST:
        return NotEstimable(f"{n:.0f} patients; an interval over patients needs {FEWEST}")
    if total == 0:
        return NotEstimable("there are no events")
    rate = total / float(time @ count)
    expected = rate * time
    dispersion = float(count @ ((had - expected) ** 2 / expected)) / (n - 1)
    reach = float(-ndtri(tail)) * np.sqrt(dispersion / total)
    interval = Interval(float(rate * np.exp(-reach)), float(rate * np.exp(reach)), level, QUASI)
    return Estimate(rate, f"{QUASI}, dispersion {dispersion:.2f}", interval)


def _checked(events: int, exposure: float) -> None:
    as_whole_numbers(events)
    require(bool(np.isfinite(exposure)) and exposure >= 0, "an exposure is 0 or more", exposure)
    require(exposure > 0 or events == 0, "events need exposure", events)


def _odds(share: float) -> float:
    return share / (1 - share)
