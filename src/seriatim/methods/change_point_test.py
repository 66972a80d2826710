"""Is there any place in a series where a rate changed by more than chance would show, the place being sought for?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from seriatim.methods.kernels.counts import as_whole_numbers, require
from seriatim.methods.kernels.random_tables import CELLS, random_tables
from seriatim.methods.values import NotEstimable, PValue

Floats = NDArray[np.float64]

METHOD = "largest likelihood ratio over all places of one change"


@dataclass(frozen=True, slots=True)
class Change:
    """The likeliest place of one change (after block `after`) and the P that allows for having looked everywhere."""

    after: int
    p: PValue


def change_point_test(counts: ArrayLike, generator: np.random.Generator, draws: int = 9_999) -> Change | NotEstimable:
    """Test for one change in the shares of categories over consecutive blocks, by permutation.

    `counts` holds (blocks, categories): events and non-events, or grades. The statistic is the largest of the
    likelihood ratios over all places; tables with the same margins are drawn at random, which is what shuffling the
    patients does. P = (1 + as large) / (1 + draws) with its standard error. No chi-square applies, since the place
    was sought. ValueError on impossible counts. Source: phipson_smyth_2010.

    Events and non-events in six blocks of ten patients:

    >>> blocks = [[6, 4], [5, 5], [6, 4], [1, 9], [0, 10], [1, 9]]
    >>> change = change_point_test(blocks, np.random.default_rng(1), draws=999)
    >>> change.after, change.p.value
    (3, 0.001)
    """
    table = as_whole_numbers(counts)
    require(table.ndim == 2 and table.shape[1] >= 2, "counts must be blocks by at least two categories", table.shape)
    totals = table.sum(axis=0)
    if len(table) < 2 or np.count_nonzero(totals) < 2:
        return NotEstimable("a change needs at least two blocks and two categories with someone in them")
    drawn = random_tables(table.sum(axis=1), totals, generator, draws)
    return _tested(_share_ratios, table, (part.astype(np.float64) for part in drawn), draws, "margins fixed")


def rate_change_test(
    events: ArrayLike, exposure: ArrayLike, generator: np.random.Generator, draws: int = 9_999
) -> Change | NotEstimable:
    """Test for one change in a rate of counts per exposure; under no change the events fall on blocks by exposure.

    >>> change = rate_change_test([12, 9, 11, 2, 3, 1], [100] * 6, np.random.default_rng(1), draws=999)
    >>> change.after, change.p.value
    (3, 0.001)
    """
    had, seen = as_whole_numbers(events), np.asarray(exposure, dtype=np.float64)
    require(had.ndim == 1 and had.shape == seen.shape, "events and exposure must be lists of one length", seen.shape)
    require(bool(np.all(np.isfinite(seen) & (seen > 0))), "exposures are positive", exposure)
    if had.size < 2 or had.sum() == 0:
        return NotEstimable("a change needs at least two blocks and an event")
    share, total, slice_size = seen / seen.sum(), int(had.sum()), max(1, CELLS // had.size)
    sizes = [min(slice_size, draws - start) for start in range(0, draws, slice_size)]
    drawn = (generator.multinomial(total, share, size=size).astype(np.float64)[..., None] for size in sizes)
    return _tested(lambda counts: _rate_ratios(counts, seen), had[:, None], drawn, draws, "number of events fixed")


Ratios = Callable[[Floats], Floats]


def _tested(ratios: Ratios, observed: Floats, drawn: Iterable[Floats], draws: int, given: str) -> Change:
    require(draws >= 1, "at least one table must be drawn", draws)
    seen = ratios(observed[None])[0]
    largest = float(seen.max())
    as_large = sum(int((ratios(part).max(axis=1) >= largest - 1e-9).sum()) for part in drawn)
    p = (1 + as_large) / (1 + draws)
    error = sqrt(p * (1 - p) / draws)
    convention = f"permutation, {given}, {draws} tables"
    return Change(
        int(seen.argmax()) + 1,
        PValue(p, METHOD, convention, statistic=largest, mc_error=error, flags=("simulated",)),
    )


def _share_ratios(tables: Floats) -> Floats:
    """Twice the log likelihood gained by a cut after each block but the last, for (tables, blocks, categories)."""
    before = np.cumsum(tables, axis=1)
    whole = before[:, -1:]
    after = whole - before
    gained = (_own(before) + _own(after) - _own(whole))[:, :-1]
    return np.asarray(2 * gained)


def _own(counts: Floats) -> Floats:
    """The log likelihood of counts under their own shares."""
    n = counts.sum(axis=-1)
    return np.asarray(xlogy(counts, counts).sum(axis=-1) - xlogy(n, n))


def _rate_ratios(tables: Floats, exposure: Floats) -> Floats:
    before, time = np.cumsum(tables[..., 0], axis=1), np.cumsum(exposure)
    whole, after, left = before[:, -1:], before[:, -1:] - before, time[-1] - time
    likelihood = xlogy(before, before / time)[:, :-1] + xlogy(after[:, :-1], after[:, :-1] / left[:-1])
    return np.asarray(2 * (likelihood - xlogy(whole, whole / time[-1])))
