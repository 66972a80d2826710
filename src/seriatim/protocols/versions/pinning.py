"""Which version of its protocol does a patient's dose go by? The one at the start, until a move is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from seriatim.errors import Misuse
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.versions.in_force import covers, in_force


@dataclass(frozen=True, slots=True)
class Moved:
    """One patient goes on by another version from a moment on: an event of its own, with a reason and who decided.

    `by` is the identifier of the person in the site's own directory, `role` what the person signs as.
    """

    patient_id: str
    at: datetime
    from_sha256: str
    to_sha256: str
    reason: str
    by: str
    role: str

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise Misuse("the time of a move has no time zone; give an instant")
        if not (self.reason.strip() and self.by.strip() and self.role.strip()):
            raise Misuse("a move to another version needs a reason, a person and a role; add them")
        if self.from_sha256 == self.to_sha256:
            raise Misuse("a move from a version to itself is none; leave it out")


@dataclass(frozen=True, slots=True)
class Treated:
    """When a patient's course and cycle began and when the dose is decided, as instants; `zone` is the ward's."""

    patient_id: str
    course_start: datetime
    cycle_start: datetime
    at: datetime
    zone: str

    def __post_init__(self) -> None:
        times = (self.course_start, self.cycle_start, self.at)
        if any(time.tzinfo is None for time in times):
            raise Misuse("a time of this patient has no time zone; give instants")
        if not self.course_start <= self.cycle_start <= self.at:
            raise Misuse("course, cycle and dose are not in order of time; look at the record")

    def day(self, moment: datetime) -> date:
        """The day on the ward."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


def version_for(
    protocols: Iterable[TreatmentProtocol], treated: Treated, moves: Sequence[Moved] = ()
) -> TreatmentProtocol:
    """The version that a dose of this patient goes by.

    A patient stays on the version of the course's first day. A later one takes over only where its own `applies_to`
    lets it: `every_dose` from its first day, `new_cycles` from the next cycle, `new_courses` from the next course; or
    where a move says so, after which only another move counts. A version that has run out still counts for who began
    by it. Raises `Misuse` where none was in
    force, or a move does not start from the version that counted.
    """
    known = list(protocols)
    pinned = in_force(known, treated.day(treated.course_start))
    if pinned is None:
        raise Misuse("no version was in force when the course began; give the one that was")
    moved = _last_move(treated, moves)
    if moved is None:
        return _taken_over(known, treated, pinned)
    before = _before(known, treated, moved, moves)
    if moved.from_sha256 != before.sha256:
        raise Misuse(f"a move starts from {moved.from_sha256[:12]}, but {before.name} counted; mend the record")
    return _named(known, moved.to_sha256)


def _taken_over(known: Sequence[TreatmentProtocol], treated: Treated, pinned: TreatmentProtocol) -> TreatmentProtocol:
    """The version in force on the day that each later version looks at, the one that began last."""
    later = [one for one in known if _since(one) > _since(pinned) and _reaches(one, treated)]
    return max(later, key=_since, default=pinned)


def _reaches(protocol: TreatmentProtocol, treated: Treated) -> bool:
    match protocol.document.effective.applies_to:
        case "every_dose":
            # Whoever was being treated on its first day has gone by it since, also after it ran out.
            return covers(protocol, _since(protocol)) and _since(protocol) <= treated.day(treated.at)
        case "new_cycles":
            return covers(protocol, treated.day(treated.cycle_start))
        case _:
            return False  # what began after the course's first day waits for the next course


def _before(
    known: Sequence[TreatmentProtocol], treated: Treated, moved: Moved, moves: Sequence[Moved]
) -> TreatmentProtocol:
    """What counted just before a move: what the move before it said, or what the calendar said."""
    earlier = [one for one in moves if one.at < moved.at]
    at = Treated(treated.patient_id, treated.course_start, min(treated.cycle_start, moved.at), moved.at, treated.zone)
    return version_for(known, at, earlier)


def _last_move(treated: Treated, moves: Sequence[Moved]) -> Moved | None:
    mine = [one for one in moves if one.patient_id == treated.patient_id]
    reached = [one for one in mine if treated.course_start <= one.at <= treated.at]
    if len({one.at for one in reached}) < len(reached):
        raise Misuse("two moves of one patient at one moment; mend the record")
    return max(reached, key=lambda one: one.at, default=None)


def _named(known: Sequence[TreatmentProtocol], sha256: str) -> TreatmentProtocol:
    for protocol in known:
        if protocol.sha256 == sha256:
            return protocol
    raise Misuse(f"a patient was moved to the version {sha256[:12]}, which is not among those given; add it")


def _since(protocol: TreatmentProtocol) -> date:
    return protocol.document.effective.since or date.min
