"""Which values of one variable does no rule cover, though a milder value is covered?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.known import Known
from seriatim.protocols.bedside.shown import spelt_unit
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._polarity import may_be_helped
from seriatim.protocols.verify._segments import Segment, mildest, range_words, segments, value_words, worst
from seriatim.protocols.verify._solver import Patient, Prover, z3
from seriatim.protocols.verify._words import action_of, changed, deciding, label_of, patient_words
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.rules.tree import variables
from seriatim.rules.variables import Kind


@dataclass(frozen=True)
class Gap:
    """Values of one variable, from the segment `first` to `last`, for which less is done than for the milder value
    `before`; `patient`, who has the value `example`, shows it."""

    variable: str
    first: Segment
    last: Segment
    before: int
    example: int
    patient: Patient

    @property
    def low(self) -> int:
        return min(self.first.low, self.last.low)

    @property
    def high(self) -> int:
        return max(self.first.high, self.last.high)

    @property
    def on_grid(self) -> bool:
        """Can the chart hold a value of the gap?"""
        return self.first.on_grid or self.last.on_grid


def missing_bands(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """Every gap, with the value beside it that is covered. Where only a finer result falls into it, that is said."""
    for gap in gaps(protocol):
        yield _finding(protocol, gap)


def gaps(protocol: TreatmentProtocol) -> tuple[Gap, ...]:
    """The gaps of each variable that declares which direction is worse.

    >>> from seriatim.protocols.load import read_protocol
    >>> protocol = read_protocol("consensus-2014")
    >>> [range_words(protocol, gap.variable, gap.first, gap.last) for gap in gaps(protocol)]
    ['above 2 microg/kg/min', 'above 2.9 and below 3 mg/dL']
    """
    prover, asked = Prover(protocol), may_be_helped(protocol)
    return tuple(gap for name in protocol.variables if name in asked for gap in _of(prover, name))


def _of(prover: Prover, name: str) -> Iterator[Gap]:
    parts = segments(prover.protocol, name)
    found = [_at(prover, name, parts, place) for place in range(len(parts))]
    yield from (one for one in _joined(found) if one is not None)


def _joined(found: Sequence[Gap | None]) -> Iterator[Gap | None]:
    """Neighbouring gaps below one milder value are one."""
    open_one: Gap | None = None
    for gap in [*found, None]:
        if open_one and gap and gap.before == open_one.before and gap.patient.unusual == open_one.patient.unusual:
            open_one = replace(open_one, last=gap.last)
            continue
        yield open_one
        open_one = gap


def _at(prover: Prover, name: str, parts: Sequence[Segment], place: int) -> Gap | None:
    """The patient most like a normal one who gets less with a value of this segment than with a milder one."""
    value = mildest(prover.protocol, name, parts[place])
    milder = [worst(prover.protocol, name, parts[before]) for before in reversed(range(place))]
    found = [
        Gap(name, parts[place], parts[place], before, value, patient)
        for before in milder
        for patient in _patients(prover, name, (before, value))
    ]
    bands = [gap for gap in found if _is_band(prover.protocol, gap)]
    return min(bands, key=lambda gap: len(gap.patient.unusual), default=None)


def _patients(prover: Prover, name: str, values: tuple[int, int]) -> Iterator[Patient]:
    """Where nothing else need be found, that patient; else one for each action that is lost."""
    milder, worse = (changed(prover.normal, {name: value}) for value in values)
    if action_of(prover.protocol, worse) < action_of(prover.protocol, milder):
        yield Patient({one: worse[one] for one in sorted(prover.asked)}, (name,))
        return
    for rank in prover.ranks:
        patient = _patient(prover, name, values, rank)
        if patient is not None:
            yield patient


def _is_band(protocol: TreatmentProtocol, gap: Gap) -> bool:
    """Is what covers the milder value a rule about this variable alone? Else `not_monotone` tells of it."""
    beside = changed(gap.patient.facts, {gap.variable: gap.before})
    alone = {gap.variable, *where_it_applies(protocol, gap.variable)}
    return any(variables(protocol.rule(rule).tree) <= alone for rule in deciding(protocol, beside))


def where_it_applies(protocol: TreatmentProtocol, name: str) -> frozenset[str]:
    """What says whether a patient has this variable at all."""
    return variables(protocol.applies[name]) if name in protocol.applies else frozenset()


def _patient(prover: Prover, name: str, values: tuple[int, int], rank: int) -> Patient | None:
    milder, worse = (prover.world.moved({name: z3().IntVal(value)}) for value in values)
    own = prover.world.values[name] == values[1]
    loses = [own, prover.reaches(rank, milder), z3().Not(prover.reaches(rank, worse))]
    return prover.patient(*loses, keep={name: values[1]})


def _finding(protocol: TreatmentProtocol, gap: Gap) -> VerifierFinding:
    facts = changed(gap.patient.facts, {gap.variable: gap.example})
    beside = changed(facts, {gap.variable: gap.before})
    variable = protocol.variables[gap.variable]
    less, more = action_of(protocol, facts), action_of(protocol, beside)
    where = range_words(protocol, gap.variable, gap.first, gap.last)
    label = label_of(protocol, gap.variable)
    kind = "No rule covers" if less is Action.GIVE else "No rule as strict covers"
    named = f"{label}: {where}" if variable.levels else f"{label} {where}"
    at = [value_words(value, variable) for value in (gap.before, gap.example)]
    sentence = f"{kind} {named}. At {at[0]}: {more.words}; at {at[1]}, which is worse: {less.words}."
    witness = _witness(protocol, gap, facts)
    choose = f"choose what follows for {named}"
    return VerifierFinding(
        "missing band", Gravity.CHOOSE, deciding(protocol, beside), sentence + _off_grid(protocol, gap), choose, witness
    )


def _witness(protocol: TreatmentProtocol, gap: Gap, facts: Known) -> str:
    value = value_words(gap.example, protocol.variables[gap.variable])
    others = patient_words(protocol, gap.patient, but=(gap.variable,))
    also = f", with {others}" if others else ""
    return f"{label_of(protocol, gap.variable)} {value}{also}: {action_of(protocol, facts).words}"


def _off_grid(protocol: TreatmentProtocol, gap: Gap) -> str:
    """Where the chart cannot hold a value of the gap: which results fall into it all the same."""
    variable = protocol.variables[gap.variable]
    if gap.on_grid or variable.kind is not Kind.QUANTITY:
        return ""
    others = []
    for unit, factor in variable.units.items():
        ends = (Fraction(end) / variable.ticks_per_unit / factor for end in (gap.low, gap.high))
        first, last = (whole(end) for whole, end in zip((ceil, floor), ends, strict=True))
        if unit != variable.unit and first <= last:
            others.append(f"{first if first == last else f'{first} to {last}'} {spelt_unit(unit)}")
    if not others:
        return " Only results finer than the steps of the chart fall into it."
    return f" Results in the steps of the chart do not fall into it; {' and '.join(others)} do, and finer results."
