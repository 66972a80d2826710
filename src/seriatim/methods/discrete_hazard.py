"""How likely is a first event after each dose, and after so many doses in a row?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, fsum, hypot, log, prod, sqrt

from scipy.special import betainccinv, betaincinv, ndtri

from seriatim.methods.kernels.counts import as_counts, require, tail_of
from seriatim.methods.values import Estimate, Interval, NotEstimable

_EXACT = "Clopper-Pearson"
_PRODUCT = "1 minus the product of (1 - hazard)"
_GREENWOOD = "Greenwood variance on the log(-log) scale"
_SQUARE_AND_ADD = "square-and-add of the intervals of both risks"


def hazards(at_risk: Sequence[int], events: Sequence[int], level: float = 0.95) -> tuple[Estimate | NotEstimable, ...]:
    """Return for each dose number the share of those at risk who had their first event after it, exact interval.

    `at_risk` and `events` run over dose numbers from 1. At risk at a dose are those who were given it and had no
    event after an earlier one. ValueError where the counts cannot follow one another. Source: clopper_pearson_1934.

    Hypotension after the first dose in 7 of 155 patients, after the second in 10 of the 140 who were given it:

    >>> [round(hazard.value, 3) for hazard in hazards([155, 140], [7, 10])]
    [0.045, 0.071]
    """
    steps = enumerate(_steps(at_risk, events), start=1)
    return tuple(_hazard(number, n, had, level) for number, (n, had) in steps)


def cumulative_risk(at_risk: Sequence[int], events: Sequence[int], level: float = 0.95) -> Estimate | NotEstimable:
    """Return the risk of a first event by the last dose number given, as if everyone were given all of them.

    It is 1 minus the product of (1 - hazard), with the hazards seen among those still dosed. The variance has no
    value without any event, where the upper bound is the exact one at the number at risk at the last dose, nor
    where the product falls to 0, where the lower bound is the exact one of that dose's hazard.
    Sources: greenwood_1926, kalbfleisch_prentice_1980.

    >>> risk = cumulative_risk([155, 140], [7, 10])
    >>> [round(100 * x, 1) for x in (risk.value, risk.interval.lower, risk.interval.upper)]
    [11.3, 7.2, 17.6]
    """
    risk = _cumulative(_steps(at_risk, events), level)
    if isinstance(risk, NotEstimable):
        return risk
    return Estimate(risk.value, _PRODUCT, Interval(risk.lower, risk.upper, level, risk.interval), risk.flags)


def cumulative_difference(
    at_risk_1: Sequence[int],
    events_1: Sequence[int],
    at_risk_2: Sequence[int],
    events_2: Sequence[int],
    level: float = 0.95,
) -> Estimate | NotEstimable:
    """Return the difference of two cumulative risks, last minus first, at the same number of doses.

    The interval squares and adds the distances from each risk to the bounds of its own interval, so that it stays
    within -1 and 1 and has a width although a group had no event. Sources: newcombe_1998, zou_donner_2008.

    Hypotension by the second dose, first group against last, in points:

    >>> change = cumulative_difference([155, 140], [7, 10], [156, 130], [1, 2])
    >>> [round(100 * x, 1) for x in (change.value, change.interval.lower, change.interval.upper)]
    [-9.2, -15.6, -3.1]
    """
    require(len(at_risk_1) == len(at_risk_2), "both groups need the same number of doses", len(at_risk_2))
    first, last = (_cumulative(_steps(*g), level) for g in ((at_risk_1, events_1), (at_risk_2, events_2)))
    if isinstance(first, NotEstimable):
        return NotEstimable(f"first group: {first.reason}")
    if isinstance(last, NotEstimable):
        return NotEstimable(f"last group: {last.reason}")
    value = last.value - first.value
    below = hypot(last.value - last.lower, first.upper - first.value)
    above = hypot(last.upper - last.value, first.value - first.lower)
    flags = tuple(dict.fromkeys((*first.flags, *last.flags)))
    return Estimate(value, _PRODUCT, Interval(value - below, value + above, level, _SQUARE_AND_ADD), flags)


@dataclass(frozen=True, slots=True)
class _Risk:
    value: float
    lower: float
    upper: float
    interval: str
    flags: tuple[str, ...] = ()


def _steps(at_risk: Sequence[int], events: Sequence[int]) -> list[tuple[int, int]]:
    """At risk and events, a pair a dose number."""
    require(len(at_risk) == len(events), "at_risk and events need the same length", len(events))
    as_counts(events, at_risk)
    steps = [(int(n), int(had)) for n, had in zip(at_risk, events, strict=True)]
    for (n, had), (later, _) in pairwise(steps):
        require(later <= n - had, "at risk at a dose are at most those without an event before it", later)
    return steps


def _hazard(number: int, n: int, had: int, level: float) -> Estimate | NotEstimable:
    if n == 0:
        return NotEstimable(f"no patient was at risk at dose {number}")
    tail = tail_of(level)
    return Estimate(had / n, _EXACT, Interval(_lower(had, n, tail), _upper(had, n, tail), level, _EXACT))


def _lower(had: int, n: int, tail: float) -> float:
    return float(betaincinv(had, n - had + 1, tail)) if had else 0.0


def _upper(had: int, n: int, tail: float) -> float:
    return float(betainccinv(had + 1, n - had, tail)) if had < n else 1.0


def _cumulative(steps: list[tuple[int, int]], level: float) -> _Risk | NotEstimable:
    tail = tail_of(level)
    if not steps:
        return NotEstimable("there are no doses")
    for number, (n, had) in enumerate(steps, start=1):
        if n == 0:
            return NotEstimable(f"no patient was at risk at dose {number}")
        if n == had:
            return _Risk(1.0, _lower(n, n, tail), 1.0, f"exact at dose {number}", ("all_at_risk_had_it",))
    if not any(had for _, had in steps):
        # Those at risk at the last dose went through every dose; who stopped before only adds to what is known.
        return _Risk(0.0, 0.0, _upper(0, steps[-1][0], tail), "exact at the last dose", ("no_event",))
    return _greenwood(steps, tail)


def _greenwood(steps: list[tuple[int, int]], tail: float) -> _Risk:
    without_event = prod(1 - had / n for n, had in steps)
    variance = fsum(had / (n * (n - had)) for n, had in steps)
    reach = exp(float(ndtri(1 - tail)) * sqrt(variance) / -log(without_event))
    return _Risk(1 - without_event, 1 - without_event ** (1 / reach), 1 - without_event**reach, _GREENWOOD)
