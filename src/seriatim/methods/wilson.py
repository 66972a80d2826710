"""Between which bounds does a single proportion lie, with a coverage right on average rather than guaranteed?"""

from __future__ import annotations

from scipy.special import ndtri

from seriatim.methods.kernels.counts import as_counts, tail_of
from seriatim.methods.kernels.score_interval import score_interval
from seriatim.methods.values import Estimate, Interval, NotEstimable


def wilson(events: int, n: int, level: float = 0.95) -> Estimate | NotEstimable:
    """Return the proportion with Wilson's score interval.

    ValueError where events lie outside 0 to n. Source: wilson_1927.

    Line sepsis in 6 of 155 patients, in percent:

    >>> risk = wilson(6, 155)
    >>> [round(100 * x, 1) for x in (risk.value, risk.interval.lower, risk.interval.upper)]
    [3.9, 1.8, 8.2]
    """
    as_counts(events, n)
    z = float(ndtri(1 - tail_of(level)))
    if n == 0:
        return NotEstimable("there are no patients")
    return Estimate(events / n, "Wilson", Interval(*score_interval(events, n, z), level, "Wilson"))
