"""What is wrong with the text of a rule, as values: every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Read = TypeVar("Read")
LONGEST_QUOTE = 80


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


def gathered(steps: Iterable[Callable[[], Read]]) -> list[Read]:
    """What every step gives; where some refuse, one refusal with the faults of them all."""
    done: list[Read] = []
    faults: list[Fault] = []
    for step in steps:
        try:
            done.append(step())
        except NotARule as problem:
            faults += problem.faults
    if faults:
        raise NotARule(faults)
    return done


def shortened(text: str) -> str:
    """A quotation that fits a line.

    >>> shortened("a" * 200)[-4:]
    'aa …'
    """
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]} …"
