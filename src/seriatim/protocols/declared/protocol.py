"""What does a protocol file say as a whole? Regimen, variables, screening, dose, rules before each dose, care."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from seriatim.documents import Document
from seriatim.protocols.actions import Action
from seriatim.protocols.declared.examples import Example
from seriatim.protocols.declared.overlays import OverlayRecord
from seriatim.protocols.declared.regimen import Regimen
from seriatim.protocols.declared.rules import Care, Criterion, Discharge, PreDoseRule, Watch
from seriatim.protocols.declared.sources import Source
from seriatim.protocols.declared.variables import VariableDeclaration
from seriatim.protocols.dosing.declared import DoseRule

SCHEMA = "seriatim.protocol/1"


class Effective(Document):
    """From when to when the protocol is in force, and for whom a new version counts."""

    since: date | None = None
    until: date | None = None
    applies_to: Literal["new_courses", "new_cycles", "every_dose"] = "new_cycles"


class ProtocolDocument(Document):
    """The whole file."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    title: str
    status: Literal["draft", "in_review", "approved", "retired"] = "draft"
    effective: Effective = Effective()
    zone: str | None = Field(default=None, description="time zone of clock times; elapsed time needs none")
    sources: dict[str, Source] = Field(min_length=1)
    when_undecided: Action = Action.DELAY
    variables: dict[str, VariableDeclaration] = Field(default_factory=dict)
    screening: tuple[Criterion, ...] = ()
    regimen: Regimen | None = None
    dose: dict[str, DoseRule] = Field(default_factory=dict)
    before_dose: tuple[PreDoseRule, ...] = ()
    supportive_care: tuple[Care, ...] = ()
    monitoring: tuple[Watch, ...] = ()
    discharge: tuple[Discharge, ...] = ()
    roles_to_sign: tuple[str, ...] = ("physician", "pharmacist", "nurse")
    examples: tuple[Example, ...] = ()
    notes: tuple[str, ...] = ()
    overlays: tuple[OverlayRecord, ...] = Field(default=(), description="what was laid over a base to make this one")

    @model_validator(mode="after")
    def _undecided_never_gives(self) -> ProtocolDocument:
        if self.when_undecided < Action.DELAY:
            raise ValueError("when_undecided: delay or something more restrictive; what is not decided is not given")
        return self
