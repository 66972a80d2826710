"""Could a difference between two groups this large come about by chance, with all margins fixed?"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seriatim.methods.kernels.counts import as_counts, require
from seriatim.methods.kernels.hypergeometric import at_least, at_most, exactly, no_likelier, read_tables
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.values import NotEstimable, PValue

Convention = Literal["central", "minimum likelihood", "mid-P central"]
CONVENTIONS: tuple[Convention, ...] = ("central", "minimum likelihood", "mid-P central")


def fisher_exact(
    events_1: int, n_1: int, events_2: int, n_2: int, convention: Convention = "central"
) -> PValue | NotEstimable:
    """Return Fisher's two-sided exact P by a named convention.

    "central" is twice the smaller tail (often called doubled), at most 1; "minimum likelihood" sums all tables no
    likelier than the observed one (R's fisher.test); "mid-P central" is central with half the observed table,
    less conservative and without the guarantee. With groups of one size the first two are the same number.
    ValueError where the counts are impossible. Source: fay_2010.

    Ischaemia in 5 of the first 155 patients and none of the last 155:

    >>> print(f"{fisher_exact(5, 155, 0, 155).value:.4f}")
    0.0605
    >>> print(f"{fisher_exact(5, 155, 0, 155, 'mid-P central').value:.4f}")
    0.0302
    """
    p = float(fisher_exact_many(events_1, n_1, events_2, n_2, convention)[()])
    if np.isnan(p):
        return NotEstimable("a group has no patients")
    value, below, warning = floored(p)
    # With no event, or only events, the margins allow a single table, and its P is 1 whatever happened.
    flags = ("single_table",) if events_1 + events_2 in (0, n_1 + n_2) else ()
    return PValue(value, "Fisher exact", convention, flags=flags + below, warning=warning)


def fisher_exact_many(
    events_1: ArrayLike,
    n_1: ArrayLike,
    events_2: ArrayLike,
    n_2: ArrayLike,
    convention: Convention = "central",
) -> NDArray[np.float64]:
    """Return Fisher's exact P for arrays of tables, NaN where a group is empty; P below 1e-308 becomes 0.

    >>> fisher_exact_many([28, 5], 155, [6, 0], 155).round(6)
    array([8.3000e-05, 6.0487e-02])
    """
    require(convention in CONVENTIONS, f"a convention of Fisher's test is one of {CONVENTIONS}", convention)
    first, size_1 = as_counts(events_1, n_1)
    last, size_2 = as_counts(events_2, n_2)
    first, size_1, last, size_2 = np.broadcast_arrays(first, size_1, last, size_2)
    p = _p(last, size_1, size_2, first + last, convention).reshape(first.shape)
    return np.where((size_1 > 0) & (size_2 > 0), p, np.nan)


def _p(
    last: NDArray[np.float64],
    size_1: NDArray[np.float64],
    size_2: NDArray[np.float64],
    total: NDArray[np.float64],
    convention: Convention,
) -> NDArray[np.float64]:
    if convention == "minimum likelihood":
        return read_tables(last, size_1, size_2, total, no_likelier)[0]
    fewer, more, observed = read_tables(last, size_1, size_2, total, at_most, at_least, exactly)
    if convention == "mid-P central":
        return np.asarray(np.minimum(1.0, 2 * np.minimum(fewer, more) - observed))
    return np.asarray(np.minimum(1.0, 2 * np.minimum(fewer, more)))
