"""How is a probability told that is smaller than floating point can hold?"""

from __future__ import annotations

SMALLEST = 1e-290
"""Below this some terms of an exact sum may already have underflowed to zero, so the sum is only a bound."""


def floored(probability: float) -> tuple[float, tuple[str, ...], str | None]:
    """Give the probability, or its upper bound with a flag and a warning.

    >>> floored(0.04)
    (0.04, (), None)
    >>> floored(0.0)
    (1e-290, ('upper_bound',), 'the probability lies below 1e-290')
    """
    if probability < SMALLEST:
        return SMALLEST, ("upper_bound",), f"the probability lies below {SMALLEST}"
    return min(probability, 1.0), (), None
