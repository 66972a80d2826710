"""After how many events among the patients so far must treatment stop, so that a safe one is seldom stopped?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincc, gammaln, xlog1py, xlogy

from seriatim.methods.kernels.counts import require
from seriatim.methods.values import NotEstimable

Floats = NDArray[np.float64]
Shape = Literal["Pocock", "O'Brien-Fleming", "beta-binomial", "MaxSPRT"]
SHAPES: tuple[Shape, ...] = ("Pocock", "O'Brien-Fleming", "beta-binomial", "MaxSPRT")

_NAMES = {
    "Pocock": "same nominal level at every look",
    "O'Brien-Fleming": "same excess of events at every look (Wang-Tsiatis with exponent 0)",
    "beta-binomial": "same posterior chance of an unacceptable risk at every look",
    "MaxSPRT": "same maximised likelihood ratio at every look",
}


@dataclass(frozen=True, eq=False)
class Boundary:
    """Stop as soon as the events reach `stop_at` at a look (a number above the patients so far cannot be reached).

    `false_stop` is the exact chance to stop treatment whose risk is just acceptable; `cut` is where the shape's own
    scale was cut to get it.
    """

    looks: tuple[int, ...]
    stop_at: tuple[int, ...]
    false_stop: float
    cut: float
    method: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What a boundary does at a true risk: chance to reach it, to stop before the last look, patients on average."""

    reached: float
    stopped_early: float
    expected_patients: float


def toxicity_boundary(
    looks: Sequence[int],
    acceptable: float,
    false_stop: float = 0.05,
    shape: Shape = "Pocock",
    prior: tuple[float, float] = (0.5, 0.5),
) -> Boundary | NotEstimable:
    """Return the tightest boundary of a shape whose chance to stop at the acceptable risk is at most `false_stop`.

    `looks` are the numbers of patients at which the rule is asked, each once and ascending (1, 2, ... n for after every
    patient). Every boundary of the shape is compared by its exact chance, so nothing depends on a normal approximation.
    `prior` (of a beta law) is used by "beta-binomial" only. ValueError on impossible looks or rates.
    Sources: ivanova_2005, wang_tsiatis_1987, kulldorff_2011.

    After every one of 30 patients, with an acceptable risk of 20 %:

    >>> rule = toxicity_boundary(range(1, 31), acceptable=0.20)
    >>> rule.stop_at[:6], rule.stop_at[-1], round(rule.false_stop, 4)
    ((2, 3, 3, 4, 4, 4), 12, 0.0495)
    """
    n = _looks(looks)
    require(0 < acceptable < 1, "an acceptable risk lies between 0 and 1", acceptable)
    require(0 < false_stop < 1, "a chance of a false stop lies between 0 and 1", false_stop)
    require(shape in SHAPES, f"a shape is one of {SHAPES}", shape)
    require(min(prior) > 0, "the parameters of a beta prior are positive", prior)
    scores = _scores(n, acceptable, shape, prior)
    cuts = np.unique(scores[np.isfinite(scores)])
    low, high = -1, cuts.size
    # The chance to stop falls as the cut rises: the lowest cut that keeps it is found by bisection.
    while high - low > 1:
        middle = (low + high) // 2
        kept = _crossing(n, _first_at(scores, cuts[middle]), acceptable).reached <= false_stop
        low, high = (low, middle) if kept else (middle, high)
    if high == cuts.size:
        return NotEstimable("even the strictest boundary stops more often than that")
    return _boundary(n, _first_at(scores, cuts[high]), acceptable, float(cuts[high]), shape)


def bayesian_boundary(
    looks: Sequence[int], acceptable: float, certainty: float, prior: tuple[float, float] = (0.5, 0.5)
) -> Boundary:
    """Return the rule "stop when the posterior chance of a risk above the acceptable one exceeds `certainty`".

    Its chance of a false stop comes with it, for it is not what the certainty suggests. Source: thall_simon_1994.

    A prior of mean 20 % and a certainty of 95 %: a safe treatment is stopped in 15 % of trials.

    >>> rule = bayesian_boundary(range(1, 31), acceptable=0.20, certainty=0.95, prior=(0.4, 1.6))
    >>> round(rule.false_stop, 3)
    0.153
    """
    n = _looks(looks)
    require(0 < acceptable < 1 and 0 < certainty < 1, "risk and certainty lie between 0 and 1", (acceptable, certainty))
    require(min(prior) > 0, "the parameters of a beta prior are positive", prior)
    scores = _scores(n, acceptable, "beta-binomial", prior)
    return _boundary(n, _first_at(scores, float(np.nextafter(certainty, 1))), acceptable, certainty, "beta-binomial")


def operation(boundary: Boundary, risk: float) -> Operation:
    """Return what a boundary does when every patient has this risk, exactly.

    >>> rule = toxicity_boundary(range(1, 31), acceptable=0.20)
    >>> harmful = operation(rule, risk=0.40)
    >>> round(harmful.reached, 3), round(harmful.expected_patients, 1)
    (0.695, 18.9)
    """
    require(0 <= risk <= 1, "a risk lies between 0 and 1", risk)
    return _crossing(np.array(boundary.looks), np.array(boundary.stop_at), risk)


def _looks(looks: Sequence[int]) -> NDArray[np.int64]:
    n = np.asarray(list(looks), dtype=np.int64)
    ascends = n.size > 0 and bool(np.all(np.diff(n, prepend=0) > 0))
    require(ascends, "looks are ascending numbers of patients, the first above 0", looks)
    return n


def _boundary(
    n: NDArray[np.int64], stop_at: NDArray[np.int64], acceptable: float, cut: float, shape: Shape
) -> Boundary:
    reached = _crossing(n, stop_at, acceptable).reached
    return Boundary(tuple(n.tolist()), tuple(stop_at.tolist()), reached, cut, f"{shape}: {_NAMES[shape]}")


def _scores(n: NDArray[np.int64], acceptable: float, shape: Shape, prior: tuple[float, float]) -> Floats:
    """How strongly x events (columns) at each look (rows) speak against the acceptable risk; NaN where impossible."""
    k, x = n[:, None].astype(float), np.arange(n[-1] + 1.0)[None, :]
    possible = (x <= k) & (x > 0)
    events = np.where(possible, x, 1.0)
    if shape == "Pocock":
        score = -betainc(events, k - events + 1, acceptable)
    elif shape == "O'Brien-Fleming":
        score = np.round(events - k * acceptable, 9)
    elif shape == "beta-binomial":
        score = betaincc(prior[0] + events, prior[1] + k - events, acceptable)
    else:
        ratio = xlogy(events, events / (k * acceptable))
        ratio = ratio + xlogy(k - events, (k - events) / (k * (1 - acceptable)))
        score = np.where(events > k * acceptable, np.round(ratio, 12), -np.inf)
    return np.asarray(np.where(possible, score, np.nan))


def _first_at(scores: Floats, cut: float) -> NDArray[np.int64]:
    """The fewest events at each look whose score reaches the cut; one more than the patients so far where none does."""
    with np.errstate(invalid="ignore"):
        reaches = scores >= cut
    none = 1 + np.sum(~np.isnan(scores), axis=1)
    return np.asarray(np.where(reaches.any(axis=1), reaches.argmax(axis=1), none))


def _crossing(n: NDArray[np.int64], stop_at: NDArray[np.int64], risk: float) -> Operation:
    """Carry the law of the events from look to look, taking out what has reached the boundary."""
    going, reached, patients = np.ones(1), [], 0.0
    for size, limit in zip(np.diff(n, prepend=0).tolist(), stop_at.tolist(), strict=True):
        patients += size * float(going.sum())
        after = np.convolve(going, _binomial(size, risk))
        reached.append(float(after[limit:].sum()))
        going = after[:limit]
    return Operation(float(sum(reached)), float(sum(reached[:-1])), patients)


def _binomial(n: int, risk: float) -> Floats:
    x = np.arange(n + 1.0)
    combinations = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return np.asarray(np.exp(combinations + xlogy(x, risk) + xlog1py(n - x, -risk)))
