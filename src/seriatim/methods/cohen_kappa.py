"""How far do two graders agree, beyond what their habits alone would give?"""

from __future__ import annotations

from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from seriatim.methods.kernels.counts import as_whole_numbers, require, tail_of
from seriatim.methods.values import Estimate, Interval, NotEstimable

Floats = NDArray[np.float64]
Weights = Literal["none", "linear", "quadratic"]
LABELS = {"none": "Cohen's kappa", "linear": "kappa, linear weights", "quadratic": "kappa, quadratic weights"}


def cohen_kappa(table: ArrayLike, weights: Weights = "none", level: float = 0.95) -> Estimate | NotEstimable:
    """Return kappa of a square table of counts, grader A in rows and grader B in columns, levels in the same order.

    `weights` "none" counts equal grades alone; "linear" and "quadratic" count near ones in part. The interval is the
    large-sample one, kept inside -1 to 1. ValueError where the table is not square or holds no counts. Sources:
    cohen_1960, cohen_1968, fleiss_1969.

    Worst diarrhoea, none or mild, moderate, severe, by two graders in 155 patients:

    >>> table = [[60, 10, 2], [8, 30, 7], [1, 6, 31]]
    >>> kappa = cohen_kappa(table)
    >>> [round(x, 2) for x in (kappa.value, kappa.interval.lower, kappa.interval.upper)]
    [0.66, 0.56, 0.76]
    >>> round(cohen_kappa(table, "quadratic").value, 2)
    0.79
    """
    counts = as_whole_numbers(table)
    require(counts.ndim == 2 and counts.shape[0] == counts.shape[1], "a table of two graders is square", counts.shape)
    tail, n = tail_of(level), float(counts.sum())
    if n == 0:
        return NotEstimable("nobody was graded by both")
    shares, credit = counts / n, _credit(len(counts), weights)
    expected = float(shares.sum(axis=1) @ credit @ shares.sum(axis=0))
    if expected == 1:
        return NotEstimable("both graders gave one and the same grade throughout")
    kappa = (float((shares * credit).sum()) - expected) / (1 - expected)
    error = _standard_error(shares, credit, kappa, expected, n)
    if error == 0:
        return Estimate(kappa, LABELS[weights], None, ("no_interval",), "The graders never differ: no interval.")
    reach = float(ndtri(1 - tail)) * error
    bounds = Interval(max(-1.0, kappa - reach), min(1.0, kappa + reach), level, "large sample")
    return Estimate(kappa, LABELS[weights], bounds)


def _credit(size: int, weights: Weights) -> Floats:
    """How much agreement each pair of levels counts as, 1 for equal ones."""
    if weights == "none":
        return np.eye(size)
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
    credit: Floats = 1 - (apart if weights == "linear" else apart**2)
    return credit


def _standard_error(shares: Floats, credit: Floats, kappa: float, expected: float, n: float) -> float:
    """Of kappa where the truth is not zero: the delta method over the table."""
    rows = credit @ shares.sum(axis=0)
    columns = shares.sum(axis=1) @ credit
    influence = credit - np.add.outer(rows, columns) * (1 - kappa)
    variance = float((shares * influence**2).sum()) - (kappa - expected * (1 - kappa)) ** 2
    # What is left of equal terms is rounding and no variance.
    return sqrt(variance / n) / (1 - expected) if variance > 1e-14 else 0.0
