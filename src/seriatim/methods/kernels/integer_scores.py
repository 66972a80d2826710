"""Which smallest whole numbers keep the spacing of a set of scores?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, isfinite, lcm

import numpy as np
from numpy.typing import NDArray

LARGEST = 2**40


def integer_scores(scores: Sequence[float | Fraction]) -> NDArray[np.int64]:
    """Shift and divide scores to the smallest equivalent integers, so that sums of scores compare exactly.

    The lowest score becomes 0. A float is read as the nearest fraction with a denominator up to a million, which
    recovers the mean of a thousand case numbers; give a `Fraction` where that is too coarse. Raises ValueError
    where a score is not finite or the integers would pass 2**40 (scores without a common unit: round them first).

    The mean case numbers of three groups of 155, and of a last group of 156:

    >>> integer_scores([78, 233, 388]).tolist()
    [0, 1, 2]
    >>> integer_scores([78, 233, 388.5]).tolist()
    [0, 310, 621]
    """
    fractions = [_as_fraction(score) for score in scores]
    unit = lcm(*(fraction.denominator for fraction in fractions))
    whole = [int(fraction * unit) for fraction in fractions]
    lowest = min(whole, default=0)
    step = gcd(*(value - lowest for value in whole)) or 1
    smallest = [(value - lowest) // step for value in whole]
    if max(smallest, default=0) > LARGEST:
        raise ValueError("the scores share no common unit of a practical size; round them to fewer digits")
    return np.array(smallest, dtype=np.int64)


def _as_fraction(score: float | Fraction) -> Fraction:
    if isinstance(score, Fraction):
        return score
    if not isfinite(score):
        raise ValueError(f"a score must be a finite number, got {score}")
    # Case numbers are exact in a float, their means rarely: 26.333... is 79/3 and not its binary neighbour.
    return Fraction(float(score)).limit_denominator(1_000_000)
