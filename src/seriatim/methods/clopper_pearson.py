"""Between which bounds does a single proportion lie, with a coverage that is guaranteed?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainccinv, betaincinv

from seriatim.methods.kernels.counts import as_counts, tail_of
from seriatim.methods.values import Estimate, Interval, NotEstimable

_METHOD = "Clopper-Pearson"


def clopper_pearson(events: int, n: int, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the proportion with its exact interval, never narrower than its level promises.

    At 0 of n and n of n one side is the edge itself, and the other is a bound at half the tail.
    ValueError where events lie outside 0 to n. Source: clopper_pearson_1934.

    No deaths among 809 patients still allow a risk of about 1 in 220:

    >>> round(clopper_pearson(0, 809).interval.upper, 4)
    0.0045
    """
    lower, upper = clopper_pearson_bounds(events, n, level)
    if n == 0:
        return NotEstimable("there are no patients")
    return Estimate(events / n, _METHOD, Interval(float(lower), float(upper), level, _METHOD))


def clopper_pearson_upper(events: int, n: int, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the proportion with an exact upper bound alone: the whole tail lies above it.

    >>> round(clopper_pearson_upper(0, 809).interval.upper, 5)
    0.0037
    """
    cases, patients = as_counts(events, n)
    upper = _upper(cases, patients, tail_of(level, sides=1))
    if n == 0:
        return NotEstimable("there are no patients")
    return Estimate(events / n, _METHOD, Interval(0.0, float(upper), level, _METHOD, sides=1))


def clopper_pearson_bounds(
    events: ArrayLike, n: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lower and upper bounds for arrays of counts, NaN where there are no patients.

    >>> lower, upper = clopper_pearson_bounds([28, 6], 155)
    >>> lower.round(3), upper.round(3)
    (array([0.124, 0.014]), array([0.25 , 0.082]))
    """
    cases, patients = as_counts(events, n)
    tail = tail_of(level)
    return _lower(cases, patients, tail), _upper(cases, patients, tail)


def _lower(cases: NDArray[np.float64], patients: NDArray[np.float64], tail: float) -> NDArray[np.float64]:
    # The beta quantile is undefined at 0 of n; the exact bound is 0.
    bound = np.where(cases == 0, 0.0, betaincinv(cases, patients - cases + 1, tail))
    return np.where(patients == 0, np.nan, bound)


def _upper(cases: NDArray[np.float64], patients: NDArray[np.float64], tail: float) -> NDArray[np.float64]:
    # The complement's inverse, because 1 - tail would lose the digits of small risks.
    bound = np.where(cases == patients, 1.0, betainccinv(cases + 1, patients - cases, tail))
    return np.where(patients == 0, np.nan, bound)
