"""How likely do two groups' rates vary, if their difference or ratio is held at a given value?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def difference_variance(events_1: Floats, n_1: Floats, events_2: Floats, n_2: Floats, delta: Floats) -> Floats:
    """Return the variance of the difference of rates (last minus first) under a true difference `delta`.

    The rates are the maximum likelihood ones with that difference, by the closed form of the cubic in
    miettinen_nurminen_1985; no factor N/(N-1). Groups must not be empty.

    >>> one = np.ones(1)
    >>> difference_variance(28 * one, 155 * one, 6 * one, 155 * one, 0 * one).round(6)
    array([0.00126])
    """
    total = n_1 + n_2
    cubic_2 = ((n_2 + 2 * n_1) * delta - total - events_1 - events_2) / (3 * total)
    cubic_1 = ((n_1 * delta - total - 2 * events_1) * delta + events_1 + events_2) / total
    cubic_0 = events_1 * delta * (1 - delta) / total
    q = cubic_2**3 - cubic_1 * cubic_2 / 2 + cubic_0 / 2
    spread = np.sqrt(np.maximum(cubic_2**2 - cubic_1 / 3, 0.0))
    p = np.where(q < 0, -spread, spread)
    # Rounding can push the cosine past 1, and p is 0 where all three roots meet.
    cosine = np.clip(q / np.where(p == 0, 1.0, p**3), -1.0, 1.0)
    root = 2 * p * np.cos((np.pi + np.arccos(cosine)) / 3) - cubic_2
    rate_1 = np.clip(root, np.maximum(0.0, -delta), np.minimum(1.0, 1 - delta))
    rate_2 = np.clip(rate_1 + delta, 0.0, 1.0)
    return rate_1 * (1 - rate_1) / n_1 + rate_2 * (1 - rate_2) / n_2


def ratio_variance(events_1: Floats, n_1: Floats, events_2: Floats, n_2: Floats, ratio: Floats) -> Floats:
    """Return the variance of (last rate - ratio x first rate) under a true ratio of rates `ratio`.

    >>> one = np.ones(1)
    >>> ratio_variance(28 * one, 155 * one, 6 * one, 155 * one, one).round(6)
    array([0.00126])
    """
    events = events_1 + events_2
    a = (n_1 + n_2) * ratio
    b = ratio * (n_2 + events_1) + n_1 + events_2
    # The smaller root in the form that does not subtract two nearly equal numbers.
    rate_1 = 2 * events / (b + np.sqrt(np.maximum(b * b - 4 * a * events, 0.0)))
    rate_1 = np.minimum(rate_1, np.minimum(1.0, 1 / ratio))
    rate_2 = np.minimum(ratio * rate_1, 1.0)
    return np.asarray(ratio**2 * rate_1 * (1 - rate_1) / n_1 + rate_2 * (1 - rate_2) / n_2)
