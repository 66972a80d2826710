"""How much did a risk change between two groups, by an interval that anyone can work out by hand?"""

from __future__ import annotations

from math import hypot

from scipy.special import ndtri

from seriatim.methods.kernels.counts import as_counts, tail_of
from seriatim.methods.kernels.score_interval import score_interval
from seriatim.methods.values import Estimate, Interval, NotEstimable

METHOD = "Newcombe hybrid score"


def newcombe(events_1: int, n_1: int, events_2: int, n_2: int, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the difference of risks, last minus first, with Newcombe's interval (his method 10).

    The distances from each risk to the bounds of its own Wilson interval are squared and added; no continuity
    correction. ValueError where the counts are impossible. Source: newcombe_1998.

    Line sepsis in 28 of the first 155 patients and 6 of the last 155, in points:

    >>> change = newcombe(28, 155, 6, 155)
    >>> [round(100 * x, 1) for x in (change.value, change.interval.lower, change.interval.upper)]
    [-14.2, -21.3, -7.4]
    """
    as_counts([events_1, events_2], [n_1, n_2])
    z = float(ndtri(1 - tail_of(level)))
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    first, last = events_1 / n_1, events_2 / n_2
    (lower_1, upper_1), (lower_2, upper_2) = score_interval(events_1, n_1, z), score_interval(events_2, n_2, z)
    below, above = hypot(last - lower_2, upper_1 - first), hypot(upper_2 - last, first - lower_1)
    return Estimate(last - first, METHOD, Interval(last - first - below, last - first + above, level, METHOD))
