"""Has a rate of counts per period (a month, a hundred doses) risen?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import pdtr

from seriatim.methods.kernels.counts import as_whole_numbers, require
from seriatim.methods.kernels.cusum_path import Path, cusum_path
from seriatim.methods.kernels.run_length import lowest_threshold, run_length
from seriatim.methods.values import Estimate

METHOD = "Poisson CUSUM with whole steps, exact run length"


def poisson_cusum(
    counts: ArrayLike, allowance: int, threshold: int | None = None, scale: int = 1, *, resets: bool = True
) -> Path:
    """Chart counts per period: `scale` times the count less `allowance`, never below 0; a signal above `threshold`.

    The scale makes an allowance of 1.5 events a whole number (3 at scale 2). The signal is strictly above, as in R's
    spc: with "at or above" the run length of the reference chart would be 274 and not 408. Source: lucas_1985.

    >>> poisson_cusum([1, 0, 4, 5], allowance=3, threshold=10, scale=2).signals
    (4,)
    """
    seen = as_whole_numbers(counts)
    require(scale > 0 and allowance > 0, "scale and allowance are whole numbers above 0", (scale, allowance))
    # Whole steps: strictly above the threshold is at or above the next whole number.
    return cusum_path(scale * seen - allowance, None if threshold is None else threshold + 1, resets)


def average_run_length(mean: float, allowance: int, threshold: int, scale: int = 1) -> Estimate:
    """Return how many periods pass on average until a signal, exactly.

    One event a period, then two; an allowance of 1.5 and a threshold of 5, at scale 2:

    >>> [round(average_run_length(mean, 3, 10, scale=2).value, 1) for mean in (1, 2)]
    [408.0, 10.4]
    """
    require(mean > 0, "a mean is positive", mean)
    require(scale > 0 and allowance > 0 and threshold > 0, "scale, allowance and threshold are whole numbers above 0",
            (scale, allowance, threshold))  # fmt: skip
    # Any count that carries the chart from 0 past its threshold signals from everywhere: one step stands for them all.
    signals = (threshold + allowance) // scale + 1
    counts = np.arange(signals + 1)
    chances = np.diff(pdtr(counts[:-1], mean), prepend=0.0)
    chances = np.append(chances, 1 - chances.sum())
    steps = np.append(scale * counts[:-1] - allowance, threshold + 1)
    return Estimate(run_length(steps, chances, threshold + 1), METHOD)


def threshold_for(mean: float, wanted: float, allowance: int, scale: int = 1) -> Estimate:
    """Return the lowest threshold whose average run to a false alarm is at least `wanted` periods.

    >>> threshold_for(1, wanted=500, allowance=3, scale=2).value
    11.0
    """
    require(wanted > 1, "a run length is more than one period", wanted)
    threshold = lowest_threshold(lambda height: average_run_length(mean, allowance, height, scale).value, wanted)
    return Estimate(float(threshold), METHOD)
