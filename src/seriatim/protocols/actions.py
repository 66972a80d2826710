"""What can be decided before a dose? From the most permissive to the most restrictive."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """The decisions, ordered: of two that apply the more restrictive one stands, in whatever order they are found.

    >>> max(Action.HOLD_DOSE, Action.GIVE), Action.STOP_CYCLE > Action.HOLD_DOSE
    (<Action.HOLD_DOSE: 'hold_dose'>, True)
    """

    GIVE = "give"
    GIVE_WITH_MEASURES = "give_with_measures"
    DELAY = "delay"  # not now: something must be known or put right first
    HOLD_DOSE = "hold_dose"  # this dose is not given; reassess at the next planned time
    STOP_CYCLE = "stop_cycle"
    STOP_COURSE = "stop_course"
    NEVER_AGAIN = "never_again"

    @property
    def rank(self) -> int:
        """0 for give, rising with restriction."""
        return _RANKS[self.value]

    # All four, since text has an order of its own that would answer for those left out.
    def __lt__(self, other: str) -> bool:
        return self.rank < Action(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Action(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Action(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Action(other).rank

    @property
    def words(self) -> str:
        """As it is printed."""
        return _WORDS[self]


_RANKS = {action.value: rank for rank, action in enumerate(Action)}
_WORDS = {
    Action.GIVE: "give",
    Action.GIVE_WITH_MEASURES: "give, with the measures named",
    Action.DELAY: "do not give yet",
    Action.HOLD_DOSE: "hold this dose",
    Action.STOP_CYCLE: "stop this cycle",
    Action.STOP_COURSE: "stop this course",
    Action.NEVER_AGAIN: "stop, and do not treat again",
}
PERMITS = (Action.GIVE, Action.GIVE_WITH_MEASURES)
LASTING = (Action.STOP_CYCLE, Action.STOP_COURSE, Action.NEVER_AGAIN)


def at_rank(rank: int) -> Action:
    """The action of a rank."""
    return list(Action)[rank]
