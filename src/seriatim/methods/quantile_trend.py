"""By how much does a quantile of a counted value (doses) change from group to group?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seriatim.methods.kernels.counts import as_whole_numbers, require, tail_of
from seriatim.methods.values import Estimate, Interval, NotEstimable

Floats = NDArray[np.float64]

METHOD = "quantile regression, vertex solution"
BOOTSTRAP = "percentile bootstrap of patients within groups"

LARGEST = 4_000_000
"""Lines through two cells times cells: above this the memory of one comparison passes 32 MB."""


@dataclass(frozen=True, slots=True)
class Line:
    """The quantile at score 0 and its change per unit of score."""

    intercept: float
    slope: Estimate


def quantile_trend(
    table: ArrayLike,
    scores: Sequence[float],
    values: Sequence[float],
    generator: np.random.Generator,
    q: float = 0.5,
    draws: int = 999,
    level: float = 0.95,
) -> Line | NotEstimable:
    """Fit a straight line to the q-quantile of `values` over scored groups, with a bootstrap interval of its slope.

    `table` holds counts, one row a group and one column a value. An optimal line always passes through two cells, so
    all such lines are compared and the least loss found exactly, also in each bootstrap sample. Whole doses tie
    heavily: where lines tie, the flattest is taken and flagged "not_unique". ValueError on impossible counts.
    Sources: koenker_bassett_1978, efron_tibshirani_1993.

    Doses in the first cycle (11, 12, 13 or 14) in three groups of ten patients:

    >>> doses = [[1, 2, 4, 3], [3, 4, 2, 1], [6, 3, 1, 0]]
    >>> line = quantile_trend(doses, [0, 1, 2], [11, 12, 13, 14], np.random.default_rng(1))
    >>> line.intercept, line.slope.value
    (13.0, -1.0)
    """
    counts = as_whole_numbers(table)
    x, y = np.asarray(scores, dtype=np.float64), np.asarray(values, dtype=np.float64)
    require(counts.ndim == 2 and counts.shape == (x.size, y.size), "the table must be groups by values", counts.shape)
    require(0 < q < 1, "a quantile lies between 0 and 1", q)
    require(draws >= 1, "at least one sample must be drawn", draws)
    tail = tail_of(level)
    group, column = np.nonzero(counts)
    if np.unique(x[group]).size < 2:
        return NotEstimable("a trend needs at least two scores of groups with someone in them")
    cells = _Cells(x[group], y[column])
    if group.size**3 / 2 > LARGEST:
        return NotEstimable("too many different values to compare every line; put them into broader groups")
    loss = cells.loss(q)
    best, is_unique = cells.flattest_best(loss @ counts[group, column][:, None])
    sampled = loss @ _resampled(counts, generator, draws)[group, column]
    slopes = cells.slope[cells.flattest_best(sampled)[0]]
    lower, upper = np.quantile(slopes, [tail, 1 - tail])
    flags = ("bootstrap",) if is_unique[0] else ("bootstrap", "not_unique")
    interval = Interval(float(lower), float(upper), level, f"{BOOTSTRAP}, {draws} samples")
    slope = Estimate(float(cells.slope[best[0]]), f"{METHOD}, q = {q:g}", interval, flags=flags)
    return Line(float(cells.intercept[best[0]]), slope)


class _Cells:
    """Cells with patients, and every line through two of them that stand at different scores."""

    def __init__(self, x: Floats, y: Floats) -> None:
        first, second = np.triu_indices(x.size, 1)
        apart = x[first] != x[second]
        first, second = first[apart], second[apart]
        self.x, self.y = x, y
        self.slope = (y[second] - y[first]) / (x[second] - x[first])
        self.intercept = y[first] - self.slope * x[first]

    def loss(self, q: float) -> Floats:
        """The loss of one patient in each cell (columns) under each line (rows)."""
        above = self.y - self.intercept[:, None] - self.slope[:, None] * self.x
        return np.asarray(np.where(above >= 0, q * above, (q - 1) * above))

    def flattest_best(self, totals: Floats) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Choose for each column the line of least loss, the flattest where several tie, and say whether none did."""
        tied = totals <= totals.min(axis=0) * (1 + 1e-9) + 1e-12
        steepness = np.where(tied, np.abs(self.slope)[:, None], np.inf)
        best = steepness.argmin(axis=0)
        same = np.isclose(self.slope[:, None], self.slope[best]) & np.isclose(
            self.intercept[:, None], self.intercept[best]
        )
        return best, ~np.any(tied & ~same, axis=0)


def _resampled(counts: Floats, generator: np.random.Generator, draws: int) -> Floats:
    """Draw as many patients again in each group, with replacement: (groups, values, draws)."""
    sizes = counts.sum(axis=1)
    shares = counts / np.maximum(sizes, 1)[:, None]
    drawn = [
        generator.multinomial(int(size), share, size=draws).T if size else np.zeros((counts.shape[1], draws))
        for size, share in zip(sizes, shares, strict=True)
    ]
    return np.asarray(drawn, dtype=np.float64)
