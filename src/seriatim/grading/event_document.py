"""What may a file say of how clinical events are graded?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from seriatim.documents import Document
from seriatim.rules.variables import Kind

SCHEMA = "seriatim.event-grades/1"


class EventVariable(Document):
    """A fact of the record that rules ask about: its highest value in the window that the caller states."""

    type: Kind
    unit: str = ""
    levels: tuple[str, ...] = ()
    text: str

    @model_validator(mode="after")
    def _whole(self) -> EventVariable:
        if (self.type is Kind.QUANTITY) != bool(self.unit):
            raise ValueError("a quantity has a unit, and nothing else has one")
        if (self.type in (Kind.ORDINAL, Kind.CATEGORY)) != bool(self.levels):
            raise ValueError("an ordinal or a category has levels, and nothing else has them")
        return self


class EventGradeRule(Document):
    """One grade with its condition. `evidence`: V compared with the print, M from memory, site a site's own rule."""

    grade: int = Field(ge=1, le=5)
    when: str
    because: str
    source: str
    evidence: Literal["V", "M", "site"]


class ClinicalEvent(Document):
    """A term with the conditions of its grades; `components` are named where it is made of several."""

    term: str
    text: str
    components: tuple[str, ...] = ()
    grades: tuple[EventGradeRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_grade_once(self) -> ClinicalEvent:
        grades = [rule.grade for rule in self.grades]
        if len(set(grades)) != len(grades):
            raise ValueError("each grade once: join its conditions by OR")
        return self


class EventDocument(Document):
    """A file of event grades."""

    id: str
    title: str
    text: str = ""
    variables: dict[str, EventVariable]
    events: tuple[ClinicalEvent, ...]

    @model_validator(mode="after")
    def _each_term_once(self) -> EventDocument:
        terms = [event.term for event in self.events]
        if len(set(terms)) != len(terms):
            raise ValueError("each term once")
        return self
