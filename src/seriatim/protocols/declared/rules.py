"""What does a protocol ask before a dose, at screening, and at discharge?"""

from __future__ import annotations

from pydantic import Field, model_validator

from seriatim.protocols.actions import Action
from seriatim.protocols.declared.amount import Duration
from seriatim.protocols.declared.sources import Sourced

RULE_ID = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$"


class PreDoseRule(Sourced):
    """One rule before a dose: `when` it holds, `then` is the least that is done; the order of rules means nothing.

    `resume`: the hold stays until this is certain (a latch). `counts_as` puts the rule into a group that `at_least`
    counts; rules with one `count_once` in a group count as one, so that one event is not counted twice.
    """

    id: str = Field(pattern=RULE_ID)
    text: str
    when: str
    then: Action
    system: str | None = Field(default=None, description="organ system, for the printed table")
    counts_as: str | None = None
    count_once: str | None = None
    resume: str | None = None
    measures: tuple[str, ...] = Field(default=(), description="what is done meanwhile")


class Criterion(Sourced):
    """One criterion of screening: `require` must be certain, `exclude` must be excluded."""

    id: str = Field(pattern=RULE_ID)
    text: str
    require: str | None = None
    exclude: str | None = None
    valid_for: Duration | None = Field(default=None, description="how old an answer may be at the first dose")
    waivable_by: tuple[str, ...] = Field(default=(), description="roles that may waive it, in writing")

    @model_validator(mode="after")
    def _one_of_both(self) -> Criterion:
        if (self.require is None) == (self.exclude is None):
            raise ValueError("either require or exclude")
        return self


class Care(Sourced):
    """One measure of supportive care: what, when it starts, and the condition under which it stops."""

    id: str = Field(pattern=RULE_ID)
    text: str
    start: str = Field(description="in words, such as: from 30 min before the first dose, every 4 to 6 h")
    stop_when: str | None = None


class Watch(Sourced):
    """What is measured how often, and from when to when."""

    id: str = Field(pattern=RULE_ID)
    text: str
    measure: tuple[str, ...]
    every: Duration
    begins: str
    ends: str
    notify_when: str | None = None


class Discharge(Sourced):
    """What must hold before the patient goes home."""

    id: str = Field(pattern=RULE_ID)
    text: str
    require: str | None = None
