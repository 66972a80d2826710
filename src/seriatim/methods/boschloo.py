"""Could a difference between two groups come about by chance, when only the sizes of the groups were fixed?"""

from __future__ import annotations

from typing import Literal

import numpy as np

from seriatim.methods.kernels.counts import as_counts, require
from seriatim.methods.kernels.hypergeometric import (
    LIKELIHOOD_SLACK,
    Reader,
    at_least,
    at_most,
    no_likelier,
    read_tables,
)
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.kernels.worst_chance import LARGEST, worst_chance
from seriatim.methods.values import NotEstimable, PValue

Convention = Literal["central", "minimum likelihood"]
CONVENTIONS: tuple[Convention, ...] = ("central", "minimum likelihood")

_NAMES = {
    "central": "central: twice the smaller one-sided value",
    "minimum likelihood": "minimum likelihood: by the two-sided Fisher P",
}


def boschloo(
    events_1: int, n_1: int, events_2: int, n_2: int, convention: Convention = "central"
) -> PValue | NotEstimable:
    """Return Boschloo's unconditional exact P: how often Fisher's P comes out as small, at the worst common risk.

    "central" is twice the smaller one-sided value (scipy's two-sided one), "minimum likelihood" orders tables by
    the two-sided Fisher P (R's Exact); they agree for groups of one size. It is never above the Fisher P of its
    convention. NotEstimable above a million possible tables; ValueError where the counts are impossible.
    Source: lydersen_2009.

    Ischaemia in 5 of the first 155 patients and none of the last 155 (Fisher says 0.0605):

    >>> print(f"{boschloo(5, 155, 0, 155).value:.4f}")
    0.0471
    """
    require(convention in CONVENTIONS, f"a convention of Boschloo's test is one of {CONVENTIONS}", convention)
    as_counts([events_1, events_2], [n_1, n_2])
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    if (n_1 + 1) * (n_2 + 1) > LARGEST:
        return NotEstimable("the groups are too large to look at every table; the mid-P Fisher test comes close")
    if convention == "central":
        p = 2 * min(_supremum(events_1, n_1, events_2, n_2, order) for order in (at_most, at_least))
    else:
        p = _supremum(events_1, n_1, events_2, n_2, no_likelier)
    value, flags, warning = floored(p)
    return PValue(value, "Boschloo unconditional exact", _NAMES[convention], flags=flags, warning=warning)


def _supremum(events_1: int, n_1: int, events_2: int, n_2: int, order: Reader) -> float:
    first, last = np.arange(n_1 + 1.0)[:, None], np.arange(n_2 + 1.0)[None, :]
    fisher = read_tables(last, n_1, n_2, first + last, order)[0].reshape(n_1 + 1, n_2 + 1)
    return worst_chance(fisher <= fisher[events_1, events_2] * (1 + LIKELIHOOD_SLACK))
