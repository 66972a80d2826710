"""What can be said of a condition when facts are missing? True, false, or unknown, as a pair of two-valued answers."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """`definite`: it holds whatever the missing facts are; `possible`: it holds for some of them.

    The pair is Kleene's logic in two-valued parts, so that no engine's own treatment of null ever decides: AND, OR and
    counting work on each part by itself, NOT swaps them.

    >>> Truth.UNKNOWN.definite, Truth.UNKNOWN.possible
    (False, True)
    """

    TRUE = (True, True)
    FALSE = (False, False)
    UNKNOWN = (False, True)

    @property
    def definite(self) -> bool:
        return self.value[0]

    @property
    def possible(self) -> bool:
        return self.value[1]

    @staticmethod
    def of(definite: bool, possible: bool) -> Truth:
        """The truth with these two parts; what is definite is possible."""
        if definite:
            return Truth.TRUE
        return Truth.UNKNOWN if possible else Truth.FALSE


def negation(truth: Truth) -> Truth:
    """Not.

    >>> negation(Truth.UNKNOWN)
    <Truth.UNKNOWN: (False, True)>
    """
    return Truth.of(not truth.possible, not truth.definite)


def at_least(n: int, truths: Iterable[Truth]) -> Truth:
    """At least n of the conditions: certain when n are, excluded when fewer than n can be.

    >>> at_least(2, [Truth.TRUE, Truth.UNKNOWN, Truth.FALSE])
    <Truth.UNKNOWN: (False, True)>
    """
    known = list(truths)
    return Truth.of(
        sum(truth.definite for truth in known) >= n,
        sum(truth.possible for truth in known) >= n,
    )
