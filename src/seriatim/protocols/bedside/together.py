"""What follows where a patient is treated under two protocols at once? The more restrictive of both, each cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seriatim.errors import Misuse
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.decide import Decision


@dataclass(frozen=True)
class Together:
    """Several decisions about one dose as one."""

    definite: Action
    possible: Action
    operational: Action
    decisions: tuple[Decision, ...]

    @property
    def words(self) -> str:
        """The verdict, and which protocols ask for it."""
        by = [one.protocol for one in self.decisions if one.verdict.operational == self.operational]
        verdict = self.operational.words
        return f"{verdict[:1].upper()}{verdict[1:]}, by {' and '.join(by)}."


def together(decisions: Sequence[Decision]) -> Together:
    """The most restrictive of several protocols. Raises `Misuse` where they are not about one patient at one time."""
    if not decisions:
        raise Misuse("no decision was given; decide by each protocol first")
    asked = {(one.moment.patient_id, one.moment.at, one.moment.recorded_by) for one in decisions}
    if len(asked) > 1:
        raise Misuse("the decisions are of different patients or times; decide by each protocol for one moment")
    verdicts = [one.verdict for one in decisions]
    return Together(
        max(one.definite for one in verdicts),
        max(one.possible for one in verdicts),
        max(one.operational for one in verdicts),
        tuple(decisions),
    )
