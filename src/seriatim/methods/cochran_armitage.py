"""Does a proportion rise or fall over ordered groups?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from seriatim.methods.kernels.counts import as_counts, require
from seriatim.methods.kernels.integer_scores import integer_scores
from seriatim.methods.kernels.table_trend import score_sum_tails, score_sum_work
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue

Floats = NDArray[np.float64]
Variance = Literal["hypergeometric", "binomial"]
Convention = Literal["distance", "mid_p"]

CONVENTIONS = {
    "distance": "two-sided by distance |S - E|, margins fixed",
    "mid_p": "two-sided by distance |S - E|, margins fixed, mid-P",
}


def cochran_armitage(
    events: Sequence[int],
    n: Sequence[int],
    scores: Sequence[float | Fraction],
    variance: Variance = "hypergeometric",
) -> PValue | NotEstimable:
    """Test a linear trend of proportions over scored groups, by the normal approximation.

    `events`, `n` and `scores` have one entry a group; the statistic is z, positive where the proportion rises with
    the score. `variance` is "hypergeometric" (divisor N - 1; margins fixed) or "binomial" (divisor N; the form of
    R's prop.trend.test). No continuity correction. Raises ValueError on impossible counts. Source: armitage_1955.

    Line infections in four consecutive groups of 155 patients:

    >>> trend = cochran_armitage([28, 21, 14, 6], [155, 155, 155, 155], scores=[1, 2, 3, 4])
    >>> round(trend.statistic, 2), round(trend.value, 5)
    (-4.17, 3e-05)
    """
    _check(events, n, scores)
    if reason := _no_trend_reason(events, n, scores):
        return NotEstimable(reason)
    z, p = cochran_armitage_many(np.array([events]), np.array(n), scores, variance)
    value, flags, warning = floored(float(p[0]))
    return PValue(
        value,
        f"Cochran-Armitage trend test, {variance} variance",
        "two-sided normal, no continuity correction",
        statistic=float(z[0]),
        flags=("asymptotic", *flags),
        warning=warning,
    )


def cochran_armitage_exact(
    events: Sequence[int],
    n: Sequence[int],
    scores: Sequence[float | Fraction],
    convention: Convention = "distance",
    max_work: float = 1e10,
) -> PValue | NotEstimable:
    """Test a linear trend of proportions over scored groups, exactly, given the margins.

    Two-sided by distance, P(|S - E| >= observed) for the sum S of the scores of the events, or its mid-P. The
    statistic is z with the hypergeometric variance, as in `cochran_armitage`. Scores are compared as whole numbers.
    Where `exact_work` passes `max_work` (about a second or two) the answer is a reason. Raises ValueError on
    impossible counts. Source: agresti_1992.

    Cardiac ischaemia in eight groups of 155 patients:

    >>> trend = cochran_armitage_exact([5, 3, 2, 2, 1, 1, 0, 0], [155] * 8, scores=range(8))
    >>> round(trend.value, 6)
    0.001383
    """
    _check(events, n, scores)
    if reason := _no_trend_reason(events, n, scores):
        return NotEstimable(reason)
    if (work := exact_work(events, n, scores)) > max_work:
        return NotEstimable(f"the exact distribution would take {work:.0e} steps, more than the {max_work:.0e} allowed")
    as_far, farther = _two_sided_tails(
        tuple(int(x) for x in events), tuple(int(size) for size in n), tuple(integer_scores(scores).tolist())
    )
    value, flags, warning = floored(as_far if convention == "distance" else (as_far + farther) / 2)
    z, _ = cochran_armitage_many(np.array([events]), np.array(n), scores)
    return PValue(
        value,
        "exact conditional Cochran-Armitage trend test",
        CONVENTIONS[convention],
        statistic=float(z[0]),
        flags=("exact", *flags),
        warning=warning,
    )


def exact_work(events: Sequence[int], n: Sequence[int], scores: Sequence[float | Fraction]) -> float:
    """Estimate the multiplications that `cochran_armitage_exact` would do.

    >>> exact_work([5, 3, 2], [155, 155, 155], scores=[78, 233, 388]) < 1e10
    True
    """
    return score_sum_work([int(size) for size in n], integer_scores(scores).tolist(), int(sum(events)))


def cochran_armitage_many(
    events: ArrayLike, n: ArrayLike, scores: Sequence[float | Fraction], variance: Variance = "hypergeometric"
) -> tuple[Floats, Floats]:
    """Test many trends at once: z and two-sided normal P for each row of `events` (rows, groups).

    `n` has one entry a group, or the shape of `events`. A row without a trend to test (no event, only events, or
    one group) gives NaN twice. Agrees with `cochran_armitage` row by row.

    >>> z, p = cochran_armitage_many([[28, 21, 14, 6], [5, 3, 1, 0]], [155, 155, 155, 155], scores=[1, 2, 3, 4])
    >>> z.round(2).tolist()
    [-4.17, -2.55]
    """
    x = np.asarray(events, dtype=np.float64)
    size = np.broadcast_to(np.asarray(n, dtype=np.float64), x.shape)
    total, happened = size.sum(axis=1), x.sum(axis=1)
    # Scores are measured from their mean first, so that large case numbers do not cancel away the digits.
    score = np.array([float(score) for score in scores])
    centred = score - ((size @ score) / np.where(total > 0, total, 1))[:, None]
    spread = (size * centred**2).sum(axis=1)
    divisor = total * (total - 1 if variance == "hypergeometric" else total)
    information = happened * (total - happened) * spread
    estimable = (information > 0) & (divisor > 0)
    z = np.full(x.shape[0], np.nan)
    z[estimable] = (x * centred).sum(axis=1)[estimable] / np.sqrt(information[estimable] / divisor[estimable])
    return z, 2 * ndtr(-np.abs(z))


# One pass gives both conventions, and a table of hundreds of terms holds the same few events many times.
@lru_cache(maxsize=1024)
def _two_sided_tails(events: tuple[int, ...], n: tuple[int, ...], scores: tuple[int, ...]) -> tuple[float, float]:
    """Give P(|S - E| >= observed) and P(|S - E| > observed)."""
    total, happened = sum(n), sum(events)
    observed = sum(x * score for x, score in zip(events, scores, strict=True))
    expected = happened * sum(size * score for size, score in zip(n, scores, strict=True))  # times the total
    distance = abs(total * observed - expected)
    low, high = (expected - distance) // total, -((-expected - distance) // total)
    # Just as far on the other side may fall between two sums; then no table there is left out by the strict reading.
    strictly_low, strictly_high = -((distance - expected) // total) - 1, (expected + distance) // total + 1
    below, above = score_sum_tails(n, scores, happened, [low, strictly_low], [high, strictly_high])
    return 1.0 if distance == 0 else float(below[0] + above[0]), float(below[1] + above[1])


def _check(events: Sequence[int], n: Sequence[int], scores: Sequence[float | Fraction]) -> None:
    lengths = (len(events), len(n), len(scores))
    require(len(set(lengths)) == 1, "events, n and scores must be of one length", lengths)
    as_counts(list(events), list(n))


def _no_trend_reason(events: Sequence[int], n: Sequence[int], scores: Sequence[float | Fraction]) -> str | None:
    if len({score for score, size in zip(scores, n, strict=True) if size}) < 2:
        return "a trend needs at least two groups with different scores and someone in them"
    if sum(events) in {0, sum(n)}:
        return f"{sum(events)} events among {sum(n)}: the groups cannot differ"
    return None
