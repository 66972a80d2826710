"""What is wrong with the text of a rule, as values: every fault at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what was found, what was expected, and what to do next."""

    found: str
    expected: str
    next_move: str

    def __str__(self) -> str:
        return f"found {self.found}, expected {self.expected}; {self.next_move}"


class NotARule(ValueError):
    """Text that is no condition of the language; `faults` holds every reason."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; and ".join(str(fault) for fault in self.faults))

    @classmethod
    def because(cls, found: str, expected: str, next_move: str) -> NotARule:
        """For one fault."""
        return cls([Fault(found, expected, next_move)])
