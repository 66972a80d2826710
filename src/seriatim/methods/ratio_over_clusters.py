"""How sure is a share of doses when the doses come in patients? A ratio of sums, its error counted over patients."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from seriatim.methods.values import Estimate, Interval, NotEstimable

_METHOD = "ratio estimate, error over patients"


def ratio_over_clusters(numerators: ArrayLike, denominators: ArrayLike, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the sum of the numerators over the sum of the denominators, one of each a patient.

    The variance is that of the residuals `y - r x` between patients (linearised ratio), so doses of one patient that
    resemble each other do not pass for as many independent ones. Bounds are cut at 0 and 1; no interval where fewer
    than ten patients contribute or no two differ. ValueError where arrays differ in length. Source: cochran_1977.

    Three doses of each of twenty patients, all three given against the protocol in two of them:

    >>> share = ratio_over_clusters([3, 3] + [0] * 18, [3] * 20)
    >>> round(share.value, 2), round(share.interval.lower, 2), round(share.interval.upper, 2)
    (0.1, 0.0, 0.23)
    """
    y, x = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    if y.shape != x.shape:
        raise ValueError("one numerator and one denominator a patient")
    y, x = y[x > 0], x[x > 0]
    if not len(x):
        return NotEstimable("there is no such dose")
    ratio = float(y.sum() / x.sum())
    if len(x) < FEWEST:
        return Estimate(ratio, _METHOD, warning=f"no interval: {len(x)} patients contribute, fewer than {FEWEST}")
    residuals = y - ratio * x
    variance = float((residuals**2).sum()) * len(x) / (len(x) - 1) / float(x.sum()) ** 2
    if variance == 0:
        return Estimate(ratio, _METHOD, warning="no interval: no two patients differ")
    reach = float(-ndtri((1 - level) / 2)) * variance**0.5
    return Estimate(ratio, _METHOD, Interval(max(0.0, ratio - reach), min(1.0, ratio + reach), level, _METHOD))


FEWEST = 10
