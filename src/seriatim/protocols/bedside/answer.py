"""What is the answer to a request in a file? Its times become instants, its faults are told with their lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from seriatim.documents import Located, Place, load_located
from seriatim.errors import Misuse
from seriatim.findings import Finding
from seriatim.protocols.bedside.barrier import Barrier
from seriatim.protocols.bedside.decide import Decision, decide
from seriatim.protocols.bedside.moment import GIVEN, Moment, PastDose
from seriatim.protocols.bedside.observations import Observation
from seriatim.protocols.bedside.request import SCHEMA, ChartedValue, DecisionRequest
from seriatim.protocols.bedside.screening import Consent, Screening, Waiver, screen
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.timing.clock import instants
from seriatim.protocols.timing.course_timing import Before, cycle_barriers
from seriatim.protocols.timing.dose_timing import Administered, Timing, timing
from seriatim.rules.truth import Truth

Made = TypeVar("Made")


@dataclass(frozen=True)
class Answer:
    """The decision, with the timing and the screening where they were asked, and what was not looked at."""

    decision: Decision
    timing: Timing | None
    screening: Screening | None
    not_checked: tuple[str, ...]
    zone: str | None


def answer(protocol: TreatmentProtocol, text: str, name: str = "request", *, double_check: bool = True) -> Answer:
    """Decide what a request asks. Raises `InvalidDocument` with every fault of the file, `Misuse` as `decide` does."""
    located = load_located(text, DecisionRequest, schema=SCHEMA, name=name)
    request = located.document
    reading = _Reading(located)
    moment = reading.moment()
    begun = reading.administered()
    due, discharge = reading.one(("due",), request.due), reading.discharge()
    observations = [reading.observation(place, moment) for place in range(len(request.observations))]
    consent, waivers = reading.consent(), reading.waivers()
    strange = sorted(set(request.open_holds) - {rule.id for rule in protocol.rules if rule.resume is not None})
    for rule in strange:
        reading.fault(("open_holds", rule), f'"{rule}"', "a rule with resume", "mend its name")
    located.refuse(reading.faults)
    if moment is None:  # its fault is told above
        raise Misuse(f"{name} has no time of decision")
    told = [one for one in observations if one is not None]
    timed = _timing(protocol, moment, due, begun, request.zone)
    opening = _opening(protocol, moment, due, discharge, request)
    screened = None
    if request.screening is not None:
        screened = screen(protocol, told, moment, waivers=[w for w in waivers if w is not None], consent=consent)
    barriers = (*(timed.barriers if timed else ()), *opening, *(screened.barriers if screened else ()))
    decision = decide(
        protocol,
        told,
        moment,
        latches={rule: Truth[word.upper()] for rule, word in request.open_holds.items()},
        reached=request.in_force,
        barriers=barriers,
        double_check=double_check,
    )
    return Answer(decision, timed, screened, tuple(_not_checked(protocol, request)), request.zone)


def _timing(
    protocol: TreatmentProtocol,
    moment: Moment,
    due: datetime | None,
    begun: list[Administered] | None,
    zone: str | None,
) -> Timing | None:
    if due is None or protocol.document.regimen is None:
        return None
    cycle = protocol.document.regimen.cycle
    return timing(cycle, number=len(moment.in_cycle) + 1, due=due, at=moment.at, administered=begun, zone=zone)


def _opening(
    protocol: TreatmentProtocol,
    moment: Moment,
    due: datetime | None,
    discharge: datetime | None,
    request: DecisionRequest,
) -> tuple[Barrier, ...]:
    """At the first dose of a cycle: what keeps the cycle or the course from beginning."""
    if due is None or protocol.document.regimen is None or moment.in_cycle:
        return ()
    begun = [dose for dose in moment.past if dose.status in GIVEN]
    here = [dose.at for dose in begun if dose.course == moment.course]
    before = [dose.at for dose in begun if dose.course == moment.course - 1]
    return cycle_barriers(
        protocol.document.regimen.course,
        number_of_course=moment.course,
        cycle=moment.cycle,
        at=moment.at,
        before=Before(
            last_dose=max(here, default=None),
            course_start=min(before, default=None),
            course_end=max(before, default=None),
            discharge=discharge,
            requirement_met=request.before.requirement_met,
        ),
        zone=request.zone,
    )


def _not_checked(protocol: TreatmentProtocol, request: DecisionRequest) -> list[str]:
    found = []
    if protocol.document.regimen is not None and request.due is None:
        found.append("the time of the dose, because the request does not say when it is due")
    if protocol.screens and request.screening is None:
        found.append("screening and consent, because the request does not ask")
    return found


class _Reading:
    """One reading of a request; gathers its faults."""

    def __init__(self, located: Located[DecisionRequest]) -> None:
        self.located, self.request = located, located.document
        self.faults: list[Finding] = []

    def fault(self, place: Place, found: str, expected: str, move: str) -> None:
        self.faults.append(self.located.fault(place, found, expected, move))

    def span(self, place: Place, text: str | None) -> tuple[datetime, datetime] | None:
        """The instants that a written time can be."""
        if text is None:
            return None
        try:
            return instants(text, self.request.zone)
        except Misuse as problem:
            self.fault(place, f'"{text}"', "a time such as 2026-03-02 05:58", str(problem))
            return None

    def one(self, place: Place, text: str | None) -> datetime | None:
        """A time that has to be one instant."""
        found = self.span(place, text)
        if found is None:
            return None
        if found[0] != found[1]:
            self.fault(place, f'"{text}"', "one instant", "the clocks were changed that night; add the offset")
        return found[0]

    def moment(self) -> Moment | None:
        request = self.request
        at, known_at = self.one(("at",), request.at), self.one(("known_at",), request.known_at)
        past = []
        for place, dose in enumerate(request.past or ()):
            time = self.one(("past", place, "at"), dose.at)
            if time is not None:
                past.append(PastDose(dose.course or request.course, dose.cycle or request.cycle, time, dose.status))
        if at is None:
            return None
        make = partial(Moment, request.patient, request.course, request.cycle, at, tuple(past), known_at)
        return next(iter(self.made(("at",), make)), None)

    def administered(self) -> list[Administered] | None:
        """The doses of this cycle that were begun; None where the request does not say."""
        request = self.request
        found: list[Administered] = []
        if request.past is None:
            return None
        for place, dose in enumerate(request.past):
            ours = (dose.course or request.course, dose.cycle or request.cycle) == (request.course, request.cycle)
            started = self.one(("past", place, "started"), dose.started)
            ended = self.one(("past", place, "ended"), dose.ended)
            begun = started or self.span_start(dose.at)
            if ours and dose.status in GIVEN and begun is not None:
                found += self.made(("past", place), partial(Administered, begun, ended))
        return found

    def span_start(self, text: str) -> datetime | None:
        try:
            return instants(text, self.request.zone)[1]
        except Misuse:
            return None  # told already as the time of the dose

    def observation(self, place: int, moment: Moment | None) -> Observation | None:
        written = self.request.observations[place]
        taken = self.span(("observations", place, "at"), written.at)
        recorded = self.span(("observations", place, "recorded"), written.recorded)
        if taken is None or moment is None:
            return None
        return _observation(written, taken, recorded[1] if recorded else None, moment)

    def consent(self) -> Consent | None:
        asked = self.request.screening.consent if self.request.screening else None
        if asked is None:
            return None
        at: Place = ("screening", "consent")
        given = self.one((*at, "given"), asked.given)
        until, withdrawn = self.one((*at, "until"), asked.until), self.one((*at, "withdrawn"), asked.withdrawn)
        return Consent(given, until, withdrawn) if given is not None else None

    def discharge(self) -> datetime | None:
        return self.one(("before", "discharge"), self.request.before.discharge)

    def waivers(self) -> list[Waiver | None]:
        found = []
        for place, asked in enumerate(self.request.screening.waivers if self.request.screening else ()):
            at: Place = ("screening", "waivers", place)
            given, until = self.one((*at, "at"), asked.at), self.one((*at, "until"), asked.until)
            found.append(Waiver(asked.criterion, asked.role, given, asked.reason, until) if given is not None else None)
        return found

    def made(self, place: Place, make: Callable[[], Made]) -> list[Made]:
        """What is made of several times, or nothing where they contradict each other."""
        try:
            return [make()]
        except Misuse as problem:
            self.fault(place, "times that contradict each other", "times in order", str(problem))
            return []


def _observation(
    written: ChartedValue, taken: tuple[datetime, datetime], recorded: datetime | None, moment: Moment
) -> Observation:
    """What stands in the request is in the chart by now: what may lie after now lies before it, or is misdated."""
    first, last = taken
    now = moment.recorded_by
    if recorded is None and first <= now < last:
        last = now
    if recorded is None and first > now:
        recorded = moment.at
    return Observation(
        written.patient or moment.patient_id,
        written.code,
        written.value,
        written.unit,
        first,
        last if last != first else None,
        recorded,
        written.status,
        written.record,
    )
