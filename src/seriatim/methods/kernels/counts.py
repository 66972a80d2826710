"""Can these numbers be events among patients, and a level be a level?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def as_counts(events: ArrayLike, n: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return events and patients as floats of one shape; ValueError where they cannot be counts.

    >>> as_counts([0, 28], 155)
    (array([ 0., 28.]), array([155., 155.]))
    """
    # Floats hold whole numbers exactly up to 9e15 and, unlike int64, do not overflow in products of margins.
    cases, patients = np.broadcast_arrays(np.asarray(events, float), np.asarray(n, float))
    require(bool(np.all(patients >= 0)), "the number of patients must not be negative", n)
    require(bool(np.all((cases >= 0) & (cases <= patients))), "events must lie between 0 and n", events)
    require(bool(np.all((cases % 1 == 0) & (patients % 1 == 0))), "counts must be whole numbers", events)
    return cases, patients


def tail_of(level: float, sides: int = 2) -> float:
    """Return the probability left in each open tail at a confidence level.

    >>> round(tail_of(0.95), 3), round(tail_of(0.95, sides=1), 3)
    (0.025, 0.05)
    """
    require(0 < level < 1, "a confidence level must lie between 0 and 1", level)
    return (1 - level) / sides


def require(holds: bool, rule: str, found: object) -> None:
    """Raise a ValueError that says the rule and what was found instead."""
    if not holds:
        raise ValueError(f"{rule}: got {found}")
