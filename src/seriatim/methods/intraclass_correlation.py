"""Which share of the spread of grades lies between patients, and not between their graders?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtri

from seriatim.methods.kernels.counts import as_whole_numbers, require, tail_of
from seriatim.methods.values import Estimate, Interval, NotEstimable

Floats = NDArray[np.float64]
Model = Literal["one_way", "agreement", "consistency"]
NAMES = {"one_way": "ICC(1,1)", "agreement": "ICC(2,1)", "consistency": "ICC(3,1)"}
NAMES_OF_MEAN = {"one_way": "ICC(1,k)", "agreement": "ICC(2,k)", "consistency": "ICC(3,k)"}


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares between patients, between graders, what is left, and within patients."""

    n: float
    k: int
    patients: float
    graders: float
    rest: float
    within: float


def intraclass_correlation(
    ratings: ArrayLike,
    counts: ArrayLike | None = None,
    model: Model = "agreement",
    of_mean: bool = False,
    level: float = 0.95,
) -> Estimate | NotEstimable:
    """Return the intraclass correlation with its F interval.

    `ratings` has a row for each patient, or each pattern of grades with how many patients had it in `counts`, and a
    column for each grader. `model`: "one_way" where each patient had graders of their own, "agreement" where the same
    graders, drawn from many, graded all and a shift between them counts, "consistency" where it does not. `of_mean`
    is for the mean of the graders and not for one. ValueError on ratings without two graders or that are no numbers.
    Sources: shrout_1979, mcgraw_1996.

    Worst diarrhoea of six patients by two graders, of whom the second is stricter by a grade:

    >>> pairs = [[0, 1], [1, 2], [1, 2], [2, 3], [3, 4], [2, 3]]
    >>> round(intraclass_correlation(pairs).value, 2), intraclass_correlation(pairs, model="consistency").value
    (0.69, 1.0)
    """
    grades = np.asarray(ratings, float)
    require(grades.ndim == 2 and grades.shape[1] >= 2, "ratings have a column for each of two or more graders", ratings)
    require(bool(np.all(np.isfinite(grades))), "ratings are numbers; leave out who was not graded by all", ratings)
    n = np.ones(len(grades)) if counts is None else as_whole_numbers(counts)
    require(n.shape == (len(grades),), "one count for each row of ratings", counts)
    tail = tail_of(level)
    if n.sum() < 2:
        return NotEstimable("fewer than two patients were graded by all")
    squares = _squares(grades, n)
    if squares.patients + squares.within == 0:
        return NotEstimable("every patient had the same grade from every grader")
    value, bounds = _single(squares, model, tail)
    names = NAMES_OF_MEAN if of_mean else NAMES
    if of_mean:
        value, bounds = _of_mean(value, squares.k), tuple(_of_mean(bound, squares.k) for bound in bounds)
    if not np.all(np.isfinite((value, *bounds))):
        if not np.isfinite(value):
            return NotEstimable("nothing differs between patients: the mean of the graders has no correlation")
        return Estimate(value, names[model], None, ("no_interval",), "No spread is left to make an interval of.")
    return Estimate(value, names[model], Interval(bounds[0], bounds[1], level, f"F, {names[model]}"))


def _squares(grades: Floats, n: Floats) -> _Squares:
    total, k = float(n.sum()), grades.shape[1]
    mean = float(n @ grades.mean(axis=1)) / total
    of_patients = k * float(n @ (grades.mean(axis=1) - mean) ** 2)
    of_graders = total * float(((n @ grades / total - mean) ** 2).sum())
    # Taken from the residuals and not as a difference, which leaves rounding where it should be zero.
    residual = grades - grades.mean(axis=1, keepdims=True) - (n @ grades / total) + mean
    rest = _unless_rounding(float(n @ (residual**2).sum(axis=1)), float(n @ (grades**2).sum(axis=1)))
    of_patients = _unless_rounding(of_patients, float(n @ (grades**2).sum(axis=1)))
    return _Squares(
        total, k, of_patients / (total - 1), of_graders / (k - 1), rest / ((total - 1) * (k - 1)),
        (of_graders + rest) / (total * (k - 1)),
    )  # fmt: skip


def _unless_rounding(squares: float, scale: float) -> float:
    return squares if squares > 1e-24 * max(scale, 1.0) else 0.0


def _single(squares: _Squares, model: Model, tail: float) -> tuple[float, tuple[float, ...]]:
    """The correlation of one grader with its bounds, which are not numbers where nothing is left to divide by."""
    n, k = squares.n, squares.k
    if model == "agreement":
        return _agreement(squares, tail)
    error, freedom = (squares.within, n * (k - 1)) if model == "one_way" else (squares.rest, (n - 1) * (k - 1))
    value = (squares.patients - error) / (squares.patients + (k - 1) * error)
    if error == 0:
        return value, (np.nan, np.nan)
    ratio = squares.patients / error
    ends = ratio / fdtri(n - 1, freedom, 1 - tail), ratio * fdtri(freedom, n - 1, 1 - tail)
    return value, tuple(float((end - 1) / (end + k - 1)) for end in ends)


def _agreement(squares: _Squares, tail: float) -> tuple[float, tuple[float, ...]]:
    """The bounds stand on a combination of two mean squares, whose degrees of freedom are Satterthwaite's."""
    n, k, patients, graders, rest = squares.n, squares.k, squares.patients, squares.graders, squares.rest
    value = (patients - rest) / (patients + (k - 1) * rest + k * (graders - rest) / n)
    if value == 1 or patients == 0:
        return value, (np.nan, np.nan)
    share = value / (n * (1 - value))
    of_graders, of_rest = k * share * graders, (1 + k * share * (n - 1)) * rest
    freedom = (of_graders + of_rest) ** 2 / (of_graders**2 / (k - 1) + of_rest**2 / ((n - 1) * (k - 1)))
    low, high = fdtri(n - 1, freedom, 1 - tail), fdtri(freedom, n - 1, 1 - tail)
    both = k * graders + (k * n - k - n) * rest
    lower = n * (patients - low * rest) / (low * both + n * patients)
    upper = n * (high * patients - rest) / (both + n * high * patients)
    return value, (float(lower), float(upper))


def _of_mean(single: float, k: int) -> float:
    """Spearman and Brown: what the mean of k graders has if one has this."""
    below = 1 + (k - 1) * single
    return k * single / below if below != 0 else float("nan")
