"""Can these be outcomes of consecutive cases with their predicted risks?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seriatim.methods.kernels.counts import require

Floats = NDArray[np.float64]


def as_cases(outcomes: ArrayLike, risks: ArrayLike) -> tuple[Floats, Floats]:
    """Return outcomes (0 or 1) and risks (between 0 and 1) as floats of one length; ValueError otherwise.

    A case that was not assessed has no outcome and must be left out, and counted, before.

    >>> as_cases([0, 1], 0.2)
    (array([0., 1.]), array([0.2, 0.2]))
    """
    had, risk = np.broadcast_arrays(np.asarray(outcomes, dtype=np.float64), np.asarray(risks, dtype=np.float64))
    require(had.ndim == 1, "outcomes must be a list, one a case", had.shape)
    require(bool(np.all((had == 0) | (had == 1))), "an outcome is 0 or 1", outcomes)
    require(bool(np.all((risk > 0) & (risk < 1))), "a risk lies between 0 and 1", risks)
    return had, risk


def as_mix(risks: ArrayLike, shares: ArrayLike) -> tuple[Floats, Floats]:
    """Return the risks of patients and how often each occurs, as shares of 1.

    >>> as_mix([0.1, 0.4], [3, 1])
    (array([0.1, 0.4]), array([0.75, 0.25]))
    """
    risk, share = np.broadcast_arrays(np.asarray(risks, dtype=np.float64), np.asarray(shares, dtype=np.float64))
    require(risk.ndim == 1 and risk.size > 0, "risks must be a list, with the share of each", risk.shape)
    require(bool(np.all((risk > 0) & (risk < 1))), "a risk lies between 0 and 1", risks)
    require(bool(np.all(share >= 0)) and float(share.sum()) > 0, "shares are positive", shares)
    return risk, share / share.sum()
