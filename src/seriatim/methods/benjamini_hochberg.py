"""Which of many screened P values hold, if a given share of false leads among them can be borne?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seriatim.methods.kernels.counts import require


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Return P values adjusted for the false discovery rate, in the order given.

    NaN (not estimable) stays NaN and does not count as a test. ValueError outside 0 to 1.
    Source: benjamini_hochberg_1995.

    >>> benjamini_hochberg([0.01, 0.04, 0.03, float("nan")])
    array([0.03, 0.04, 0.04,  nan])
    """
    values = np.asarray(p, float)
    known = np.flatnonzero(~np.isnan(values))
    require(bool(np.all((values[known] >= 0) & (values[known] <= 1))), "a P value lies between 0 and 1", p)
    falling = known[np.argsort(-values[known], kind="stable")]
    adjusted = np.full(values.shape, np.nan)
    # Rank m gets factor m/m and rank 1 factor m/1; the running minimum keeps the order of the P values.
    factor = len(falling) / np.arange(len(falling), 0, -1)
    adjusted[falling] = np.minimum.accumulate(np.minimum(values[falling] * factor, 1.0))
    return adjusted
