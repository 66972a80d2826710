"""Who is at risk at each time, and how many events and lost patients fall on it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seriatim.methods.kernels.counts import as_whole_numbers, require

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FollowUp:
    """Counts of (groups, causes, times) with those at risk; who is lost on a day was still at risk on it."""

    time: Floats
    events: Floats
    censored: Floats
    at_risk: Floats

    @property
    def any_cause(self) -> Floats:
        return np.asarray(self.events.sum(axis=1))

    def free_before_and_after(self) -> tuple[Floats, Floats]:
        """Kaplan-Meier's share still free of every cause, just before and just after each time, group by group."""
        left = 1 - self.any_cause / np.maximum(self.at_risk, 1)
        after = np.asarray(np.cumprod(left, axis=1), dtype=np.float64)
        return np.hstack([np.ones((len(after), 1)), after[:, :-1]]), after


def follow_up(time: ArrayLike, events: ArrayLike, censored: ArrayLike) -> FollowUp:
    """Check counts of (groups, causes, times) and of lost patients (groups, times), and count those at risk.

    >>> follow_up([10, 20], [[[1, 1]]], [[0, 1]]).at_risk.tolist()
    [[3.0, 2.0]]
    """
    when, had, lost = np.asarray(time, dtype=np.float64), as_whole_numbers(events), as_whole_numbers(censored)
    require(had.ndim == 3 and had.shape[2] == when.size, "events must be groups by causes by times", had.shape)
    require(lost.shape == (had.shape[0], when.size), "censored must be groups by times", lost.shape)
    require(bool(np.all(np.diff(when) > 0)), "times must ascend, each once", time)
    leaving = had.sum(axis=1) + lost
    return FollowUp(when, had, lost, np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1])
