"""Where does each of many rising functions cross zero between two ends?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TINY = 1e-300


def bracketed_root(function: Callable[[Floats], Floats], low: Floats, high: Floats, precision: float = 1e-15) -> Floats:
    """Return each element's crossing by interpolate-truncate-project steps, never more than bisection plus one.

    The function is negative on the left of its crossing and positive on the right; at the ends themselves it may
    be 0, as score functions are where there is no variance. It gets and gives arrays of the brackets' shape.
    NaN ends give NaN.

    >>> bracketed_root(lambda x: x * x - np.array([2.0, 3.0]), np.zeros(2), np.full(2, 2.0)).round(4)
    array([1.4142, 1.7321])
    """
    # The signs at the ends are known beforehand; only their sizes are asked for.
    ends = _Bracket(low, high, np.minimum(function(low), -_TINY), np.maximum(function(high), _TINY))
    width = np.maximum(high - low, precision)
    slack, pull = precision * np.exp2(np.ceil(np.log2(width / precision))), 0.2 / width
    while np.any(ends.above - ends.below > (enough := precision + 1e-15 * np.abs(ends.above + ends.below))):
        x = _next_point(ends, np.maximum(pull * (ends.above - ends.below) ** 2, enough / 2), slack)
        ends, slack = ends.narrowed(x, function(x)), slack / 2
    return np.asarray((ends.below + ends.above) / 2)


@dataclass(frozen=True, slots=True)
class _Bracket:
    below: Floats
    above: Floats
    f_below: Floats
    f_above: Floats

    def narrowed(self, x: Floats, f_x: Floats) -> _Bracket:
        rises = f_x > 0
        return _Bracket(
            np.where(rises, self.below, x),
            np.where(rises, x, self.above),
            np.where(rises, self.f_below, f_x),
            np.where(rises, f_x, self.f_above),
        )


def _next_point(ends: _Bracket, nudge: Floats, slack: Floats) -> Floats:
    a, b, f_a, f_b = ends.below, ends.above, ends.f_below, ends.f_above
    middle = (a + b) / 2
    # f_a <= 0 < f_b throughout, so the secant's divisor is never zero.
    secant = (f_b * a - f_a * b) / (f_b - f_a)
    # The nudge carries an accurate secant over the crossing, so that both ends close in and not one alone.
    toward_middle = np.sign(middle - secant)
    guess = secant + toward_middle * np.minimum(nudge, np.abs(middle - secant))
    # How far from the middle a guess may lie and still not fall behind bisection.
    radius = np.maximum(slack - (b - a) / 2, 0)
    return np.asarray(np.where(np.abs(guess - middle) <= radius, guess, middle - toward_middle * radius))
