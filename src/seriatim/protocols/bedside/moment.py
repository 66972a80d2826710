"""When is it decided, and what has happened to this patient's doses so far?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from seriatim.errors import Misuse

DoseStatus = Literal["given", "partial", "held", "skipped", "refused", "not_charted"]
GIVEN = ("given", "partial")


@dataclass(frozen=True, slots=True)
class PastDose:
    """One planned dose before this decision, and what became of it. Times are instants (aware datetimes)."""

    course: int
    cycle: int
    at: datetime
    status: DoseStatus

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", absolute(self.at, "the time of a dose before the decision"))


@dataclass(frozen=True, slots=True)
class Moment:
    """The time of one decision and the doses planned before it, oldest first.

    `known_at` is the time by which a result must have been recorded to count; it is the decision's own time unless a
    later look is asked for on purpose. Raises `Misuse` for a time without a zone or doses out of order.
    """

    patient_id: str
    course: int
    cycle: int
    at: datetime
    past: tuple[PastDose, ...] = ()
    known_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", absolute(self.at, "the time of a decision"))
        if self.known_at is not None:
            object.__setattr__(self, "known_at", absolute(self.known_at, "the time by which results count"))
        if any(later.at < earlier.at for earlier, later in zip(self.past, self.past[1:], strict=False)):
            raise Misuse("the doses before a decision are not in order of time; sort them")
        if self.past and self.past[-1].at > self.at:
            raise Misuse("a dose after the decision is listed among those before it; remove it")

    @property
    def recorded_by(self) -> datetime:
        return self.known_at or self.at

    @property
    def in_course(self) -> tuple[PastDose, ...]:
        return tuple(dose for dose in self.past if dose.course == self.course)

    @property
    def in_cycle(self) -> tuple[PastDose, ...]:
        return tuple(dose for dose in self.in_course if dose.cycle == self.cycle)

    def instant(self, name: str) -> datetime | None:
        """The moment that a window begins at; None where there is none yet."""
        match name:
            case "previous_planned":
                return self.in_cycle[-1].at if self.in_cycle else None
            case "previous_given":
                return next((dose.at for dose in reversed(self.in_cycle) if dose.status in GIVEN), None)
            case "cycle_start":
                return self.in_cycle[0].at if self.in_cycle else self.at
            case "course_start":
                return self.in_course[0].at if self.in_course else self.at
            case _:
                return None

    def counter(self, name: str) -> int:
        """A number counted from the record of doses in this cycle."""
        match name:
            case "held_doses":
                return sum(dose.status == "held" for dose in self.in_cycle)
            case "held_in_a_row":
                return _last_run(self.in_cycle)
            case "doses_given":
                return sum(dose.status in GIVEN for dose in self.in_cycle)
            case "doses_given_in_course":
                return sum(dose.status in GIVEN for dose in self.in_course)
            case "planned_dose":
                return len(self.in_cycle) + 1
            case "cycle":
                return self.cycle
            case _:
                return self.course


def absolute(time: datetime, name: str) -> datetime:
    """The instant in UTC. Two clock times of one zone would be compared and subtracted by the clock on the wall.

    Raises `Misuse` for a time without a zone.
    """
    if time.tzinfo is None or time.utcoffset() is None:
        raise Misuse(f"{name} has no time zone; give an instant, for example in UTC")
    return time.astimezone(UTC)


def _last_run(doses: Sequence[PastDose]) -> int:
    run = 0
    for dose in reversed(doses):
        if dose.status != "held":
            break
        run += 1
    return run
