"""How likely is a sum of scores among the events, when both margins of the table are fixed?

The engine of exact trend tests on k groups with two outcomes. The groups are cut in two parts; each part gives every
reachable pair (number of events, sum of scores) with its weight, and the two are joined through running sums. Only
positive terms are ever added, so that a tail of 1e-50 is as accurate, relatively, as one of 0.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, gcd, inf, lgamma, prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

POINT_COST = 3000.0
"""A scattered point takes about as long as three thousand multiplications inside a matrix product (measured)."""

SMALLEST_BLOCK = 32
"""Narrower matrix products than this gain nothing."""


def score_sum_tails(
    n: Sequence[int], scores: Sequence[int], events: int, at_most: Sequence[int], at_least: Sequence[int]
) -> tuple[Floats, Floats]:
    """Give P(S <= a) for each a of `at_most` and P(S >= b) for each b of `at_least`.

    `n` are the group sizes, `scores` whole numbers, and S sums the scores of the `events` drawn without
    replacement from all (multivariate hypergeometric). Values below 1e-290 may have lost terms to underflow.

    Two events in two groups of two patients, scored 0 and 1, are both early in one of six ways:

    >>> low, high = score_sum_tails([2, 2], [0, 1], 2, at_most=[0], at_least=[1])
    >>> (low * 6).round(9).tolist(), (high * 6).round(9).tolist()
    ([1.0], [5.0])
    """
    total, whole = sum(n), sum(size * score for size, score in zip(n, scores, strict=True))
    if 2 * events > total:  # the non-events are fewer, and their sum tells the same
        mirrored_low, mirrored_high = [whole - b for b in at_least], [whole - a for a in at_most]
        high, low = score_sum_tails(n, scores, total - events, mirrored_low, mirrored_high)
        return low, high
    return _joined_tails(_law(_merged_groups(n, scores), _ceiling(events, total)), events, at_most, at_least)


def score_sum_work(n: Sequence[int], scores: Sequence[int], events: int) -> float:
    """Estimate the work of `score_sum_tails` in multiplications; 1e10 take a second or two on one core."""
    fewer = _ceiling(min(events, sum(n) - events), sum(n))
    groups = _merged_groups(n, scores)
    # Looking for the best cut costs the cube of the number of groups; beyond this many no table is feasible.
    return sum(part.work for part in _best_split(groups, fewer)) if len(groups) <= MOST_GROUPS else inf


MOST_GROUPS = 100
MOST_SHARED = 1024


def _ceiling(events: int, total: int) -> int:
    """How many events the points are worked out for: the law of 40 events is a part of that of 64.

    A table of hundreds of terms over the same groups so asks for ten laws and not for hundreds.
    """
    shared = 1 << max(events - 1, 1).bit_length()
    return max(events, min(shared, total // 2)) if events <= MOST_SHARED else events


@dataclass(frozen=True, slots=True)
class Group:
    """Patients who share one score."""

    size: int
    score: int


@dataclass(frozen=True, slots=True)
class Part:
    """Groups of one side of the split: those on a common lattice, and those added point by point."""

    lattice: tuple[Group, ...]
    loose: tuple[Group, ...]
    points: float
    work: float


@dataclass(frozen=True, slots=True)
class Points:
    """Every reachable pair of a part, with its unnormalised weight."""

    count: Integers
    sum: Integers
    weight: Floats


@dataclass(frozen=True, slots=True)
class Law:
    """Both parts by number of events: sums and weights of the one that is scanned; sums, and weights summed up to each
    and from each on, of the one that is looked up. Good for any number of events up to the one it was made for."""

    scanned: tuple[tuple[int, Integers, Floats], ...]
    looked_up: dict[int, tuple[Integers, Floats, Floats]]


def _merged_groups(n: Sequence[int], scores: Sequence[int]) -> tuple[Group, ...]:
    sizes: dict[int, int] = {}
    for size, score in zip(n, scores, strict=True):
        sizes[int(score)] = sizes.get(int(score), 0) + int(size)
    return tuple(Group(size, score) for score, size in sorted(sizes.items(), reverse=True) if size)


# --- how to cut the groups in two ---------------------------------------------------------------------------------


@lru_cache(maxsize=256)  # asked twice for each table, for its work and for its tails, and by tables that differ little
def _best_split(groups: tuple[Group, ...], events: int) -> tuple[Part, Part]:
    """Choose the cheapest cut; the part that is scanned comes first, the one that is looked up second."""
    cuts = range(1, len(groups)) if len(groups) > 1 else range(1, 2)
    splits = ((_best_part(groups[:cut], events), _best_part(groups[cut:], events)) for cut in cuts)
    first, second = min(splits, key=lambda parts: parts[0].work + parts[1].work)
    # Looking up needs order, which a lattice has already; so a part with loose points is rather scanned.
    first_is_scanned = (not first.loose, first.points) < (not second.loose, second.points)
    return (first, second) if first_is_scanned else (second, first)


def _best_part(groups: tuple[Group, ...], events: int) -> Part:
    """Grow a lattice from either end while it merges more sums than it leaves empty cells."""
    return min((_grown_part(order, events) for order in (groups, groups[::-1])), key=lambda part: part.work)


def _grown_part(groups: tuple[Group, ...], events: int) -> Part:
    fit = 0
    while fit < len(groups) and _lattice_pays(groups[: fit + 1], events):
        fit += 1
    lattice, loose = tuple(sorted(groups[:fit], key=lambda group: -group.score)), groups[fit:]
    points = min(_lattice_cells(lattice, events), _combinations(lattice, events))
    points = min(points * prod(min(group.size, events) + 1 for group in loose), _combinations(groups, events))
    return Part(lattice, loose, points, _lattice_work(lattice, events) + POINT_COST * points)


def _lattice_pays(groups: tuple[Group, ...], events: int) -> bool:
    return _lattice_cells(groups, events) <= 4 * _combinations(groups, events)


def _combinations(groups: tuple[Group, ...], events: int) -> float:
    # Floats: hundreds of large groups overflow to infinity, which is answer enough.
    separate = prod(float(min(group.size, events) + 1) for group in groups)
    return min(separate, _choose(events + len(groups), len(groups)))


def _choose(n: int, k: int) -> float:
    logarithm = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(logarithm) if logarithm < 700 else inf


def _lattice_cells(groups: tuple[Group, ...], events: int) -> float:
    rows = min(sum(group.size for group in groups), events) + 1
    return float(rows * (_largest_step_sum(groups, events) + 1))


def _largest_step_sum(groups: tuple[Group, ...], events: int) -> int:
    """Sum of the lattice steps when the events fill the highest scores first."""
    origin, step = _lattice_of(groups)
    reached, left = 0, events
    for group in sorted(groups, key=lambda group: -group.score):
        taken = min(group.size, left)
        reached, left = reached + taken * ((group.score - origin) // step), left - taken
    return reached


def _lattice_of(groups: tuple[Group, ...]) -> tuple[int, int]:
    """Origin and step such that every score is the origin plus a whole number of steps."""
    origin = min((group.score for group in groups), default=0)
    return origin, gcd(*(group.score - origin for group in groups)) or 1


def _lattice_work(groups: tuple[Group, ...], events: int) -> float:
    heights = [max(min(group.size, events), SMALLEST_BLOCK) for group in groups]
    return sum(2 * height * _lattice_cells(groups[: index + 1], events) for index, height in enumerate(heights))


# --- what one part can reach --------------------------------------------------------------------------------------


def _reachable_points(part: Part, events: int, odds: float) -> Points:
    points = _lattice_points(part.lattice, events, odds)
    for group in part.loose:
        points = _with_loose_group(points, group, events, odds)
    return points


def _lattice_points(groups: tuple[Group, ...], events: int, odds: float) -> Points:
    origin, step = _lattice_of(groups)
    cells, reached = np.ones((1, 1)), groups[0].score if groups else 0
    # From the highest score down, sums measured from the newest score: the newest group then adds nothing to them.
    for group in groups:
        cells = _sheared(cells, (reached - group.score) // step)
        cells, reached = _with_more_events(cells, _choice_weights(group.size, events, odds), events + 1), group.score
    count, steps = np.nonzero(cells)
    return Points(count, origin * count + step * steps, cells[count, steps])


def _sheared(cells: Floats, shift: int) -> Floats:
    """Move row 1 by one shift, row 2 by two, and so on."""
    rows, columns = cells.shape[0], cells.shape[1] + shift * (cells.shape[0] - 1)
    flat = np.zeros((rows, columns + shift))
    flat[:, : cells.shape[1]] = cells
    return flat.ravel()[: rows * columns].reshape(rows, columns)


def _with_more_events(cells: Floats, weights: Floats, rows: int) -> Floats:
    """Add 0, 1, ... events to every row with their weights, keeping the first `rows` rows.

    A matrix product does the additions at the speed of the machine; in blocks, since far from its diagonal the
    matrix is empty.
    """
    rows, reach = min(cells.shape[0] + weights.size - 1, rows), weights.size - 1
    block = min(max(weights.size, SMALLEST_BLOCK), rows)
    padded = np.zeros((rows + block + reach, cells.shape[1]))
    padded[reach : reach + cells.shape[0]] = cells[: padded.shape[0] - reach]
    band = np.zeros(2 * (block - 1) + weights.size)
    band[block - 1 : block + reach] = weights[::-1]
    matrix = sliding_window_view(band, block + reach)[::-1]
    return np.vstack([matrix @ padded[at : at + block + reach] for at in range(0, rows, block)])[:rows]


def _with_loose_group(points: Points, group: Group, events: int, odds: float) -> Points:
    weights = _choice_weights(group.size, events, odds)
    chosen = np.arange(weights.size)
    count = (points.count[:, None] + chosen).ravel()
    within = count <= events
    total = (points.sum[:, None] + group.score * chosen).ravel()
    weight = (points.weight[:, None] * weights).ravel()
    return Points(count[within], total[within], weight[within])


def _choice_weights(size: int, events: int, odds: float) -> Floats:
    """Ways to choose 0, 1, ... of a group, times odds to that power, relative to the likeliest.

    The odds cancel between groups, since the number of events is fixed; they only keep the weights in range.
    """
    chosen = np.arange(min(size, events))
    ratios = (size - chosen) / (chosen + 1) * odds
    mode = int(np.searchsorted(-ratios, -1.0))
    below = np.cumprod(1.0 / ratios[:mode][::-1])[::-1]
    return np.concatenate([below, [1.0], np.cumprod(ratios[mode:])])


# --- joining the two parts ----------------------------------------------------------------------------------------


# A law of 620 events over eight groups of 155 holds some 20 MB, each smaller one a quarter of the next.
@lru_cache(maxsize=12)
def _law(groups: tuple[Group, ...], events: int) -> Law:
    scanned, looked_up = _best_split(groups, events)
    # Near the middle of what the law is asked for, so that no weight runs out of range.
    odds = 0.75 * events / (sum(group.size for group in groups) - 0.75 * events)
    partners = _ordered(_reachable_points(looked_up, events, odds))
    own = _by_count(_reachable_points(scanned, events, odds))
    return Law(
        tuple((count, *row) for count, row in _rows_by_count(own)),
        {count: (sums, *_summed(weights)) for count, (sums, weights) in _rows_by_count(partners)},
    )


def _summed(weights: Floats) -> tuple[Floats, Floats]:
    """Weights up to each place and from each place on."""
    return np.concatenate([[0.0], np.cumsum(weights)]), np.concatenate([np.cumsum(weights[::-1])[::-1], [0.0]])


def _joined_tails(law: Law, events: int, at_most: Sequence[int], at_least: Sequence[int]) -> tuple[Floats, Floats]:
    low, high, everything = np.zeros(len(at_most)), np.zeros(len(at_least)), 0.0
    for count, sums, weights in law.scanned:
        if events - count not in law.looked_up:
            continue
        partner_sums, upward, downward = law.looked_up[events - count]
        low += [weights @ upward[np.searchsorted(partner_sums, a - sums, side="right")] for a in at_most]
        high += [weights @ downward[np.searchsorted(partner_sums, b - sums, side="left")] for b in at_least]
        everything += weights.sum() * upward[-1]
    return low / everything, high / everything


def _ordered(points: Points) -> Points:
    order = np.lexsort((points.sum, points.count))
    return Points(points.count[order], points.sum[order], points.weight[order])


def _by_count(points: Points) -> Points:
    order = np.argsort(points.count, kind="stable")
    return Points(points.count[order], points.sum[order], points.weight[order])


def _rows_by_count(points: Points) -> Iterator[tuple[int, tuple[Integers, Floats]]]:
    """Yield (number of events, (sums, weights)) of points that are already ordered by that number."""
    counts, starts = np.unique(points.count, return_index=True)
    ends = np.append(starts[1:], points.count.size)
    for count, start, end in zip(counts.tolist(), starts, ends, strict=True):
        yield count, (points.sum[start:end], points.weight[start:end])
