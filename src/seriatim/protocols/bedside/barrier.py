"""What keeps a dose from being given beside the rules? A reason of timing, of screening or of consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seriatim.protocols.actions import Action


@dataclass(frozen=True, slots=True)
class Barrier:
    """One reason outside the rules: the least that follows from it, and what to do."""

    kind: Literal["timing", "screening", "consent"]
    then: Action
    text: str
    next_move: str = ""
