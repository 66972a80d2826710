"""How much did a risk change between two groups, with a coverage that holds whatever the risks are?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seriatim.methods.kernels.counts import as_counts, require, tail_of
from seriatim.methods.kernels.restricted_rates import difference_variance
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.kernels.worst_chance import rough_worst_chance, worst_chance
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

Floats = NDArray[np.float64]

METHOD = "Chan-Zhang exact unconditional, score order, outermost crossing"
LARGEST = 100_000
_TOO_LARGE = "the groups are too large to scan every table; the score interval comes close"

# Tables as far as the observed one must not be lost to rounding.
_SLACK = 1e-9

# The P function jumps where the order of tables changes; steps of a thirtieth of a standard error see its teeth.
_STEPS_A_STANDARD_ERROR = 30


def difference(events_1: int, n_1: int, events_2: int, n_2: int, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the difference of risks, last minus first, with the exact unconditional interval of Chan and Zhang.

    Two one-sided tests, each at half of 1 - level, order the tables by the score statistic at the difference asked
    about and take the worst pair of risks. Their P is not monotone in that difference, so the limits are found by
    scanning inwards from -1 and 1: the outermost crossing alone keeps the coverage. Seconds for groups of 155;
    NotEstimable above 100,000 possible tables; ValueError where the counts are impossible. Source: chan_zhang_1999.

    Hypotension in 5 of 12 patients, then in 1 of 14, in points:

    >>> change = difference(5, 12, 1, 14)
    >>> [round(100 * x, 1) for x in (change.value, change.interval.lower, change.interval.upper)]
    [-34.5, -66.1, -0.7]
    """
    as_counts([events_1, events_2], [n_1, n_2])
    tail = tail_of(level)
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    if (n_1 + 1) * (n_2 + 1) > LARGEST:
        return NotEstimable(_TOO_LARGE)
    lower = _lower(_Table(events_1, n_1, events_2, n_2), tail)
    upper = -_lower(_Table(events_2, n_2, events_1, n_1), tail)
    return Estimate(events_2 / n_2 - events_1 / n_1, METHOD, Interval(lower, upper, level, METHOD))


def noninferiority(events_1: int, n_1: int, events_2: int, n_2: int, margin: float) -> PValue | NotEstimable:
    """Return the exact one-sided P against "the last group's rate is lower by the margin", at the worst pair of risks.

    The events are the good outcome, the margin a rate fixed before the data are seen. Source: chan_zhang_1999.

    Responses in 26 of 155, then 23 of 155: is a loss of ten points excluded?

    >>> print(f"{noninferiority(26, 155, 23, 155, margin=0.10).value:.4f}")
    0.0290
    """
    as_counts([events_1, events_2], [n_1, n_2])
    require(0 <= margin < 1, "a margin is a rate from 0 up to, not including, 1", margin)
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    if (n_1 + 1) * (n_2 + 1) > LARGEST:
        return NotEstimable(_TOO_LARGE)
    table = _Table(events_1, n_1, events_2, n_2)
    value, flags, warning = floored(worst_chance(table.as_far(-margin), -margin))
    method = "exact unconditional score test at the margin"
    statistic = table.observed_z(-margin)
    return PValue(value, method, "one-sided, null at the margin", 1, statistic, flags=flags, warning=warning)


@dataclass(frozen=True, slots=True)
class _Table:
    events_1: int
    n_1: int
    events_2: int
    n_2: int

    @property
    def change(self) -> float:
        return self.events_2 / self.n_2 - self.events_1 / self.n_1

    def z(self, delta: float, first: Floats, last: Floats) -> Floats:
        """Standardise the distance above `delta` of tables with these numbers of events."""
        n_1, n_2 = (np.full(first.shape, float(n)) for n in (self.n_1, self.n_2))
        variance = difference_variance(first, n_1, last, n_2, np.full(first.shape, delta))
        distance = last / n_2 - first / n_1 - delta
        # Without variance a table at the difference itself is no distance away, and any other infinitely far.
        z = distance / np.sqrt(np.maximum(variance, 1e-24))
        return np.asarray(np.where(np.abs(distance) < 1e-12, 0.0, z))

    def observed_z(self, delta: float) -> float:
        return float(self.z(delta, np.full(1, float(self.events_1)), np.full(1, float(self.events_2)))[0])

    def as_far(self, delta: float) -> NDArray[np.bool_]:
        """Say of every table that could have come out whether it lies as far above `delta` as the observed one.

        With more events in the last group a table lies farther, so that each row needs a bisection only.
        """
        observed = self.observed_z(delta)
        enough = observed - _SLACK * max(1.0, abs(observed))
        rows = np.arange(self.n_1 + 1.0)
        near, far = np.zeros(rows.size), np.full(rows.size, self.n_2 + 1.0)
        while np.any(near < far):
            middle = np.floor((near + far) / 2)
            is_in = self.z(delta, rows, np.minimum(middle, self.n_2)) >= enough
            near, far = np.where(is_in | (near == far), near, middle + 1), np.where(is_in & (near < far), middle, far)
        return np.asarray(np.arange(self.n_2 + 1)[None, :] >= far[:, None])


def _lower(table: _Table, tail: float) -> float:
    def is_kept(delta: float) -> bool:
        region = table.as_far(delta)
        # The rough value is at most 2 % too low: only near the tail is the refined one worth its price.
        rough = rough_worst_chance(region, delta)
        return rough > tail or (rough > 0.98 * tail and worst_chance(region, delta) > tail)

    last = -1.0
    for delta in _inward(table):
        if is_kept(delta):
            return _first_kept(is_kept, last, delta)
        last = delta
    return table.change  # pragma: no cover - at the observed difference half of all tables are as far


def _inward(table: _Table) -> Floats:
    """List the differences to ask about, from -1 to the observed one, densely where a limit can lie."""
    rate_1, rate_2 = ((x + 0.5) / (n + 1) for x, n in ((table.events_1, table.n_1), (table.events_2, table.n_2)))
    error = np.sqrt(rate_1 * (1 - rate_1) / table.n_1 + rate_2 * (1 - rate_2) / table.n_2)
    start = max(-1.0, table.change - 6 * error)
    dense = np.linspace(start, table.change, int(6 * _STEPS_A_STANDARD_ERROR) + 1)
    return np.concatenate([np.linspace(-1.0, start, 21)[:-1], dense])


def _first_kept(is_kept: Callable[[float], bool], out: float, kept: float) -> float:
    while kept - out > 1e-9:
        middle = (out + kept) / 2
        out, kept = (out, middle) if is_kept(middle) else (middle, kept)
    return float(out)
