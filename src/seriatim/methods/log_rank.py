"""Do groups differ in how long they stay free of the event?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from seriatim.methods.kernels.counts import as_whole_numbers, require
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue

Floats = NDArray[np.float64]


def log_rank(days: ArrayLike, events: ArrayLike, censored: ArrayLike) -> PValue | NotEstimable:
    """Compare survival curves of groups by observed against expected events, day by day.

    `events` and `censored` are counts, one row a group and one column a day; `days` ascend. Who is censored on a day
    was still at risk on it. The statistic is chi-square with the hypergeometric variance (ties of any number on a
    day), with one degree of freedom fewer than groups that were ever at risk of an event. Raises ValueError on
    impossible counts. Sources: mantel_1966, peto_peto_1972.

    Days until a response ended, in two groups of four responders:

    >>> ended = [[1, 1, 1, 0, 0], [0, 0, 0, 1, 1]]
    >>> ongoing = [[0, 0, 0, 0, 1], [0, 0, 0, 1, 1]]
    >>> round(log_rank([90, 180, 270, 360, 450], ended, ongoing).value, 3)
    0.251
    """
    day, ended, lost = np.asarray(days, dtype=np.float64), as_whole_numbers(events), as_whole_numbers(censored)
    shape = (ended.shape[0] if ended.ndim else 0, day.size)
    require(ended.shape == lost.shape == shape, "events and censored must be groups by days", (ended.shape, lost.shape))
    require(bool(np.all(np.diff(day) > 0)), "days must ascend, each once", days)
    at_risk = np.cumsum((ended + lost)[:, ::-1], axis=1)[:, ::-1]
    here = ended.sum(axis=0) > 0
    compared = np.any(at_risk[:, here] > 0, axis=1)
    if not np.any(here) or np.count_nonzero(compared) < 2:
        return NotEstimable("a comparison needs an event while at least two groups were at risk")
    return _chi_square(ended[compared][:, here], at_risk[compared][:, here])


def _chi_square(died: Floats, at_risk: Floats) -> PValue | NotEstimable:
    excess, variance = _excess(died, at_risk)
    df = len(excess) - 1
    # The excesses add up to nothing, so the last group tells nothing new.
    if np.linalg.matrix_rank(variance[:df, :df]) < df:
        return NotEstimable("no event while two groups were at risk together")
    statistic = float(excess[:df] @ np.linalg.solve(variance[:df, :df], excess[:df]))
    value, flags, warning = floored(float(chdtrc(df, statistic)))
    convention = f"chi-square with {df} degree{'s' if df > 1 else ''} of freedom, hypergeometric variance"
    return PValue(value, "log-rank test", convention, statistic=statistic, flags=flags, warning=warning)


def _excess(died: Floats, at_risk: Floats) -> tuple[Floats, Floats]:
    """Observed less expected events of each group, and their covariance."""
    deaths, everyone = died.sum(axis=0), at_risk.sum(axis=0)
    share = at_risk / everyone
    spread = deaths * (everyone - deaths) / np.maximum(everyone - 1, 1)
    covariance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    excess: Floats = (died - deaths * share).sum(axis=1)
    return excess, covariance
