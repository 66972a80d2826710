"""Has the risk of an event risen to a stated one, for patients who are all alike?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from seriatim.methods.kernels.cases import as_cases
from seriatim.methods.kernels.counts import require
from seriatim.methods.kernels.cusum_path import Path, cusum_path
from seriatim.methods.kernels.run_length import lowest_threshold, run_length
from seriatim.methods.values import Estimate

METHOD = "Bernoulli CUSUM with whole steps, exact run length"


def bernoulli_cusum(
    outcomes: ArrayLike, up: int, down: int = 1, threshold: int | None = None, *, resets: bool = True
) -> Path:
    """Chart consecutive cases: `up` for an event, `down` off without one, never below 0; a signal at `threshold`.

    For a rise from p0 to p1 the steps stand nearly as log(p1 / p0) to log((1 - p0) / (1 - p1)); `steps_for` finds them.
    ValueError on impossible outcomes. Source: reynolds_stoumbos_1999.

    >>> bernoulli_cusum([0, 1, 0, 1], up=3, threshold=5).signals
    (4,)
    """
    had, _ = as_cases(outcomes, 0.5)
    require(up > 0 and down > 0, "both steps are whole numbers above 0", (up, down))
    return cusum_path(np.where(had == 1, float(up), -float(down)), threshold, resets)


def steps_for(acceptable: float, unacceptable: float) -> tuple[int, int]:
    """Return the whole steps (up, 1) nearest to the likelihood ratio of an unacceptable against an acceptable risk.

    Rounding the steps only moves the alternative a little; run lengths stay exact.

    >>> steps_for(0.05, 0.10)
    (13, 1)
    """
    require(0 < acceptable < unacceptable < 1, "risks rise between 0 and 1", (acceptable, unacceptable))
    up = np.log(unacceptable / acceptable)
    down = np.log((1 - acceptable) / (1 - unacceptable))
    return max(1, round(float(up / down))), 1


def average_run_length(risk: float, threshold: int, up: int, down: int = 1) -> Estimate:
    """Return how many cases pass on average until a signal, exactly.

    Events in 5 % of patients, then in 10 %:

    >>> [round(average_run_length(risk, threshold=40, up=13).value) for risk in (0.05, 0.10)]
    [433, 71]
    """
    require(0 < risk < 1, "a risk lies between 0 and 1", risk)
    require(threshold > 0 and up > 0 and down > 0, "threshold and steps are whole numbers above 0", (threshold, up))
    return Estimate(run_length(np.array([up, -down]), np.array([risk, 1 - risk]), threshold), METHOD)


def threshold_for(risk: float, wanted: float, up: int, down: int = 1) -> Estimate:
    """Return the lowest threshold whose average run to a false alarm is at least `wanted` cases.

    >>> threshold_for(0.05, wanted=500, up=13).value
    43.0
    """
    require(wanted > 1, "a run length is more than one case", wanted)
    threshold = lowest_threshold(lambda height: average_run_length(risk, height, up, down).value, wanted)
    return Estimate(float(threshold), METHOD)
