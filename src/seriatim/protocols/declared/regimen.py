"""How many doses, how far apart, in how many cycles, and what becomes of a late one?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seriatim.documents import Document
from seriatim.protocols.declared.amount import Duration
from seriatim.protocols.declared.sources import Sourced


class TimeWindow(Document):
    """How early and how late a dose may be, and the least time between the starts of two."""

    early: Duration = "0 min"
    late: Duration = "0 min"
    min_gap: Duration


class LatePolicy(Document):
    """Beyond the window and up to `up_to` the dose may still be given; what that does to the later ones is named."""

    up_to: Duration
    grid: Literal["keep", "shift"] = "keep"


class Cycle(Sourced):
    """One block of doses. `every` counts from start to start of infusions."""

    drug: str
    every: Duration
    counted_from: Literal["start", "end"] = "start"
    max_doses: int = Field(ge=1)
    first_day: Literal[0, 1] = 1
    window: TimeWindow
    late_policy: LatePolicy
    infuse_over: Duration | None = None


class Course(Sourced):
    """How many cycles make a course, the rest between them, and when the next course may begin."""

    cycles: int = Field(ge=1)
    rest: Duration | None = None
    next_course_after: Duration | None = None
    next_course_from: Literal["discharge", "course_start", "course_end"] = "course_end"
    next_course_require: str | None = None


class Regimen(Document):
    course: Course
    cycle: Cycle
