"""Since when has a rate been another one, how often did it change, and how sure is either?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from seriatim.methods.kernels.counts import as_whole_numbers, require, tail_of
from seriatim.methods.kernels.segmentations import segmentations
from seriatim.methods.values import NotEstimable

Floats = NDArray[np.float64]

Evidence = Callable[[Floats], Floats]

METHOD = "exact Bayesian change points"
MOST_BLOCKS = 3_000
"""The evidence of every segment is held at once: three thousand blocks take 70 MB."""


@dataclass(frozen=True, eq=False)
class ChangePoints:
    """Posterior over the number of changes and over their places.

    `number[k]` is the chance of k changes; `place[t - 1]` that a change lies between block t and block t + 1, whatever
    their number; `single[t - 1]` the same if there is exactly one. `single_set` holds the blocks t of the smallest set
    with `level` of the chance of a single change, `bayes_factor` its evidence against no change.
    """

    number: Floats
    place: Floats
    single: Floats
    single_set: tuple[int, ...]
    bayes_factor: float
    level: float
    prior: str
    method: str = METHOD


def bayesian_change_points(counts: ArrayLike, most: int = 3, level: float = 0.95) -> ChangePoints | NotEstimable:
    """Find changes in the shares of categories over consecutive blocks.

    `counts` holds (blocks, categories): events and non-events, or grades. Within a segment the shares are one draw from
    the Jeffreys prior, Dirichlet(1/2, ...), which for two categories is Beta(1/2, 1/2). Numbers from 0 to `most` are
    equally likely beforehand, and places equally likely given the number.
    A change point is no evidence that what was changed on that date caused it. ValueError on impossible counts.
    Sources: barry_hartigan_1992, fearnhead_2006.

    Events and non-events in six blocks of ten patients:

    >>> blocks = [[6, 4], [5, 5], [6, 4], [1, 9], [0, 10], [1, 9]]
    >>> found = bayesian_change_points(blocks)
    >>> int(found.number.argmax()), int(found.single.argmax()) + 1, found.single_set
    (1, 3, (3,))
    """
    table = as_whole_numbers(counts)
    require(table.ndim == 2 and table.shape[1] >= 2, "counts must be blocks by at least two categories", table.shape)
    sums = np.pad(np.cumsum(table, axis=0), ((1, 0), (0, 0)))
    half = 0.5 * table.shape[1]

    def evidence(inside: Floats) -> Floats:
        shares = (gammaln(inside + 0.5) - gammaln(0.5)).sum(axis=-1)
        return np.asarray(shares + gammaln(half) - gammaln(half + inside.sum(axis=-1)))

    return _found(sums, evidence, most, level, "Dirichlet(1/2) in each segment")


def bayesian_rate_changes(
    events: ArrayLike, exposure: ArrayLike, most: int = 3, level: float = 0.95
) -> ChangePoints | NotEstimable:
    """Find changes in a rate of counts per exposure (doses, patient-days) over consecutive blocks.

    Within a segment the counts are Poisson with one rate from Gamma(1/2), scaled so that its mean is the overall rate.
    Otherwise as `bayesian_change_points`. Counts that vary more than Poisson ones give too many changes.

    >>> found = bayesian_rate_changes([12, 9, 11, 2, 3, 1], [100] * 6)
    >>> int(found.number.argmax()), int(found.single.argmax()) + 1
    (1, 3)
    """
    had, seen = as_whole_numbers(events), np.asarray(exposure, dtype=np.float64)
    require(had.ndim == 1 and had.shape == seen.shape, "events and exposure must be lists of one length", seen.shape)
    require(bool(np.all(np.isfinite(seen) & (seen > 0))), "exposures are positive", exposure)
    if had.sum() == 0:
        return NotEstimable("there are no events")
    sums = np.pad(np.cumsum(np.column_stack([had, seen]), axis=0), ((1, 0), (0, 0)))
    rate = 0.5 * seen.sum() / had.sum()

    def evidence(inside: Floats) -> Floats:
        count, time = inside[..., 0], inside[..., 1]
        shape = count + 0.5
        return np.asarray(gammaln(shape) - gammaln(0.5) + 0.5 * np.log(rate) - shape * np.log(rate + time))

    return _found(sums, evidence, most, level, "Gamma(1/2) with the overall rate as its mean in each segment")


def _found(sums: Floats, evidence: Evidence, most: int, level: float, prior: str) -> ChangePoints | NotEstimable:
    require(most >= 1, "at least one change must be possible", most)
    tail_of(level)
    n = len(sums) - 1
    if n <= most:
        return NotEstimable(f"{n} blocks cannot hold {most} changes")
    if n > MOST_BLOCKS:
        return NotEstimable(f"{n} blocks are too many to weigh every segment; take longer blocks")
    # Below the diagonal differences would be negative; what stands there is never read.
    segment = evidence(np.maximum(sums[None, 1:] - sums[:-1, None], 0.0))
    summed = segmentations(segment, most)
    weight = np.exp(summed.log_evidence - summed.log_evidence.max())
    number = weight / weight.sum()
    single = summed.place[0]
    return ChangePoints(
        number,
        number[1:] @ summed.place,
        single,
        _smallest_set(single, level),
        float(np.exp(summed.log_evidence[1] - summed.log_evidence[0])),
        level,
        prior,
    )


def _smallest_set(single: Floats, level: float) -> tuple[int, ...]:
    order = np.argsort(-single, kind="stable")
    needed = int(np.searchsorted(np.cumsum(single[order]), level - 1e-12)) + 1
    return tuple(sorted(int(place) + 1 for place in order[:needed]))
