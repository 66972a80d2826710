"""Which proportions does the score test not reject?"""

from __future__ import annotations

from math import sqrt


def score_interval(events: float, n: float, z: float) -> tuple[float, float]:
    """Return both bounds of Wilson's interval at the normal quantile `z`. Source: wilson_1927.

    >>> [round(bound, 4) for bound in score_interval(6, 155, 1.96)]
    [0.0179, 0.0819]
    """
    p, squared = events / n, z * z / n
    upper = (p + squared / 2 + sqrt(squared * (p * (1 - p) + squared / 4))) / (1 + squared)
    # Both bounds solve one quadratic; their product keeps the digits of the lower one where p is near 0.
    lower = p * p / ((1 + squared) * upper)
    return lower, min(upper, 1.0)
