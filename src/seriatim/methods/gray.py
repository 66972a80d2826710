"""Do groups differ in how many have had one kind of event, when another kind can come first?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from seriatim.methods.kernels.counts import require
from seriatim.methods.kernels.follow_up import FollowUp, follow_up
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue

Floats = NDArray[np.float64]

METHOD = "Gray's test of cumulative incidence"


def gray(time: ArrayLike, events: ArrayLike, censored: ArrayLike, cause: int = 0) -> PValue | NotEstimable:
    """Compare the cumulative incidence of one cause between groups (weight 1 at all times).

    `events` holds counts of (groups, causes, times), `censored` of (groups, times); `cause` is the one compared, all
    others compete. Chi-square with one degree of freedom fewer than groups; variance with cmprsk's correction for ties.
    ValueError on impossible counts. Source: gray_1988.

    Progression, with death without it competing, in two groups of six responders:

    >>> first = [[1, 1, 1, 0, 1], [0, 0, 1, 0, 0]]
    >>> last = [[0, 0, 0, 1, 0], [1, 0, 0, 1, 0]]
    >>> p = gray([90, 180, 270, 360, 450], [first, last], [[0, 0, 0, 1, 0], [0, 0, 1, 0, 2]])
    >>> round(p.statistic, 3), round(p.value, 3)
    (3.195, 0.074)
    """
    counts = follow_up(time, events, censored)
    require(0 <= cause < counts.events.shape[1], "the cause is one of the causes counted", cause)
    own = counts.events[:, cause]
    compared = np.any(counts.at_risk[:, own.sum(axis=0) > 0] > 0, axis=1)
    if np.count_nonzero(compared) < 2:
        return NotEstimable("a comparison needs an event while at least two groups were at risk")
    kept = FollowUp(counts.time, counts.events[compared], counts.censored[compared], counts.at_risk[compared])
    score, covariance = _score(kept, cause)
    df = len(score) - 1
    # The scores add up to nothing, so the last group tells nothing new.
    if np.linalg.matrix_rank(covariance[:df, :df]) < df:
        return NotEstimable("no event while two groups were at risk together")
    statistic = float(score[:df] @ np.linalg.solve(covariance[:df, :df], score[:df]))
    value, flags, warning = floored(float(chdtrc(df, statistic)))
    convention = f"chi-square with {df} degree{'s' if df > 1 else ''} of freedom"
    return PValue(value, METHOD, convention, statistic=statistic, flags=flags, warning=warning)


def _score(counts: FollowUp, cause: int) -> tuple[Floats, Floats]:
    """Observed less expected events of each group among those whom the cause can still reach, and its covariance."""
    is_there = counts.at_risk > 0
    before, after = counts.free_before_and_after()
    safe = np.where(is_there, before, 1.0)
    # Those at risk, and those whom a competing event took, weighted as if they were still there.
    inflated = np.where(is_there, counts.at_risk / safe, 0.0)
    own = counts.events[:, cause]
    reached = np.cumsum(before * own / np.maximum(counts.at_risk, 1), axis=1)
    reached_before = np.hstack([np.zeros((len(own), 1)), reached[:, :-1]])
    reachable = inflated * (1 - reached_before)
    expected = reachable * own.sum(axis=0) / np.maximum(reachable.sum(axis=0), 1e-300)
    return (own - expected).sum(axis=1), _covariance(counts, cause, inflated, safe, np.where(is_there, after, 0.0))


def _covariance(counts: FollowUp, cause: int, inflated: Floats, before: Floats, after: Floats) -> Floats:
    """Gray's estimate under one common incidence: what an event adds to every score, now and by all later weights."""
    own = counts.events[:, cause].sum(axis=0)
    other = counts.any_cause - counts.events[:, cause]
    everyone = np.maximum(inflated.sum(axis=0), 1e-300)
    rise = own / everyone
    common = np.cumsum(rise)
    groups = len(inflated)
    # weight[i, r]: how an event in group r moves the score of group i.
    weight = inflated[None] * (np.eye(groups)[:, :, None] - (inflated / everyone)[:, None])
    to_come = np.cumsum(weight * (rise / np.maximum(1 - common + rise, 1e-300)), axis=2)
    to_come = to_come[:, :, -1:] - to_come
    ratio = np.where(after > 0, (1 - common) / np.where(after > 0, after, 1.0), 0.0)
    at_own = before * (weight + to_come * (1 - ratio))
    at_other = before * to_come * ratio
    at_risk = np.maximum(counts.at_risk, 1)
    own_share = _tied(own, everyone * before) * rise / (before * at_risk)
    other_share = _tied(other, at_risk) * other / at_risk**2
    shares = (np.where(counts.at_risk > 0, share, 0.0) for share in (own_share, other_share))
    return np.asarray(
        sum(np.einsum("iru,jru,ru->ij", a, a, share) for a, share in zip((at_own, at_other), shares, strict=True))
    )


def _tied(events: Floats, at_risk: Floats) -> Floats:
    """The factor by which events of one day spread less than as many events of different days."""
    return np.asarray(np.where(events > 1, 1 - (events - 1) / np.maximum(at_risk - 1, 1e-9), 1.0))
