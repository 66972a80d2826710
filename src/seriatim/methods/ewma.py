"""Has the recent run of outcomes moved away from what was predicted, old cases counting less and less?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seriatim.methods.kernels.cases import as_cases
from seriatim.methods.kernels.counts import require
from seriatim.methods.values import Estimate, Interval

Floats = NDArray[np.float64]

METHOD = "EWMA of observed minus expected, limits by simulation"
_CELLS = 2**21


@dataclass(frozen=True, eq=False)
class Average:
    """The weighted mean of observed - predicted after each case, its standard deviation in control, and their ratio."""

    values: Floats
    deviation: Floats
    z: Floats
    signals: tuple[int, ...]


def ewma(outcomes: ArrayLike, risks: ArrayLike, smoothing: float = 0.05, limit: float | None = None) -> Average:
    """Average observed - predicted with weight `smoothing` on the newest case and the rest on what was before.

    Above 0 there are more events than predicted. The deviation is exact for these risks, so early cases are not judged
    by the limits of late ones. Signals: cases at which |z| reaches `limit`. ValueError on impossible outcomes or
    risks. Source: roberts_1959.

    Four patients, two of low risk who had the event:

    >>> ewma([0, 1, 1, 0], [0.05, 0.10, 0.05, 0.30], smoothing=0.2).values.round(3).tolist()
    [-0.01, 0.172, 0.328, 0.202]
    """
    had, risk = as_cases(outcomes, risks)
    require(0 < smoothing <= 1, "smoothing lies above 0 and at most at 1", smoothing)
    values = _smoothed(had - risk, smoothing)
    deviation = _deviation(risk, smoothing)
    z = values / deviation
    signals = () if limit is None else tuple((np.flatnonzero(np.abs(z) >= limit) + 1).tolist())
    return Average(values, deviation, z, signals)


def limit_for(
    risks: ArrayLike,
    generator: np.random.Generator,
    smoothing: float = 0.05,
    false_alarm: float = 0.05,
    draws: int = 9_999,
) -> Estimate:
    """Return the limit of |z| that a series of these risks passes anywhere with chance `false_alarm`, by simulation.

    The interval is that of the quantile over the simulated series. Source: roberts_1959.

    >>> limit = limit_for([0.1] * 100, np.random.default_rng(1), draws=999)
    >>> 3.5 < limit.value < 4.1
    True
    """
    _, risk = as_cases(np.zeros(np.size(risks)), risks)
    require(0 < smoothing <= 1, "smoothing lies above 0 and at most at 1", smoothing)
    require(0 < false_alarm < 1 and draws >= 1, "a false alarm lies between 0 and 1, draws are at least 1", draws)
    deviation, largest, some = _deviation(risk, smoothing), [], max(1, _CELLS // risk.size)
    for start in range(0, draws, some):
        had = generator.random((risk.size, min(some, draws - start))) < risk[:, None]
        largest.append(np.abs(_smoothed(had - risk[:, None], smoothing) / deviation[:, None]).max(axis=0))
    ordered = np.sort(np.concatenate(largest))
    place = (1 - false_alarm) * draws
    spread = 1.96 * np.sqrt(draws * false_alarm * (1 - false_alarm))
    low, middle, high = (
        ordered[int(np.clip(np.ceil(p), 1, draws)) - 1] for p in (place - spread, place, place + spread)
    )
    interval = Interval(float(low), float(high), 0.95, f"order statistics of {draws} simulated series")
    return Estimate(float(middle), METHOD, interval, flags=("simulated",))


def _smoothed(excess: Floats, smoothing: float) -> Floats:
    """The recursion z = s x + (1 - s) z from 0, along the first axis."""
    values, height = np.empty(excess.shape), np.zeros(excess.shape[1:])
    for index, step in enumerate(excess):
        height = smoothing * step + (1 - smoothing) * height
        values[index] = height
    return values


def _deviation(risk: Floats, smoothing: float) -> Floats:
    variance, height = np.empty(risk.shape), 0.0
    for index, one in enumerate((risk * (1 - risk)).tolist()):
        height = smoothing**2 * one + (1 - smoothing) ** 2 * height
        variance[index] = height
    return np.asarray(np.sqrt(variance))
