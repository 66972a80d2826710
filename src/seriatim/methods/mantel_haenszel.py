"""What is the change within strata, taken together, when the mix of strata may have changed too?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from seriatim.methods.kernels.counts import as_counts, require, tail_of
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

Floats = NDArray[np.float64]
Variance = Literal["Sato", "Greenland-Robins"]
VARIANCES: tuple[Variance, ...] = ("Sato", "Greenland-Robins")

_NO_STRATUM = "no stratum has patients in both groups"
_NO_VARIATION = "no variation: within each stratum all patients had the event, or none had"


def odds_ratio(
    events_1: Sequence[int], n_1: Sequence[int], events_2: Sequence[int], n_2: Sequence[int], level: float = 0.95
) -> Estimate | NotEstimable:
    """Return the common odds ratio over strata, last over first, with the Robins-Breslow-Greenland interval.

    It is 0 or infinite, and without interval, where no stratum has an event in one group (or a patient without
    one); the conditional exact odds ratio is then the one to use. Sources: mantel_haenszel_1959,
    robins_breslow_greenland_1986.

    Toxicity by histology: 9 of 90 then 30 of 200 melanomas, 80 of 200 then 48 of 100 renal cancers:

    >>> odds = odds_ratio([9, 80], [90, 200], [30, 48], [200, 100])
    >>> [round(x, 2) for x in (odds.value, odds.interval.lower, odds.interval.upper)]
    [1.44, 0.95, 2.17]
    """
    strata = _Strata.of(events_1, n_1, events_2, n_2)
    z = float(ndtri(1 - tail_of(level)))
    if strata.is_none:
        return NotEstimable(_NO_STRATUM)
    up = strata.events_2 * (strata.n_1 - strata.events_1) / strata.size
    down = strata.events_1 * (strata.n_2 - strata.events_2) / strata.size
    if up.sum() == down.sum() == 0:
        return NotEstimable(_NO_VARIATION)
    method = "Mantel-Haenszel, Robins-Breslow-Greenland variance"
    if 0 in (up.sum(), down.sum()):
        value = 0.0 if up.sum() == 0 else np.inf
        return Estimate(value, method, flags=("no_interval",), warning="zero cells leave no interval on the log scale")
    value = float(up.sum() / down.sum())
    error = _error_of_log_odds(strata, up, down)
    bounds = Interval(value * exp(-z * error), value * exp(z * error), level, method)
    return Estimate(value, method, bounds, flags=strata.flags)


def risk_difference(
    events_1: Sequence[int],
    n_1: Sequence[int],
    events_2: Sequence[int],
    n_2: Sequence[int],
    level: float = 0.95,
    *,
    variance: Variance = "Sato",
) -> Estimate | NotEstimable:
    """Return the common risk difference over strata, last minus first, with a Wald interval.

    "Sato" holds with many sparse strata as well as with few large ones, "Greenland-Robins" with few large ones.
    The score interval of `miettinen_nurminen.stratified_difference` is better where events are rare.
    Sources: sato_1989, greenland_robins_1985.

    >>> change = risk_difference([9, 80], [90, 200], [30, 48], [200, 100])
    >>> [round(100 * x, 1) for x in (change.value, change.interval.lower, change.interval.upper)]
    [6.6, -0.7, 13.8]
    """
    require(variance in VARIANCES, f"the variance of the risk difference is one of {VARIANCES}", variance)
    strata = _Strata.of(events_1, n_1, events_2, n_2)
    z = float(ndtri(1 - tail_of(level)))
    if strata.is_none:
        return NotEstimable(_NO_STRATUM)
    weight = strata.n_1 * strata.n_2 / strata.size
    value = float((weight * (strata.events_2 / strata.n_2 - strata.events_1 / strata.n_1)).sum() / weight.sum())
    spread = _sato(strata, value) if variance == "Sato" else _greenland_robins(strata)
    error = sqrt(spread) / float(weight.sum())
    method = f"Mantel-Haenszel, {variance} variance"
    return Estimate(value, method, Interval(value - z * error, value + z * error, level, method), flags=strata.flags)


def test(
    events_1: Sequence[int], n_1: Sequence[int], events_2: Sequence[int], n_2: Sequence[int]
) -> PValue | NotEstimable:
    """Return the Cochran-Mantel-Haenszel P of no change within strata, without continuity correction.

    Source: mantel_haenszel_1959.

    >>> print(f"{test([9, 80], [90, 200], [30, 48], [200, 100]).value:.4f}")
    0.0825
    """
    strata = _Strata.of(events_1, n_1, events_2, n_2)
    if strata.is_none:
        return NotEstimable(_NO_STRATUM)
    total = strata.events_1 + strata.events_2
    excess = strata.events_2 - total * strata.n_2 / strata.size
    # A stratum with a patient in both groups has at least two, so size - 1 is positive.
    spread = strata.n_1 * strata.n_2 * total * (strata.size - total) / (strata.size**2 * (strata.size - 1))
    if spread.sum() == 0:
        return NotEstimable(_NO_VARIATION)
    squared = float(excess.sum() ** 2 / spread.sum())
    convention = "chi-square with one degree of freedom, no continuity correction"
    value, below, warning = floored(float(2 * ndtr(-np.sqrt(squared))))
    flags = strata.flags + below
    return PValue(value, "Cochran-Mantel-Haenszel", convention, statistic=squared, flags=flags, warning=warning)


@dataclass(frozen=True, slots=True)
class _Strata:
    """The strata that have patients in both groups; the others say nothing about a change."""

    events_1: Floats
    n_1: Floats
    events_2: Floats
    n_2: Floats
    flags: tuple[str, ...]

    @classmethod
    def of(cls, events_1: ArrayLike, n_1: ArrayLike, events_2: ArrayLike, n_2: ArrayLike) -> _Strata:
        counts = np.broadcast_arrays(*as_counts(events_1, n_1), *as_counts(events_2, n_2))
        cases_1, first, cases_2, last = (np.atleast_1d(a) for a in counts)
        both = (first > 0) & (last > 0)
        flags = () if both.all() else ("strata_dropped",)
        return cls(cases_1[both], first[both], cases_2[both], last[both], flags)

    @property
    def is_none(self) -> bool:
        return len(self.n_1) == 0

    @property
    def size(self) -> Floats:
        return self.n_1 + self.n_2


def _error_of_log_odds(strata: _Strata, up: Floats, down: Floats) -> float:
    concordant = (strata.events_2 + strata.n_1 - strata.events_1) / strata.size
    discordant = 1 - concordant
    r, s = up.sum(), down.sum()
    own = (concordant * up).sum() / r**2 + (discordant * down).sum() / s**2
    crossed = (concordant * down + discordant * up).sum() / (r * s)
    return float(np.sqrt((own + crossed) / 2))


def _sato(strata: _Strata, difference: float) -> float:
    n_1, n_2, x_1, x_2 = strata.n_1, strata.n_2, strata.events_1, strata.events_2
    slope = (n_2**2 * x_1 - n_1**2 * x_2 + n_1 * n_2 * (n_1 - n_2) / 2) / strata.size**2
    level = (x_2 * (n_1 - x_1) + x_1 * (n_2 - x_2)) / (2 * strata.size)
    return float(difference * slope.sum() + level.sum())


def _greenland_robins(strata: _Strata) -> float:
    n_1, n_2, x_1, x_2 = strata.n_1, strata.n_2, strata.events_1, strata.events_2
    terms = (x_2 * (n_2 - x_2) * n_1**3 + x_1 * (n_1 - x_1) * n_2**3) / (n_1 * n_2 * strata.size**2)
    return float(terms.sum())
