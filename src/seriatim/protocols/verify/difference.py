"""For which values do two protocols act differently, and which of the two asks for more?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.known import Known
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._pairs import shared
from seriatim.protocols.verify._segments import Segment, range_words, segments, thresholds
from seriatim.protocols.verify._solver import Prover, definite
from seriatim.protocols.verify._words import action_of, changed, label_of
from seriatim.rules.tree import variables
from seriatim.rules.variables import Kind

Asked = Literal["both", "A", "B"]


@dataclass(frozen=True)
class Difference:
    """Values of one variable for which A and B act differently on a patient in whom nothing else is found."""

    variable: str
    where: str  # the values in words, with the unit of A (of B, where only B asks)
    a: Action
    b: Action
    asked_by: Asked

    @property
    def sentence(self) -> str:
        """The difference in one sentence."""
        only = "" if self.asked_by == "both" else f" (only {self.asked_by} asks)"
        return f"{self.where}: A says {self.a.words}, B says {self.b.words}{only}."


def difference(a: TreatmentProtocol, b: TreatmentProtocol) -> tuple[Difference, ...]:
    """Every variable, alone, by which A and B differ; the others have values for which no rule holds.

    Variables are the same where name, kind and unit or levels agree; others are looked at in the protocol that has
    them. Values cover every stretch between two thresholds of either protocol, so nothing between is missed.

    >>> from seriatim.protocols.load import read_protocol
    >>> a, b = read_protocol("consensus-2014"), read_protocol("community-2015")
    >>> [one.sentence for one in difference(a, b) if one.variable == "bilirubin"]
    ['total serum bilirubin above 7 mg/dL: A says hold this dose, B says give (only A asks).']
    """
    sides = _Side(a, Prover(a)), _Side(b, Prover(b))
    factors = shared(a, b)
    found: list[Difference] = []
    for name in sorted({*sides[0].prover.asked, *sides[1].prover.asked}):
        if name in factors and all(name in side.prover.asked for side in sides):
            found += _joined(sides[0].protocol, name, "both", _of_both(sides, name, factors[name]))
        else:
            found += _of_one(sides, name)
    return tuple(found)


@dataclass(frozen=True)
class _Side:
    protocol: TreatmentProtocol
    prover: Prover

    def base(self, name: str) -> Known:
        """A patient in whom nothing is found, and who has this variable at all."""
        applies = self.protocol.applies.get(name)
        if applies is None or not variables(applies) <= self.prover.asked:
            return self.prover.normal
        patient = self.prover.patient(definite(applies, self.prover.world))
        return {**self.prover.normal, **patient.facts} if patient is not None else self.prover.normal

    def action(self, name: str, value: int) -> Action:
        return action_of(self.protocol, changed(self.base(name), {name: value}))

    @property
    def usual(self) -> Action:
        return action_of(self.protocol, self.prover.normal)


@dataclass(frozen=True)
class _Stretch:
    segment: Segment
    a: Action
    b: Action
    also: tuple[Fraction, ...] = ()


def _of_both(sides: tuple[_Side, _Side], name: str, factor: Fraction) -> Iterator[_Stretch]:
    one, other = sides
    also = tuple(value / factor for value in thresholds(other.protocol, name))
    for segment in segments(one.protocol, name, also):
        value = _whole_in_both(segment, factor)
        if value is not None:
            yield _Stretch(segment, one.action(name, value), other.action(name, int(value * factor)), also)


def _whole_in_both(segment: Segment, factor: Fraction) -> int | None:
    """A value of the stretch that is a whole number of ticks in both protocols."""
    step = factor.denominator
    near = (segment.example // step * step, -(-segment.example // step) * step)
    return next((value for value in near if segment.low <= value <= segment.high), None)


def _of_one(sides: tuple[_Side, _Side], name: str) -> Sequence[Difference]:
    found: list[Difference] = []
    asking: tuple[Asked, Asked] = ("A", "B")
    for place, (side, asked_by) in enumerate(zip(sides, asking, strict=True)):
        if name in side.prover.asked:
            other = sides[1 - place].usual
            actions = [(segment, side.action(name, segment.example)) for segment in segments(side.protocol, name)]
            stretches = [_Stretch(s, *((own, other) if asked_by == "A" else (other, own))) for s, own in actions]
            found += _joined(side.protocol, name, asked_by, iter(stretches))
    return found


def _joined(
    protocol: TreatmentProtocol, name: str, asked_by: Asked, stretches: Iterator[_Stretch]
) -> Sequence[Difference]:
    """Neighbouring stretches with the same two answers are one, for a variable whose values have an order."""
    runs: list[list[_Stretch]] = []
    for stretch in stretches:
        last = runs[-1][-1] if runs else None
        ordered = protocol.variables[name].kind is not Kind.CATEGORY
        if last is not None and ordered and (last.a, last.b) == (stretch.a, stretch.b):
            runs[-1].append(stretch)
        else:
            runs.append([stretch])
    return [_told(protocol, name, asked_by, run) for run in runs if run[0].a != run[0].b]


def _told(protocol: TreatmentProtocol, name: str, asked_by: Asked, run: Sequence[_Stretch]) -> Difference:
    first, last = run[0], run[-1]
    where = range_words(protocol, name, first.segment, last.segment, first.also)
    return Difference(name, f"{label_of(protocol, name)} {where}", first.a, first.b, asked_by)
