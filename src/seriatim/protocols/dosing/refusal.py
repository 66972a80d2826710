"""Why is there no dose? Every reason at once, each with what was found, what was expected and the next move."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands between the patient and a number.

    >>> print(Reason("weight.age", "a weight 60 h old", "one of the last 48 h", "weigh the patient"))
    found a weight 60 h old, expected one of the last 48 h; weigh the patient
    """

    rule: str
    found: str
    expected: str
    next_move: str

    def __str__(self) -> str:
        return f"found {self.found}, expected {self.expected}; {self.next_move}"


@dataclass(frozen=True, slots=True)
class DoseRefused:
    """No dose, and every reason for it. There is no number in it to be taken for one."""

    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a refusal without a reason tells nobody what to do")

    def __str__(self) -> str:
        return "\n".join(["No dose:", *(f"  {reason}" for reason in self.reasons)])
