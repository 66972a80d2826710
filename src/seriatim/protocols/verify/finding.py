"""What does a static check report? A sentence for the meeting that signs, the patient that shows it, what to choose."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Gravity(StrEnum):
    """What the meeting has to do about it."""

    MEND = "mend"  # the protocol contradicts itself or cannot work as written
    CHOOSE = "choose"  # the text leaves something open that a patient can fall into
    KNOW = "know"  # nothing to change, but whoever signs should have seen it


class Unsettled(Exception):
    """The solver came to its limit without an answer; nothing was proved either way."""


@dataclass(frozen=True)
class VerifierFinding:
    """One thing that a check found. `witness` is the patient that shows it, in words with units; empty where none is
    needed."""

    check: str
    gravity: Gravity
    rules: tuple[str, ...]
    sentence: str
    choose: str
    witness: str = ""
