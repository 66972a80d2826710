"""How likely is each number of events in the last group, once all margins are fixed?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

# Beyond sqrt(373 k) of the mean a sum of k independent indicators has less than exp(-746) (Hoeffding), which
# is below the smallest double: probabilities left out of the window could not be told from zero.
_UNDERFLOW = 373.0

# R's fisher.test counts a table as "as likely" within this relative slack; without it ties are lost to rounding.
LIKELIHOOD_SLACK = 1e-7

# Two megabytes a slice: it stays in the cache of a core, and memory does not grow with the number of tables.
_CELLS = 2**18


@dataclass(frozen=True, slots=True)
class Window:
    """Probabilities of events in the last group, a row for each set of margins, centred on a near-mode.

    `probability[i, reach + d]` belongs to `centre[i] + d` events; cells outside the support hold 0.
    """

    centre: Floats
    reach: int
    probability: Floats

    @property
    def events(self) -> Floats:
        """The number of events in the last group that each cell stands for."""
        cells: Floats = self.centre[:, None] + np.arange(-self.reach, self.reach + 1.0)
        return cells


def window(n_1: ArrayLike, n_2: ArrayLike, events: ArrayLike, odds_ratio: ArrayLike = 1.0) -> Window:
    """Return the (Fisher non-central) hypergeometric law of the last group's events for rows of margins.

    Each probability has a relative error near 1e-14, also far in the tails: neighbours are multiplied up from
    the mode by their ratio, so there are no logarithms of factorials to cancel.

    Two events among 2 and 3 patients fall on the last group as 0, 1, 2 with these chances:

    >>> law = window([2], [3], [2])
    >>> [float(round(p, 3)) for p in law.probability[0] if p > 0]
    [0.1, 0.6, 0.3]
    """
    arrays = (np.atleast_1d(np.asarray(a, float)) for a in (n_1, n_2, events, odds_ratio))
    first, last, total, odds = np.broadcast_arrays(*arrays)
    centre = np.clip(_mode(first, last, total, odds), np.maximum(0, total - first), np.minimum(last, total))
    reach = int(np.max(_reach(first, last, total), initial=0))
    steps = np.arange(float(reach))
    above = _products(first, last, total, odds, centre[:, None] + steps)
    # Downwards is upwards with the groups' roles turned round: events of the first group grow.
    below = _products(last, first, total, 1 / odds, (total - centre)[:, None] + steps)
    weight = np.concatenate([below[:, ::-1], np.ones((len(centre), 1)), above], axis=1)
    return Window(centre, reach, weight / weight.sum(axis=1, keepdims=True))


def _reach(first: Floats, last: Floats, total: Floats) -> Floats:
    """Return how far from any mode probabilities can still be told from zero."""
    span = np.minimum(last, total) - np.maximum(0, total - first)
    return np.asarray(np.minimum(span, np.ceil(np.sqrt(_UNDERFLOW * span)) + 2))


def _mode(first: Floats, last: Floats, total: Floats, odds: Floats) -> Floats:
    # The mode is the floor of a root of (psi - 1) x^2 - b x + c; which form of the root keeps its digits
    # depends on the sign of b. An error of one would only shift the window.
    b = odds * (total + last + 2) + first - total
    c = odds * (total + 1) * (last + 1)
    q = (b + np.copysign(np.sqrt(np.maximum(b * b - 4 * (odds - 1) * c, 0)), b)) / 2
    # b is negative only where the odds ratio is below 1, so the second form never divides by zero.
    return np.floor(np.where(b >= 0, c / np.where(b >= 0, q, 1), q / np.where(b >= 0, 1, odds - 1)))


def _products(first: Floats, last: Floats, total: Floats, odds: Floats, x: Floats) -> Floats:
    first, last, total, odds = (a[:, None] for a in (first, last, total, odds))
    # The ratio is 0 at the top of the support and the product stays 0 beyond it, so no mask is needed.
    ratio: Floats = odds * ((total - x) * (last - x)) / ((x + 1) * (first - total + x + 1))
    return np.asarray(np.cumprod(ratio, axis=1))


@dataclass(frozen=True, slots=True)
class Tables:
    """Two-by-two tables of one window: which row of the law each belongs to, and which padded column it is in."""

    law: Floats
    row: Indices
    column: Indices


Reader = Callable[[Tables], Floats]


def at_most(tables: Tables) -> Floats:
    """Read the chance of as few events in the last group as observed, or fewer."""
    return np.minimum(np.cumsum(tables.law, axis=1), 1.0)[tables.row, tables.column]


def at_least(tables: Tables) -> Floats:
    """Read the chance of as many events in the last group as observed, or more."""
    return np.minimum(_sum_from_above(tables.law), 1.0)[tables.row, tables.column]


def exactly(tables: Tables) -> Floats:
    """Read the chance of the observed table itself."""
    chance: Floats = tables.law[tables.row, tables.column]
    return chance


def no_likelier(tables: Tables) -> Floats:
    """Read the chance of all tables as likely as the observed one, or less likely."""
    limit = exactly(tables) * (1 + LIKELIHOOD_SLACK)
    centre = tables.law.shape[1] // 2
    # The mode belongs to the upper side only, so that it is not counted twice where it is itself "no likelier".
    up = _first_step(tables.law, tables.row, limit, start=0)
    down = _first_step(tables.law[:, ::-1], tables.row, limit, start=1)
    above = _sum_from_above(tables.law)[tables.row, centre + up]
    below = np.cumsum(tables.law, axis=1)[tables.row, centre - down]
    return np.asarray(np.minimum(above + below, 1.0))


def read_tables(
    events_2: ArrayLike, n_1: ArrayLike, n_2: ArrayLike, events: ArrayLike, *readers: Reader
) -> list[Floats]:
    """Return one array a reader, for tables given by the last group's events and the margins.

    Tables that share their margins share one law, so thousands of endpoints in the same two groups cost little
    more than one.

    >>> few, many = read_tables([0, 6], 155, 155, [5, 34], at_most, at_least)
    >>> [float(f"{p:.4g}") for p in few]
    [0.03024, 4.16e-05]
    """
    observed, first, last, total = (
        np.ravel(a) for a in np.broadcast_arrays(*(np.asarray(a, float) for a in (events_2, n_1, n_2, events)))
    )
    answers = [np.empty(len(observed)) for _ in readers]
    for here, example, row in _laws(first, last, total):
        law = window(first[example], last[example], total[example])
        tables = _place(law, row, observed[here])
        for answer, reader in zip(answers, readers, strict=True):
            answer[here] = reader(tables)
    return answers


def _laws(first: Floats, last: Floats, total: Floats) -> Iterator[tuple[Indices, Indices, Indices]]:
    """Yield, law by law in slices of bounded size: the tables, an example of each law, each table's row."""
    example, law = _distinct_margins(first, last, total)
    width = _reach(first[example], last[example], total[example])
    widest_first = np.argsort(-width, kind="stable")
    rank = np.empty_like(widest_first)
    rank[widest_first] = np.arange(len(rank))
    position = rank[law]
    by_position = np.argsort(position, kind="stable")
    begins = np.searchsorted(position[by_position], np.arange(len(rank) + 1))
    start = 0
    while start < len(rank):
        # The first law of a slice is its widest, so the slice can never outgrow its budget.
        stop = min(len(rank), start + max(1, _CELLS // (2 * int(width[widest_first[start]]) + 1)))
        here = by_position[begins[start] : begins[stop]]
        yield here, example[widest_first[start:stop]], position[here] - start
        start = stop


def _distinct_margins(first: Floats, last: Floats, total: Floats) -> tuple[Indices, Indices]:
    code = np.zeros(len(first), np.int64)
    # One margin after the other: sorting rows of three would compare them byte by byte, which is slow.
    for margin in (first, last, total):
        values, number = np.unique(margin, return_inverse=True)
        _, code = np.unique(code * len(values) + number, return_inverse=True)
    _, example = np.unique(code, return_index=True)
    return example, code


def _place(law: Window, row: Indices, observed: Floats) -> Tables:
    # A column of zeros at each side stands for everything beyond the window, where sums are 0 or 1.
    padded = np.pad(law.probability, ((0, 0), (1, 1)))
    column = np.clip(observed - law.centre[row] + law.reach + 1, 0, padded.shape[1] - 1)
    return Tables(padded, row, column.astype(np.int64))


def _sum_from_above(law: Floats) -> Floats:
    # Summed from the small end, so that a tail of 1e-50 keeps its digits.
    return np.cumsum(law[:, ::-1], axis=1)[:, ::-1]


def _first_step(law: Floats, row: Indices, limit: Floats, start: int) -> Indices:
    """Return how many steps up from the mode the probability first is within the limit, by bisection."""
    centre = law.shape[1] // 2
    near = np.full(len(row), start)
    far = np.full(len(row), centre)
    while np.any(near < far):
        middle = (near + far) // 2
        within = law[row, centre + middle] <= limit
        near, far = np.where(within, near, np.minimum(middle + 1, far)), np.where(within, middle, far)
    return far
