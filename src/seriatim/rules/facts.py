"""What is known of a variable at the time of a decision? A range of whole numbers, or why nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Missing(StrEnum):
    """Why a variable is unknown. All are unknown to a rule; each is told by its own words."""

    NEVER_MEASURED = "never measured"
    STALE = "older than it may be"
    PENDING = "taken, result not known yet"
    IMPLAUSIBLE = "outside the plausible range"
    NOT_A_NUMBER = "not a number"
    NO_UNIT = "reported without a unit"
    OTHER_UNIT = "reported in a unit that the protocol does not take"
    NOT_A_LEVEL = "a word that the protocol does not have"
    IN_THE_FUTURE = "dated after the decision"
    NOT_COMPARABLE = "below or above detection, on both sides of what matters"
    WRONG_PATIENT = "recorded for another patient"
    CONTRADICTORY = "two different values at one time"
    WITHDRAWN = "cancelled or entered in error"
    TIME_UNCLEAR = "its time can be either of two"
    DOUBTFUL_SPECIMEN = "from a specimen marked as unreliable"
    NOT_TESTABLE = "could not be assessed in this patient"
    ONE_OF_SEVERAL = "worked out from values of which one is unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """A known value: it lies from `low` to `high` (equal but for a value below or above detection), in ticks.

    `age` is seconds from the observation to the decision, and `source` finds the record.
    """

    low: int
    high: int
    age: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An unknown value, with the reason and what the record holds that could not be used (never a patient's name)."""

    why: Missing = Missing.NEVER_MEASURED
    detail: str = ""
    age: int | None = None
    source: str = ""


Facts: TypeAlias = Mapping[str, Fact | Unknown]
"""A variable that is not in the mapping is unknown, never measured."""
