"""Which of a declared family of P values hold, if one false claim in the family is one too many?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seriatim.methods.kernels.counts import require


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Return P values adjusted by Holm's step-down rule, in the order given.

    NaN (not estimable) stays NaN and does not count as a test. ValueError outside 0 to 1. Source: holm_1979.

    >>> holm([0.01, 0.04, 0.03, float("nan")])
    array([0.03, 0.06, 0.06,  nan])
    """
    values = np.asarray(p, float)
    known = np.flatnonzero(~np.isnan(values))
    require(bool(np.all((values[known] >= 0) & (values[known] <= 1))), "a P value lies between 0 and 1", p)
    rising = known[np.argsort(values[known], kind="stable")]
    adjusted = np.full(values.shape, np.nan)
    # A larger P value may never look better than a smaller one, hence the running maximum.
    stepped = np.maximum.accumulate(values[rising] * np.arange(len(rising), 0, -1))
    adjusted[rising] = np.minimum(stepped, 1.0)
    return adjusted
