"""What does a protocol look at before a dose, and which recorded value of it counts?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from seriatim.documents import Document
from seriatim.protocols.actions import Action
from seriatim.protocols.declared.amount import Duration, Factor, Number, UnitCode
from seriatim.protocols.declared.sources import Citation, Evidence

Moment = Literal["previous_planned", "previous_given", "cycle_start", "course_start", "ever"]
History = Literal[
    "held_doses", "held_in_a_row", "doses_given", "doses_given_in_course", "planned_dose", "cycle", "course"
]


class AlsoAccepted(Document):
    """Another unit that values come in: how many of the variable's unit one of it is, and who says so."""

    factor: Factor
    source: str


class Window(Document):
    """From when on a value counts, up to the decision. Exactly one of the two.

    `since` a moment: after it (what was charted at the previous decision belonged to that one); a value counts up to
    the decision itself. `before` a moment: at it or earlier.
    At the first dose of a cycle there is no previous dose, and the whole past counts: a variable that is the worst
    since the previous dose is meant from the second dose on, so give it `applies_when: planned_dose >= 2`.
    """

    since: Moment | None = None
    before: Literal["cycle_start", "course_start"] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Window:
        if (self.since is None) == (self.before is None):
            raise ValueError("either since or before")
        return self


class Assumed(Document):
    """What a missing value is taken for; only where `only_if` was assessed, and replay tells both results."""

    assume: str
    only_if: str | None = Field(default=None, description="a boolean variable that says that it was looked for")
    because: str
    source: str


class Rounding(Document):
    """To which step a derived value is rounded, once, and how a half goes."""

    to: Number
    mode: Literal["half_up", "down", "up"] = "half_up"


class VariableDeclaration(Document):
    """One variable. A quantity needs unit, resolution (one step of the chart) and plausible range."""

    type: Literal["quantity", "count", "ordinal", "category", "boolean"]
    text: str = Field(description="as the ward says it")
    unit: UnitCode | None = None
    also_accept: dict[UnitCode, AlsoAccepted] = Field(default_factory=dict)
    codes: tuple[str, ...] = Field(default=(), description="names of the test or sign in the data, without case")
    history: History | None = Field(default=None, description="counted from the record of doses, not measured")
    expr: str | None = Field(default=None, description="worked out from other variables")
    round: Rounding | None = None
    levels: tuple[str, ...] = ()
    take: Literal["last", "previous", "first", "worst", "best"] = "last"
    window: Window = Window(since="ever")
    max_age: Duration | None = None
    resolution: Number | None = None
    plausible: tuple[Number, Number] | None = None
    worse: Literal["up", "down", "neither"] = "neither"
    required_for: tuple[Action, ...] = ()
    missing: Assumed | None = None
    applies_when: str | None = Field(default=None, description="who has it at all, e.g. a urinary catheter")
    source: Citation | None = None
    interpretation: str | None = None
    evidence: Evidence = Evidence.READ

    @model_validator(mode="after")
    def _complete(self) -> VariableDeclaration:
        lacks = list(_lacks(self))
        if lacks:
            raise ValueError(f"a {self.type} with {', '.join(lacks)}")
        return self


def _lacks(declared: VariableDeclaration) -> list[str]:
    """What the kind of variable needs and has not, or has and cannot use."""
    quantity = declared.type == "quantity"
    wanted = {
        "a unit": quantity and not declared.unit,
        "a resolution": quantity and not declared.resolution and not declared.round,
        "a plausible range": quantity and not declared.plausible,
        "no unit": not quantity and bool(declared.unit),
        "levels": declared.type in ("ordinal", "category") and len(declared.levels) < 2,
        "no levels": declared.type in ("quantity", "count", "boolean") and bool(declared.levels),
        "worse up or down to take the worst": declared.take in ("worst", "best") and declared.worse == "neither",
        "an expression only for a quantity": declared.expr is not None and not quantity,
        "one of codes, history or expr": sum(map(bool, (declared.codes, declared.history, declared.expr))) != 1,
        "history only for a count": declared.history is not None and declared.type != "count",
        "round for a derived value": declared.expr is not None and declared.round is None,
        "the lower end of the plausible range first": declared.plausible is not None
        and float(declared.plausible[0]) >= float(declared.plausible[1]),
    }
    return [what for what, is_wanted in wanted.items() if is_wanted]
