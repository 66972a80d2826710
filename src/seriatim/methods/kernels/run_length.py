"""How many cases does a chart run on average until it signals, if each moves it by one of a few steps?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_banded

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LONGEST = 1e10
"""Beyond so many cases a run length has fewer than six digits, and no series runs that long."""


def run_length(steps: Integers, chances: Floats, threshold: int) -> float:
    """Return the average run length of max(0, S + step) from S = 0 until S reaches `threshold`, exactly.

    The states below the threshold form a Markov chain; the equations of its expected times are solved. Infinite where
    no step leads up, or where the run is longer than `LONGEST`. Source: brook_evans_1972.

    A step up with chance 1/2, else down, and a signal at 1: two cases on average.

    >>> run_length(np.array([1, -1]), np.array([0.5, 0.5]), threshold=1)
    2.0
    """
    if not np.any((steps > 0) & (chances > 0)):
        return float("inf")
    states = np.arange(threshold)
    after = np.maximum(states[:, None] + steps, 0)
    stays = after < threshold
    before = np.broadcast_to(states[:, None], after.shape)[stays]
    weight = np.broadcast_to(chances, after.shape)[stays]
    down, up = min(int(-steps.min(initial=0)), threshold - 1), min(int(steps.max()), threshold - 1)
    # Row by row the moves lie in a band as wide as the steps, so that thousands of states are solved in a moment.
    band = np.zeros((up + down + 1, threshold))
    np.subtract.at(band, (up + before - after[stays], after[stays]), weight)
    band[up] += 1
    length = float(solve_banded((down, up), band, np.ones(threshold))[0])
    # The equations lose digits as the run grows: at 1e16 nothing is left, and the solution may be negative.
    return length if 0 < length < LONGEST else float("inf")


def on_a_lattice(steps: Floats, chances: Floats, scaling: int) -> tuple[Integers, Floats]:
    """Round real steps to whole ones, each to both neighbours with chances that keep its mean.

    Rounding to the nearest moves the drift of the chart and its run length by a tenth. Source: knoth_2019.

    >>> whole, chance = on_a_lattice(np.array([0.25]), np.array([1.0]), scaling=1)
    >>> whole.tolist(), chance.tolist()
    ([0, 1], [0.75, 0.25])
    """
    low = np.floor(steps * scaling)
    part = steps * scaling - low
    both = np.concatenate([low, low + 1]).astype(np.int64)
    return both, np.concatenate([chances * (1 - part), chances * part])


def lowest_threshold(length_at: Callable[[int], float], wanted: float) -> int:
    """Find the smallest whole threshold whose average run length is at least the one wanted.

    >>> lowest_threshold(lambda threshold: 10.0 * threshold, wanted=35)
    4
    """
    high = 1
    while length_at(high) < wanted:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if length_at(middle) >= wanted else (middle, high)
    return high
