"""Can these numbers be events among patients, and a level be a level?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def as_counts(events: ArrayLike, n: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return events and patients as floats of one shape; ValueError where they cannot be counts.

    >>> as_counts([0, 28], 155)
    (array([ 0., 28.]), array([155., 155.]))
    """
    cases, patients = np.broadcast_arrays(as_whole_numbers(events), as_whole_numbers(n))
    require(bool(np.all(cases <= patients)), "events must not exceed the number of patients", (events, n))
    return cases, patients


def as_whole_numbers(counts: ArrayLike) -> NDArray[np.float64]:
    """Return counts as floats; ValueError where one is negative, broken or missing.

    >>> as_whole_numbers([3, 0])
    array([3., 0.])
    """
    # Floats hold whole numbers exactly up to 9e15 and, unlike int64, do not overflow in products of margins.
    numbers = np.asarray(counts, float)
    is_count = np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers))
    require(bool(np.all(is_count)), "counts are whole numbers, 0 or more", counts)
    return numbers


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
