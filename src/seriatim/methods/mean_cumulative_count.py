"""How many events has a patient had on average by each time (or dose), when they can come again?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from seriatim.methods.kernels.counts import as_whole_numbers, require, tail_of
from seriatim.methods.values import NotEstimable

Floats = NDArray[np.float64]

METHOD = "mean cumulative count, robust variance over patients, log interval"


@dataclass(frozen=True, eq=False)
class Mean:
    """The mean number of events by each time, with its standard error and pointwise interval, and who was at risk."""

    time: Floats
    mean: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    at_risk: NDArray[np.int64]
    level: float
    method: str = METHOD


def mean_cumulative_count(
    time: ArrayLike, events: ArrayLike, last: ArrayLike, patients: ArrayLike | None = None, level: float = 0.95
) -> Mean | NotEstimable:
    """Return the mean number of events per patient by each time, from a tally of patterns.

    A row is a pattern: its patients (1 each unless `patients` says how many) had so many `events` at each `time`, a
    column a time, and were followed up to `last`. The increments are events over those still followed; the variance
    counts patients and not events. After a death there are no events but the patient stays in the mean if `last` is the
    end of the study, which is what a mean over all patients needs. ValueError on impossible counts, or events after
    `last`. Source: lawless_nadeau_1995.

    Four patients, doses 1 to 3, one stopped after dose 2:

    >>> curve = mean_cumulative_count([1, 2, 3], [[1, 0, 1], [0, 0, 0], [1, 1, 0], [0, 1, 0]], last=[3, 3, 2, 3])
    >>> curve.mean.round(3).tolist(), curve.at_risk.tolist()
    ([0.5, 1.0, 1.333], [4, 4, 3])
    """
    when, had = np.asarray(time, dtype=np.float64), as_whole_numbers(events)
    until = np.asarray(last, dtype=np.float64)
    count = np.ones(until.shape) if patients is None else as_whole_numbers(patients)
    require(had.ndim == 2 and had.shape == (until.size, when.size), "events must be patterns by times", had.shape)
    require(count.shape == until.shape, "patients need one entry a pattern", count.shape)
    require(bool(np.all(np.diff(when) > 0)), "times must ascend, each once", time)
    followed = until[:, None] >= when[None, :]
    require(not np.any(had[~followed]), "no event can come after the last time followed", last)
    tail = tail_of(level)
    if count.sum() == 0:
        return NotEstimable("there are no patients")
    at_risk = count @ followed
    here = at_risk > 0
    rise = (count @ had)[here] / at_risk[here]
    mean = np.cumsum(rise)
    # How far each patient lies from the mean, added up over the times he was followed.
    residual = np.cumsum(np.where(followed[:, here], had[:, here] - rise, 0.0) / at_risk[here], axis=1)
    error = np.sqrt(count @ residual**2)
    reach = float(-ndtri(tail)) * error / np.where(mean > 0, mean, 1.0)
    lower, upper = mean * np.exp(-reach), mean * np.exp(reach)
    return Mean(when[here], mean, error, lower, upper, at_risk[here].astype(np.int64), level)
