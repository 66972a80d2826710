"""May this cycle or this course begin now? By the number of cycles, the rest, and the time since the last course."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.barrier import Barrier
from seriatim.protocols.bedside.moment import absolute
from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.declared.regimen import Course
from seriatim.protocols.timing.clock import local_words


@dataclass(frozen=True, slots=True)
class Before:
    """What came before a cycle; None where it is not known or there was none.

    `requirement_met` is a person's answer to what the protocol requires of the next course in words.
    """

    last_dose: datetime | None = None
    course_start: datetime | None = None
    course_end: datetime | None = None
    discharge: datetime | None = None
    requirement_met: bool | None = None


def cycle_barriers(
    course: Course, *, number_of_course: int, cycle: int, at: datetime, before: Before, zone: str | None = None
) -> tuple[Barrier, ...]:
    """Every reason why a cycle does not begin now. `before` speaks of the cycle before, or of the course before."""
    at = absolute(at, "the beginning of a cycle")
    found: list[Barrier] = []
    if cycle > course.cycles:
        text = f"cycle {cycle} of a course that has {course.cycles}"
        found.append(Barrier("timing", Action.STOP_COURSE, text, "the course is over"))
    elif cycle > 1 and course.rest is not None:
        found += _since("the last dose of the cycle before", before.last_dose, course.rest, at, zone)
    if cycle == 1 and number_of_course > 1:
        found += _next_course(course, at, before, zone)
    return tuple(found)


def _next_course(course: Course, at: datetime, before: Before, zone: str | None) -> Iterator[Barrier]:
    if course.next_course_after is not None:
        since = {
            "discharge": ("the discharge", before.discharge),
            "course_start": ("the first dose of the course before", before.course_start),
            "course_end": ("the end of the course before", before.course_end),
        }[course.next_course_from]
        yield from _since(*since, course.next_course_after, at, zone)
    if course.next_course_require is not None and before.requirement_met is not True:
        what = "is not met" if before.requirement_met is False else "has not been confirmed"
        yield Barrier("timing", Action.DELAY, f"what the next course requires {what}: {course.next_course_require}")


def _since(what: str, time: datetime | None, least: str, at: datetime, zone: str | None) -> Iterator[Barrier]:
    if time is None:
        yield Barrier("timing", Action.DELAY, f"it is not known when {what} was", "record it")
        return
    opens = absolute(time, what) + timedelta(seconds=seconds(least))
    if at < opens:
        yield Barrier(
            "timing", Action.DELAY, f"less than {least} since {what}", f"wait until {local_words(opens, zone)}"
        )
