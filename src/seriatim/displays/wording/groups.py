"""How are the two groups called that are compared? First and last where cases follow each other, else by name."""

from __future__ import annotations

from dataclasses import dataclass

from seriatim.plans.grouping import Levels
from seriatim.plans.plan import Plan


@dataclass(frozen=True)
class Ends:
    """The words for the two groups, for the direction of their difference, and for what the difference is.

    `last` stands after `first` was named; `last_alone` where it was not.
    """

    first: str
    last: str
    last_alone: str
    minus: str
    change: str
    across: str
    in_order: bool = True

    @property
    def minus_heading(self) -> str:
        return self.minus[:1].upper() + self.minus[1:]

    @property
    def against(self) -> str:
        """A caption's words for the comparison."""
        return "first group against last" if self.in_order else f"{self.last} against {self.first}"


CONSECUTIVE = Ends(
    "the first group", "the last", "the last group", "last minus first", "change", "from the first group to the last"
)


def ends(plan: Plan) -> Ends:
    """Arms of a trial are named: they are not in an order, and nothing changed from one to the other.

    >>> arms = {"by": "levels", "column": "arm", "levels": ["placebo", "interleukin-2"]}
    >>> ends(Plan(title="trial", grouping=arms)).minus
    'interleukin-2 minus placebo'
    """
    if not isinstance(plan.grouping, Levels):
        return CONSECUTIVE
    first, last = plan.grouping.levels[0], plan.grouping.levels[-1]
    across = f"between {first} and {last}"
    return Ends(first, last, last, f"{last} minus {first}", "difference", across, in_order=False)
