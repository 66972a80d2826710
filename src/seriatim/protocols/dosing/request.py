"""What is the dose that a file asks for? Its weights and earlier doses are read, and a blind second entry compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal, TypeVar

from pydantic import Field

from seriatim.documents import Document, Located, Place, load_located
from seriatim.errors import Misuse
from seriatim.findings import Finding
from seriatim.protocols.declared.amount import AmountText
from seriatim.protocols.dosing.adjusted_weight import Sex
from seriatim.protocols.dosing.calculate import calculate_dose
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.limits import GivenDose
from seriatim.protocols.dosing.quantity import Quantity, read_quantity
from seriatim.protocols.dosing.refusal import DoseRefused
from seriatim.protocols.dosing.second_check import SecondCheck, SecondEntry, second_check
from seriatim.protocols.dosing.weight import Weighed
from seriatim.protocols.protocol import NOT_FOR_USE, TreatmentProtocol
from seriatim.protocols.timing.clock import instants

SCHEMA = "seriatim.dose-request/1"
Made = TypeVar("Made")


class WeightStated(Document):
    """One weighing, such as 82.4 kg."""

    weight: AmountText
    at: str
    reconfirmed: bool = False
    note: str = ""


class DoseGiven(Document):
    """One dose that the patient received."""

    amount: AmountText
    at: str
    level: str | None = None


class SecondStated(Document):
    """What a second person entered without seeing the first entry."""

    by: str
    weight: AmountText | None = None
    height: AmountText | None = None
    dose: AmountText | None = None
    volume: AmountText | None = None
    checked: tuple[str, ...] = ()


class DoseRequest(Document):
    """The whole file. `given: []` says that there was no dose before; without `given` nobody knows."""

    drug: str | None = Field(default=None, description="which drug, where the protocol has several")
    at: str
    zone: str | None = None
    weight: WeightStated | None = None
    cycle_baseline: WeightStated | None = None
    cycle_start: str | None = None
    earlier: tuple[WeightStated, ...] = ()
    height: AmountText | None = None
    sex: Literal["female", "male"] | None = None
    given: tuple[DoseGiven, ...] | None = None
    level: str | None = None
    ordered: AmountText | None = Field(default=None, description="what a person wrote, as an amount or by size")
    first_by: str | None = Field(default=None, description="who made the first entry; needed for a second")
    second: SecondStated | None = None


@dataclass(frozen=True)
class DoseAnswer:
    """The dose or why there is none, and whether the second entry agrees; `second` is None where there was none."""

    drug: str
    dose: Dose | DoseRefused
    second: SecondCheck | None


def dose_answer(protocol: TreatmentProtocol, text: str, name: str = "request") -> DoseAnswer:
    """Work out what a request asks. Raises `InvalidDocument` with every fault of the file."""
    located = load_located(text, DoseRequest, schema=SCHEMA, name=name)
    request, reading = located.document, _Reading(located)
    drug = _drug(protocol, request)
    found = reading.calculated(protocol.document.dose[drug])
    entry = reading.second()
    located.refuse(reading.faults)
    if found is None:  # its fault is told above
        raise Misuse(f"{name} has no time of the dose")
    dose = found()
    if entry is None or not isinstance(dose, Dose):
        return DoseAnswer(drug, dose, None)
    return DoseAnswer(drug, dose, second_check(dose, entry, first_by=request.first_by or ""))


def dose_record(protocol: TreatmentProtocol, found: DoseAnswer) -> dict[str, Any]:
    """The dose for machines: each step, or each reason; nothing of it beside a second entry that differs."""
    told: dict[str, Any] = {
        "protocol": protocol.name,
        "sha256": protocol.sha256,
        "drug": found.drug,
        "use": NOT_FOR_USE,
    }
    if found.second is not None:
        told["second_check"] = {"agrees": found.second.agrees, "words": str(found.second)}
    if not isinstance(found.dose, Dose):
        return told | {"refused": [asdict(reason) for reason in found.dose.reasons]}
    if found.second is not None and not found.second.agrees:
        return told
    steps = [{"step": step.name, "expression": step.expression, "value": step.value} for step in found.dose.steps]
    return told | {"amount": str(found.dose.amount), "steps": steps, "cautions": list(found.dose.cautions)}


def _drug(protocol: TreatmentProtocol, request: DoseRequest) -> str:
    known = list(protocol.document.dose)
    if not known:
        raise Misuse(f"{protocol.name} has no dose section; nothing can be worked out")
    if request.drug is None and len(known) == 1:
        return known[0]
    if request.drug not in known:
        raise Misuse(f'the drug "{request.drug}" has no dose in {protocol.name}; it has {", ".join(known)}')
    return request.drug


class _Reading:
    """One reading of a request; gathers its faults."""

    def __init__(self, located: Located[DoseRequest]) -> None:
        self.located, self.request = located, located.document
        self.faults: list[Finding] = []

    def calculated(self, rule: DoseRule) -> Callable[[], Dose | DoseRefused] | None:
        """The calculation that the request asks for, ready to be done once it has no fault."""
        asked = self.request
        at, start = self.instant(("at",), asked.at), self.instant(("cycle_start",), asked.cycle_start)
        weight, baseline = (
            self.weighed(("weight",), asked.weight),
            self.weighed(("cycle_baseline",), asked.cycle_baseline),
        )
        earlier = [self.weighed(("earlier", place), one) for place, one in enumerate(asked.earlier)]
        height, ordered = self.amount(("height",), asked.height), self.amount(("ordered",), asked.ordered)
        sex: Sex | None = asked.sex
        given = self.given()
        if at is None:
            return None
        time = at
        return lambda: calculate_dose(
            rule,
            weight=weight,
            at=time,
            cycle_baseline=baseline,
            cycle_start=start,
            earlier=tuple(one for one in earlier if one is not None),
            height=height,
            sex=sex,
            given=given,
            level=asked.level,
            ordered=ordered,
        )

    def second(self) -> SecondEntry | None:
        stated = self.request.second
        if stated is None:
            return None
        amounts = {
            key: self.amount(("second", key), getattr(stated, key)) for key in ("weight", "height", "dose", "volume")
        }
        return SecondEntry(by=stated.by, checked=frozenset(stated.checked), **amounts)

    def given(self) -> list[GivenDose] | None:
        if self.request.given is None:
            return None
        found = []
        for place, stated in enumerate(self.request.given):
            amount = self.amount(("given", place, "amount"), stated.amount)
            at = self.instant(("given", place, "at"), stated.at)
            if amount is not None and at is not None:
                one = self.made(("given", place), partial(GivenDose, amount, at, level=stated.level))
                found += [one] if one is not None else []
        return found

    def weighed(self, place: Place, stated: WeightStated | None) -> Weighed | None:
        if stated is None:
            return None
        weight, at = self.amount((*place, "weight"), stated.weight), self.instant((*place, "at"), stated.at)
        if weight is None or at is None:
            return None
        return self.made(place, lambda: Weighed(weight, at, stated.reconfirmed, stated.note))

    def amount(self, place: Place, text: str | None) -> Quantity | None:
        if text is None:
            return None
        try:
            return read_quantity(text)
        except ValueError as problem:
            self.fault(place, f'"{text}"', str(problem), "write number and unit, such as 82.4 kg")
            return None

    def instant(self, place: Place, text: str | None) -> datetime | None:
        if text is None:
            return None
        try:
            first, last = instants(text, self.request.zone)
        except Misuse as problem:
            self.fault(place, f'"{text}"', "a time such as 2026-03-02 05:58", str(problem))
            return None
        if first != last:
            self.fault(place, f'"{text}"', "one instant", "the clocks were changed that night; add the offset")
        return first

    def made(self, place: Place, make: Callable[[], Made]) -> Made | None:
        try:
            return make()
        except Misuse as problem:
            self.fault(place, "what is none", "a measured amount", str(problem))
            return None

    def fault(self, place: Place, found: str, expected: str, move: str) -> None:
        self.faults.append(self.located.fault(place, found, expected, move))
