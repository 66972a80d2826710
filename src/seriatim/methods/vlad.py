"""How many events more or fewer than predicted have there been so far, and is the run more than chance?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seriatim.methods.kernels.cases import as_cases, as_mix
from seriatim.methods.kernels.counts import require
from seriatim.methods.kernels.cusum_path import Path, cusum_path
from seriatim.methods.kernels.run_length import on_a_lattice, run_length
from seriatim.methods.values import Estimate

Floats = NDArray[np.float64]

METHOD = "CUSUM of observed minus expected, Markov chain with paired rounding"
SCALING = 600


@dataclass(frozen=True, eq=False)
class Display:
    """Expected minus observed so far (rising is better), and the charts that say when a run is more than chance."""

    vlad: Floats
    worse: Path
    better: Path


def vlad(
    outcomes: ArrayLike, risks: ArrayLike, allowance: float = 0.0, limit: float | None = None, *, resets: bool = True
) -> Display:
    """Return the variable life-adjusted display with the CUSUM of observed minus expected that gives it signals.

    The display itself has no limits, since its variance grows without end. `worse` adds observed - expected -
    `allowance`, never below 0; `better` the reverse. ValueError on impossible outcomes or risks.
    Source: lovegrove_1997.

    Four patients, two of low risk who had the event:

    >>> vlad([0, 1, 1, 0], [0.05, 0.10, 0.05, 0.30]).vlad.round(2).tolist()
    [0.05, -0.85, -1.8, -1.5]
    """
    had, risk = as_cases(outcomes, risks)
    require(allowance >= 0, "an allowance is 0 or more", allowance)
    worse = cusum_path(had - risk - allowance, limit, resets)
    better = cusum_path(risk - had - allowance, limit, resets)
    return Display(np.asarray(np.cumsum(risk - had)), worse, better)


def average_run_length(
    risks: ArrayLike,
    shares: ArrayLike,
    limit: float,
    allowance: float = 0.0,
    true_odds_ratio: float = 1.0,
    scaling: int = SCALING,
) -> Estimate:
    """Return how many cases pass on average until the chart `worse` signals, at a multiple of the predicted odds.

    >>> length = average_run_length([0.05, 0.20], [0.7, 0.3], limit=3, allowance=0.05)
    >>> delay = average_run_length([0.05, 0.20], [0.7, 0.3], limit=3, allowance=0.05, true_odds_ratio=2)
    >>> round(length.value), round(delay.value)
    (449, 66)
    """
    risk, share = as_mix(risks, shares)
    require(limit > 0 and allowance >= 0, "a limit is positive and an allowance 0 or more", (limit, allowance))
    require(true_odds_ratio > 0, "an odds ratio is positive", true_odds_ratio)
    happens = true_odds_ratio * risk / (1 + risk * (true_odds_ratio - 1))
    steps = np.concatenate([1 - risk, -risk]) - allowance
    whole, chances = on_a_lattice(steps, np.concatenate([share * happens, share * (1 - happens)]), scaling)
    return Estimate(run_length(whole, chances, int(np.ceil(limit * scaling - 1e-9))), METHOD)
