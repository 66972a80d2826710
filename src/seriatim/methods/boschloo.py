"""Could a difference between two groups come about by chance, when only the sizes of the groups were fixed?"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlog1py, xlogy

from seriatim.methods.kernels.counts import as_counts, require
from seriatim.methods.kernels.hypergeometric import (
    LIKELIHOOD_SLACK,
    Reader,
    at_least,
    at_most,
    no_likelier,
    read_tables,
)
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue

Floats = NDArray[np.float64]
Convention = Literal["central", "minimum likelihood"]
CONVENTIONS: tuple[Convention, ...] = ("central", "minimum likelihood")

# Every table that could have come out is looked at: a million take about a second.
LARGEST = 1_000_000

_NAMES = {
    "central": "central: twice the smaller one-sided value",
    "minimum likelihood": "minimum likelihood: by the two-sided Fisher P",
}


def boschloo(
    events_1: int, n_1: int, events_2: int, n_2: int, convention: Convention = "central"
) -> PValue | NotEstimable:
    """Return Boschloo's unconditional exact P: how often Fisher's P comes out as small, at the worst common risk.

    "central" is twice the smaller one-sided value (scipy's two-sided one), "minimum likelihood" orders tables by
    the two-sided Fisher P (R's Exact); they agree for groups of one size. It is never above the Fisher P of its
    convention. NotEstimable above a million possible tables; ValueError where the counts are impossible.
    Source: lydersen_2009.

    Ischaemia in 5 of the first 155 patients and none of the last 155 (Fisher says 0.0605):

    >>> print(f"{boschloo(5, 155, 0, 155).value:.4f}")
    0.0471
    """
    require(convention in CONVENTIONS, f"a convention of Boschloo's test is one of {CONVENTIONS}", convention)
    as_counts([events_1, events_2], [n_1, n_2])
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    if (n_1 + 1) * (n_2 + 1) > LARGEST:
        return NotEstimable("the groups are too large to look at every table; the mid-P Fisher test comes close")
    if convention == "central":
        p = 2 * min(_supremum(events_1, n_1, events_2, n_2, order) for order in (at_most, at_least))
    else:
        p = _supremum(events_1, n_1, events_2, n_2, no_likelier)
    value, flags, warning = floored(p)
    return PValue(value, "Boschloo unconditional exact", _NAMES[convention], flags=flags, warning=warning)


def _supremum(events_1: int, n_1: int, events_2: int, n_2: int, order: Reader) -> float:
    first, last = np.arange(n_1 + 1.0)[:, None], np.arange(n_2 + 1.0)[None, :]
    fisher = read_tables(last, n_1, n_2, first + last, order)[0].reshape(n_1 + 1, n_2 + 1)
    region = (fisher <= fisher[events_1, events_2] * (1 + LIKELIHOOD_SLACK)).astype(float)

    def chance(angle: Floats) -> Floats:
        risk = np.sin(angle) ** 2
        return np.asarray(((_binomial(n_1, risk) @ region) * _binomial(n_2, risk)).sum(axis=1))

    # On the angular scale all risks are blurred alike, by about half of 1/sqrt(n): twenty points a blur miss no peak.
    coarse = np.linspace(0, np.pi / 2, 50 + int(30 * np.sqrt(n_1 + n_2)))
    step, best = coarse[1], coarse[_peaks(chance(coarse))]
    highest = 0.0
    for _ in range(4):
        around = best[:, None] + np.linspace(-step, step, 17)
        heights = chance(around.ravel()).reshape(around.shape)
        best, step = around[np.arange(len(best)), heights.argmax(axis=1)], step / 8
        highest = max(highest, float(heights.max()))
    return highest


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
