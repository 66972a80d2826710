"""By how much do the values of the last group lie above those of the first?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from seriatim.methods.kernels.counts import as_whole_numbers, require, tail_of
from seriatim.methods.values import Estimate, Interval, NotEstimable

Floats = NDArray[np.float64]

METHOD = "Hodges-Lehmann shift, last minus first (median of all pairwise differences)"
INTERVAL = "shifts not rejected by the rank-sum test, normal approximation with tie correction"
MOST_PAIRS = 20_000_000


def shift(values: ArrayLike, counts_1: ArrayLike, counts_2: ArrayLike, level: float = 0.95) -> Estimate | NotEstimable:
    """Estimate the shift from the first group to the last, from two histograms over the same values.

    The estimate is the median of all differences, last minus first, between a patient of each group (mean of the two
    middle ones). The interval holds every shift that the two-sided rank-sum test does not reject at the level after
    the last group is moved back by it: normal approximation, variance corrected for the ties that this move makes,
    no continuity correction. Its ends are differences that occur in the data. Other conventions (exact, or a
    continuity correction) give ends a step further out or in where values are few. Raises ValueError on impossible
    counts. Sources: hodges_lehmann_1963, lehmann_1975.

    Doses in the first cycle of ten patients of the first group and ten of the last:

    >>> doses = [5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16]
    >>> moved = shift(doses, [0, 0, 0, 0, 0, 1, 2, 3, 2, 1, 1], [1, 2, 4, 2, 1, 0, 0, 0, 0, 0, 0])
    >>> moved.value, moved.interval.lower, moved.interval.upper
    (-6.0, -8.0, -5.0)
    """
    value = np.asarray(values, dtype=np.float64)
    first, last = as_whole_numbers(counts_1), as_whole_numbers(counts_2)
    require(value.shape == first.shape == last.shape and value.ndim == 1, "lists must be of one length", value.shape)
    require(bool(np.all(np.isfinite(value))) and np.unique(value).size == value.size, "values must differ", values)
    tail = tail_of(level)
    if first.sum() == 0 or last.sum() == 0:
        return NotEstimable("a group has no values")
    if np.count_nonzero(first) * np.count_nonzero(last) > MOST_PAIRS:
        return NotEstimable("too many different values to compare each with each; round them")
    differences = _differences(value, first, last)
    bounds = _not_rejected(differences, float(-ndtri(tail)))
    if bounds is None:
        warning = f"{first.sum():.0f} and {last.sum():.0f} values are too few for an interval at {level:.0%}"
        return Estimate(_middle(differences), METHOD, flags=("too_few_for_interval",), warning=warning)
    return Estimate(_middle(differences), METHOD, Interval(*bounds, level, INTERVAL))


@dataclass(frozen=True, eq=False)
class _Differences:
    """The different differences, ascending; how many pairs have each; and what each does to the tie correction."""

    value: Floats
    pairs: Floats
    ties: Floats
    n_1: float
    n_2: float
    ties_within: float


def _differences(value: Floats, first: Floats, last: Floats) -> _Differences:
    have_1, have_2 = first > 0, last > 0
    a, b = first[have_1], last[have_2]
    raw = (value[have_2][:, None] - value[have_1]).ravel()
    # Decimals such as 0.3 - 0.1 and 0.4 - 0.2 must count as one difference.
    steps = np.round(raw / (1e-9 * max(1.0, float(np.max(np.abs(value))))))
    _, example, place = np.unique(steps, return_index=True, return_inverse=True)
    pairs, ties = np.zeros(example.size), np.zeros(example.size)
    np.add.at(pairs, place, (b[:, None] * a).ravel())
    np.add.at(ties, place, (3 * b[:, None] * a * (b[:, None] + a)).ravel())
    within = float((a**3 - a).sum() + (b**3 - b).sum())
    return _Differences(raw[example], pairs, ties, float(a.sum()), float(b.sum()), within)


def _middle(differences: _Differences) -> float:
    upto = np.cumsum(differences.pairs)
    half = upto[-1] / 2
    low, high = np.searchsorted(upto, half), np.searchsorted(upto, half, side="right")
    return float(differences.value[low] + differences.value[min(high, upto.size - 1)]) / 2


def _not_rejected(differences: _Differences, z: float) -> tuple[float, float] | None:
    """Try every difference and the gaps between them: only at a difference do values of the two groups tie."""
    upto = np.concatenate([[0.0], np.cumsum(differences.pairs)])
    centre, above = upto[-1] / 2, upto[1:] - differences.pairs / 2
    at = np.abs(centre - above) <= z * _deviations(differences, differences.ties)
    gap = np.abs(centre - upto) <= z * _deviations(differences, np.zeros(upto.size))
    if gap[0]:  # not even a shift beyond all differences is rejected
        return None
    places = np.flatnonzero(at | gap[:-1] | gap[1:])
    if places.size == 0:
        # Heavy ties: at one difference the test jumps from rejecting on one side to rejecting on the other.
        return _middle(differences), _middle(differences)
    return float(differences.value[places[0]]), float(differences.value[places[-1]])


def _deviations(differences: _Differences, ties: Floats) -> Floats:
    n = differences.n_1 + differences.n_2
    tie_loss = (differences.ties_within + ties) / (n * max(n - 1, 1))
    deviations: Floats = np.sqrt(differences.n_1 * differences.n_2 / 12 * (n + 1 - tie_loss))
    return deviations
