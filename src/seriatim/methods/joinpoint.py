"""Did the trend of a risk bend, where, and is a bend more than chance when its place was sought?"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, expit, log_expit, logit, ndtri, xlogy

from seriatim.methods.kernels.counts import as_counts, require, tail_of
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

Floats = NDArray[np.float64]

METHOD = "logistic joinpoint, one join at a block"
TEST = "largest likelihood ratio of a bend over all joins"
STEPS = 40
FEWEST = 7
EVENTS_NEEDED = 15


@dataclass(frozen=True, slots=True)
class Bend:
    """Where the line bends, its slopes (log odds per unit of time) before and after, and the test of any bend."""

    join: Estimate
    slope_before: Estimate
    slope_after: Estimate
    p: PValue
    deviance: float
    straight_deviance: float


def joinpoint(
    time: ArrayLike,
    events: ArrayLike,
    n: ArrayLike,
    generator: np.random.Generator,
    draws: int = 999,
    level: float = 0.95,
) -> Bend | NotEstimable:
    """Fit a line with one bend to the logit of a risk over blocks, and test it by parametric bootstrap.

    Joins are sought at the blocks themselves, with two blocks at least on each side. Under no bend the counts are drawn
    again from the straight line, since shuffled residuals are wrong for rare events; P = (1 + as large) / (1 + draws).
    The interval of the join is by profile likelihood, those of the slopes take the join as given. NotEstimable with
    fewer than seven blocks, fewer than 15 events or non-events. ValueError on impossible counts.
    Sources: kim_2000, phipson_smyth_2010.

    Events among 30 patients in each of ten blocks: a fall that ends half way.

    >>> events, generator = [20, 16, 12, 8, 4, 3, 4, 3, 3, 4], np.random.default_rng(1)
    >>> bend = joinpoint(range(1, 11), events, [30] * 10, generator, draws=199)
    >>> bend.join.value, bend.p.value
    (6.0, 0.025)
    """
    had, patients = as_counts(events, n)
    when = np.asarray(time, dtype=np.float64)
    require(had.ndim == 1 and when.shape == had.shape, "time, events and n must be lists of one length", when.shape)
    require(bool(np.all(np.isfinite(when)) and np.all(np.diff(when) > 0)), "times must ascend, each once", time)
    require(draws >= 1, "at least one series must be drawn", draws)
    tail_of(level)
    seen = patients > 0
    blocks = _Blocks(when[seen], had[seen], patients[seen])
    if blocks.time.size < FEWEST:
        return NotEstimable(f"{blocks.time.size} blocks with patients; a bend needs {FEWEST}")
    fewer = min(had.sum(), (patients - had).sum())
    if fewer < EVENTS_NEEDED:
        return NotEstimable(f"{fewer:.0f} events (or non-events); a bend needs {EVENTS_NEEDED}")
    return _bend(blocks, generator, draws, level)


@dataclass(frozen=True, eq=False)
class _Blocks:
    time: Floats
    events: Floats
    n: Floats

    @property
    def joins(self) -> Floats:
        return self.time[2:-2]

    def design(self, join: float | None) -> Floats:
        unit = (self.time - self.time.mean()) / np.ptp(self.time)
        line = np.column_stack([np.ones_like(unit), unit])
        if join is None:
            return line
        return np.column_stack([line, np.maximum(self.time - join, 0.0) / np.ptp(self.time)])


def _bend(blocks: _Blocks, generator: np.random.Generator, draws: int, level: float) -> Bend:
    observed = blocks.events[None]
    straight, risk = _maximised(blocks.design(None), observed, blocks.n)
    bent = np.array([_maximised(blocks.design(join), observed, blocks.n)[0][0] for join in blocks.joins])
    best, gain = int(bent.argmax()), 2 * float(bent.max() - straight[0])
    drawn = generator.binomial(blocks.n.astype(np.int64), risk[0], size=(draws, blocks.n.size)).astype(np.float64)
    p = (1 + int((_gains(blocks, drawn) >= gain - 1e-9).sum())) / (1 + draws)
    convention = f"parametric bootstrap from the straight line, {draws} series"
    error = sqrt(p * (1 - p) / draws)
    test = PValue(p, TEST, convention, statistic=gain, mc_error=error, flags=("simulated",))
    kept = blocks.joins[2 * (bent.max() - bent) <= chdtri(1, 1 - level)]
    interval = Interval(float(kept[0]), float(kept[-1]), level, "profile likelihood over blocks, approximate")
    join = Estimate(float(blocks.joins[best]), METHOD, interval)
    before, after = _slopes(blocks, join.value, level)
    saturated = _saturated(blocks)
    return Bend(join, before, after, test, 2 * (saturated - float(bent.max())), 2 * (saturated - float(straight[0])))


def _gains(blocks: _Blocks, series: Floats) -> Floats:
    straight = _maximised(blocks.design(None), series, blocks.n)[0]
    bent = np.array([_maximised(blocks.design(join), series, blocks.n)[0] for join in blocks.joins])
    return np.asarray(2 * (bent.max(axis=0) - straight))


def _maximised(design: Floats, series: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The maximum log likelihood of each series (a row) and its fitted risks, all rows in one iteration."""
    coefficients, _ = _fit(design, series, n)
    predictor = np.clip(coefficients @ design.T, -30, 30)
    likelihood = (series * log_expit(predictor) + (n - series) * log_expit(-predictor)).sum(axis=1)
    return likelihood, np.asarray(expit(predictor))


def _fit(design: Floats, series: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Newton's steps for each row, cut where a row without events would run away; and the last information."""
    products = np.einsum("ij,ik->ijk", design, design).reshape(len(design), -1)
    terms = design.shape[1]
    coefficients = np.zeros((len(series), terms))
    coefficients[:, 0] = logit((series.sum(axis=1) + 0.5) / (n.sum() + 1))
    information = np.zeros((len(series), terms, terms))
    for _ in range(STEPS):
        risk = expit(np.clip(coefficients @ design.T, -30, 30))
        information = ((n * risk * (1 - risk)) @ products).reshape(-1, terms, terms) + 1e-10 * np.eye(terms)
        step = np.linalg.solve(information, ((series - n * risk) @ design)[:, :, None])[:, :, 0]
        coefficients = coefficients + np.clip(step, -5, 5)
        if np.max(np.abs(step)) < 1e-9:
            break
    return coefficients, information


def _slopes(blocks: _Blocks, join: float, level: float) -> tuple[Estimate, Estimate]:
    coefficients, information = _fit(blocks.design(join), blocks.events[None], blocks.n)
    covariance, span = np.linalg.inv(information[0]), float(np.ptp(blocks.time))
    return (
        _slope(np.array([0.0, 1.0, 0.0]) / span, coefficients[0], covariance, level),
        _slope(np.array([0.0, 1.0, 1.0]) / span, coefficients[0], covariance, level),
    )


def _slope(contrast: Floats, coefficients: Floats, covariance: Floats, level: float) -> Estimate:
    value, reach = (
        float(contrast @ coefficients),
        float(-ndtri(tail_of(level)) * sqrt(contrast @ covariance @ contrast)),
    )
    interval = Interval(value - reach, value + reach, level, "Wald, the join taken as given")
    return Estimate(value, METHOD, interval, flags=("join_given",))


def _saturated(blocks: _Blocks) -> float:
    own = blocks.events / blocks.n
    return float((xlogy(blocks.events, own) + xlogy(blocks.n - blocks.events, 1 - own)).sum())
