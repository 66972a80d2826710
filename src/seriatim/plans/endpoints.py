"""What counts as having had it? An endpoint: terms and grades, interventions, or either of them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from seriatim.documents import Document

GRADES = (1, 2, 3, 4, 5)


def grades_in(text: str) -> tuple[int, ...]:
    """The grades that a grade set names. `3-4` and `>=3` are different endpoints: only the second counts grade 5.

    >>> grades_in("3-4"), grades_in(">=3"), grades_in("4"), grades_in("any")
    ((3, 4), (3, 4, 5), (4,), (1, 2, 3, 4, 5))
    """
    words = text.replace(" ", "").replace("≥", ">=").replace("–", "-")
    if words == "any":
        return GRADES
    if match := re.fullmatch(r">=([1-5])", words):
        return tuple(range(int(match[1]), 6))
    if match := re.fullmatch(r"([1-5])(?:-([1-5]))?", words):
        low, high = int(match[1]), int(match[2] or match[1])
        if low <= high:
            return tuple(range(low, high + 1))
    raise ValueError('a grade set such as "3-4", ">=3", "4" or "any"')


def _checked_grades(value: object) -> str:
    text = str(value)
    grades_in(text)
    return text


GradeSet = Annotated[str, BeforeValidator(_checked_grades)]
Words = Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]


class Endpoint(Document):
    """One endpoint. A patient has it if any of `terms` reached a grade of `grades`, or any of `interventions` was done.

    Words are compared without case. `terms` empty and `system_organ_classes` empty and no interventions means
    any adverse event; terms and classes together must both fit. `no_record_means` decides what a patient without a
    record is: absent (spontaneous reporting), not assessed, or absent only if the assessment table, or a record of
    another grade, says that it was looked for. A table that the source does not have assesses nobody.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    terms: Words = ()
    system_organ_classes: Words = ()
    grades: GradeSet = "any"
    interventions: Words = ()
    intervention_reasons: Words = ()
    related: bool = False
    serious: bool = False
    emergent: Literal["first dose", "source flag", "all records"] = "first dose"
    window_days: int | None = Field(default=None, ge=1)
    no_record_means: Literal["absent", "not assessed", "absent if assessed"] | None = None

    @model_validator(mode="after")
    def _reasons_need_interventions(self) -> Endpoint:
        if self.intervention_reasons and not self.interventions:
            raise ValueError("intervention_reasons only beside interventions")
        return self

    @property
    def counts_events(self) -> bool:
        return bool(self.terms or self.system_organ_classes) or not self.interventions

    @property
    def without_record(self) -> str:
        """The rule in force: absent for adverse events, not assessed for interventions, unless the plan says else."""
        return self.no_record_means or ("absent" if self.counts_events else "not assessed")
