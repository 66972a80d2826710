"""How likely is a set of two-by-two tables at the worst pair of risks, when only the group sizes are fixed?

The engine of unconditional exact tests: the set is what a test calls extreme, and the common risk is not known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlog1py, xlogy

Floats = NDArray[np.float64]

LARGEST = 1_000_000
"""Every table that could have come out is looked at: a million take about a second."""


def worst_chance(region: NDArray[np.bool_], difference: float = 0.0) -> float:
    """Return the largest probability of a region over all pairs of risks that differ by `difference`, last minus first.

    `region` says of each table whether it belongs: row x, column y is x events in the first group and y in the last.

    One patient a group, and the region "only the last had the event": at a common risk p that is p (1 - p).

    >>> round(worst_chance(np.array([[False, True], [False, False]])), 9)
    0.25
    """
    # On the angular scale all risks are blurred alike, by about half of 1/sqrt(n): twenty points a blur miss no peak.
    coarse = _angles(region, per_blur=20)
    heights = _chance(region, difference, coarse)
    step, best, highest = coarse[1], coarse[_peaks(heights)], float(heights.max())
    for _ in range(4):
        around = best[:, None] + np.linspace(-step, step, 17)
        heights = _chance(region, difference, around.ravel()).reshape(around.shape)
        best, step = around[np.arange(len(best)), heights.argmax(axis=1)], step / 8
        highest = max(highest, float(heights.max()))
    return highest


def rough_worst_chance(region: NDArray[np.bool_], difference: float = 0.0) -> float:
    """Return `worst_chance` within 2 % from below, several times faster, for scans.

    >>> round(rough_worst_chance(np.array([[False, True], [False, False]])), 3)
    0.25
    """
    return float(_chance(region, difference, _angles(region, per_blur=5)).max())


def _angles(region: NDArray[np.bool_], per_blur: int) -> Floats:
    return np.linspace(0, np.pi / 2, int(2.5 * per_blur * (1 + 0.6 * np.sqrt(sum(region.shape)))))


def _chance(region: NDArray[np.bool_], difference: float, angle: Floats) -> Floats:
    lowest, highest = max(0.0, -difference), min(1.0, 1.0 - difference)
    risk_1 = lowest + (highest - lowest) * np.sin(angle) ** 2
    risk_2 = np.clip(risk_1 + difference, 0.0, 1.0)
    first, last = _binomial(region.shape[0] - 1, risk_1), _binomial(region.shape[1] - 1, risk_2)
    return np.asarray(((first @ region.astype(float)) * last).sum(axis=1))


def _peaks(heights: Floats) -> NDArray[np.int64]:
    """Return where the five highest local maxima lie."""
    padded = np.pad(heights, 1, constant_values=-1.0)
    is_peak = (heights >= padded[:-2]) & (heights >= padded[2:])
    places = np.flatnonzero(is_peak)
    return places[np.argsort(-heights[places], kind="stable")[:5]]


def _binomial(n: int, risk: Floats) -> Floats:
    x = np.arange(n + 1.0)
    combinations = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return np.asarray(np.exp(combinations + xlogy(x, risk[:, None]) + xlog1py(n - x, -risk[:, None])))
