"""Could a difference between two groups come about by chance, counting the far tail only as deep as the near one?"""

from __future__ import annotations

import numpy as np

from seriatim.methods.kernels.counts import as_counts
from seriatim.methods.kernels.hypergeometric import LIKELIHOOD_SLACK, Floats, Tables, read_tables
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue


def blaker(events_1: int, n_1: int, events_2: int, n_2: int) -> PValue | NotEstimable:
    """Return Blaker's exact P for an odds ratio of 1, all margins fixed.

    It adds to the observed tail the largest tail on the other side that is no larger, so it never exceeds the
    central P. ValueError where the counts are impossible. Source: fay_2010.

    Response in 6 of 18 patients, then in 12 of 17:

    >>> print(f"{blaker(6, 18, 12, 17).value:.4f}")
    0.0437
    """
    as_counts([events_1, events_2], [n_1, n_2])
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    total = events_1 + events_2
    value, below, warning = floored(float(read_tables(events_2, n_1, n_2, total, _no_larger_tail)[0][0]))
    flags = ("single_table",) if total in (0, n_1 + n_2) else ()
    return PValue(value, "Blaker exact", "tail probability ordering", flags=flags + below, warning=warning)


def _no_larger_tail(tables: Tables) -> Floats:
    law = tables.law[0]
    tail = np.minimum(np.cumsum(law), np.cumsum(law[::-1])[::-1])
    is_counted = tail <= tail[tables.column] * (1 + LIKELIHOOD_SLACK)
    return np.asarray(np.minimum(law[is_counted].sum(keepdims=True), 1.0))
