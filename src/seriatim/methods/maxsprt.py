"""Have there been more events than a known rate foretells, asked continuously and at one level over all?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import lambertw, pdtr

from seriatim.methods.kernels.counts import require
from seriatim.methods.values import Estimate, NotEstimable

Floats = NDArray[np.float64]

METHOD = "Poisson MaxSPRT, continuous, exact"


def log_likelihood_ratio(events: int, expected: float) -> float:
    """Return the maximised log likelihood ratio of a rate above the known one; 0 where events are not above expected.

    Source: kulldorff_2011.

    Eight events where three were expected:

    >>> round(log_likelihood_ratio(8, 3.0), 3)
    2.847
    """
    require(events >= 0 and expected > 0, "events are 0 or more, the expected number positive", (events, expected))
    return float(expected - events + events * np.log(events / expected)) if events > expected else 0.0


def critical_value(horizon: float, false_signal: float = 0.05, fewest: int = 1) -> Estimate | NotEstimable:
    """Return the log likelihood ratio at which to signal, so that the chance of any false signal is `false_signal`.

    `horizon` is the expected number of events at which surveillance ends, `fewest` the number of events before which
    there is no signal. Source: kulldorff_2011.

    >>> round(critical_value(10).value, 5)
    3.46795
    """
    require(horizon > 0, "a horizon is a positive number of expected events", horizon)
    require(0 < false_signal < 1, "a chance of a false signal lies between 0 and 1", false_signal)
    require(fewest >= 1, "a signal needs an event", fewest)
    low, high = 0.0, 1.0
    while _crossed(high, horizon, fewest) > false_signal:
        low, high = high, 2 * high
    if _crossed(1e-9, horizon, fewest) <= false_signal:
        return NotEstimable("so short a surveillance cannot signal that often")
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if _crossed(middle, horizon, fewest) <= false_signal else (middle, high)
    return Estimate(high, METHOD)


def chance_to_signal(cut: float, horizon: float, rate_ratio: float = 1.0, fewest: int = 1) -> Estimate:
    """Return the chance of a signal by the horizon when events come `rate_ratio` times as often as foretold, exactly.

    >>> [round(chance_to_signal(3.467952, 10, ratio).value, 3) for ratio in (1, 2)]
    [0.05, 0.685]
    """
    require(cut > 0 and horizon > 0 and rate_ratio > 0, "cut, horizon and ratio are positive", (cut, horizon))
    return Estimate(_crossed(cut, horizon, fewest, rate_ratio), METHOD)


@dataclass(frozen=True, eq=False)
class _Limits:
    """The expected numbers by which so many events must have come to be a signal."""

    expected: Floats
    events: NDArray[np.int64]


def _limits(cut: float, horizon: float, fewest: int) -> _Limits:
    events = np.arange(fewest, int(horizon + 10 * np.sqrt(horizon) + 50 + 4 * cut))
    # n log(n / u) + u - n = cut has the solution u = -n W(-exp(-1 - cut / n)) below n.
    expected = -events * lambertw(-np.exp(-1 - cut / events)).real
    # The first limit beyond the horizon counts at the horizon: so many events by then are a signal too.
    last = int(np.searchsorted(expected, horizon)) + 1
    return _Limits(np.minimum(expected[:last], horizon), events[:last])


def _crossed(cut: float, horizon: float, fewest: int, rate_ratio: float = 1.0) -> float:
    """Carry the law of the number of events from limit to limit, taking out what has come too early."""
    limits = _limits(cut, horizon, fewest)
    going, before = np.ones(1), 0.0
    for expected, events in zip(limits.expected.tolist(), limits.events.tolist(), strict=True):
        mean, before = rate_ratio * (expected - before), expected
        arrivals = np.diff(pdtr(np.arange(events), mean), prepend=0.0)
        going = np.convolve(going, arrivals)[:events]
    return float(1 - going.sum())
