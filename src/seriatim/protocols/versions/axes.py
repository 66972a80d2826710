"""Which values of which variable are worth asking two protocols about? Those at and around their thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import ceil, floor

from seriatim.protocols.bedside.known import Known
from seriatim.protocols.examples import normal_facts
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.wording.unit_words import unit_words
from seriatim.rules.amounts import in_unit_of
from seriatim.rules.facts import Fact, Missing, Unknown
from seriatim.rules.faults import NotARule
from seriatim.rules.tree import Compare, Tree, atoms
from seriatim.rules.variables import Kind, Variable

NOT_KNOWN = "not known"
Value = Fraction | str | None  # in the variable's unit, a word of its levels, or not known


@dataclass(frozen=True)
class Choice:
    """One value of a variable in words, and as each protocol holds it; None for one that does not have the variable."""

    words: str
    in_a: Fact | Unknown | None
    in_b: Fact | Unknown | None


@dataclass(frozen=True)
class Axis:
    """A variable with the values to try; `usual` fires no rule, or as few as can be."""

    name: str
    usual: Choice
    choices: tuple[Choice, ...]


def axes(a: TreatmentProtocol, b: TreatmentProtocol) -> tuple[Axis, ...]:
    """The variables of two protocols with the values to try.

    A variable that both have under one name and in units of one kind is one patient's value. Anything else stands
    alone: the other protocol never looks at it.
    """
    usual_a, usual_b = normal_facts(a), normal_facts(b)
    shared = [name for name in a.variables if _is_shared(a, b, name)]
    both = [_axis(name, (a, b), usual_a, _fires_less(a, b, name, usual_a, usual_b)) for name in shared]
    alone_a = [_axis(name, (a, None), usual_a, usual_a) for name in a.variables if name not in shared]
    alone_b = [_axis(name, (None, b), usual_b, usual_b) for name in b.variables if name not in shared]
    return (*both, *alone_a, *alone_b)


def _is_shared(a: TreatmentProtocol, b: TreatmentProtocol, name: str) -> bool:
    one, other = a.variables.get(name), b.variables.get(name)
    if one is None or other is None or one.kind != other.kind:
        return False
    return one.kind is not Kind.QUANTITY or _converted(other, Fraction(1), one.unit) is not None


def _fires_less(a: TreatmentProtocol, b: TreatmentProtocol, name: str, usual_a: Known, usual_b: Known) -> Known:
    """The usual patient of A, unless this one value of A makes rules of B hold that B's own does not."""
    value = _value_of(a.variables[name], usual_a.get(name))
    in_b = usual_b | {name: _fact(b.variables[name], value, a.variables[name].unit)}
    if _possible(b, in_b) <= _possible(b, usual_b):
        return usual_a
    back = _value_of(b.variables[name], usual_b.get(name))
    return usual_a | {name: _fact(a.variables[name], back, b.variables[name].unit)}


def _possible(protocol: TreatmentProtocol, known: Known) -> int:
    return sum(protocol.fast(known)[1][: len(protocol.rules)])


def _axis(
    name: str, sides: tuple[TreatmentProtocol | None, TreatmentProtocol | None], first: Known, usual: Known
) -> Axis:
    shown = next(side for side in sides if side is not None).variables[name]
    tried = chain.from_iterable(_worth_trying(side, name, shown) for side in sides if side)
    normal = _value_of(shown, usual.get(name, first.get(name)))
    others = dict.fromkeys(value for value in tried if value != normal)
    return Axis(name, _choice(sides, shown, normal), tuple(_choice(sides, shown, value) for value in (*others, None)))


def _choice(sides: tuple[TreatmentProtocol | None, TreatmentProtocol | None], shown: Variable, value: Value) -> Choice:
    a, b = (_fact(side.variables[shown.name], value, shown.unit) if side else None for side in sides)
    return Choice(_words(shown, value), a, b)


def _worth_trying(protocol: TreatmentProtocol, name: str, shown: Variable) -> Iterator[Value]:
    """Every level; every threshold, a step of the chart to either side of it, and, last, half a step."""
    variable = protocol.variables[name]
    if variable.levels:
        yield from variable.levels
        return
    step = Fraction(protocol.document.variables[name].resolution or 1)
    halves = () if variable.kind is Kind.COUNT or name in protocol.formulas else (Fraction(-1, 2), Fraction(1, 2))
    ends = variable.plausible or (Fraction(0), Fraction(10**6))
    for parts in ((-1, 0, 1), halves):
        near = sorted({threshold + part * step for threshold in _thresholds(protocol, name) for part in parts})
        yield from (_converted(shown, value, variable.unit) for value in near if ends[0] <= value <= ends[1])


def _thresholds(protocol: TreatmentProtocol, name: str) -> Iterator[Fraction]:
    """What the protocol compares a variable with, in its unit."""
    for atom in chain.from_iterable(atoms(tree) for tree in conditions(protocol)):
        if isinstance(atom, Compare) and [(term.variable, term.aspect) for term in atom.terms] == [(name, "value")]:
            yield Fraction(atom.constant, atom.terms[0].coefficient * protocol.variables[name].ticks_per_unit)


def conditions(protocol: TreatmentProtocol) -> Iterator[Tree]:
    """Everything that a verdict rests on: rules, what resumes them, screening, and who has a variable at all."""
    yield from (rule.tree for rule in protocol.rules)
    yield from (rule.resume for rule in protocol.rules if rule.resume is not None)
    yield from (screen.eligible for screen in protocol.screens)
    yield from protocol.applies.values()


def _fact(variable: Variable, value: Value, unit: str) -> Fact | Unknown:
    if value is None:
        return Unknown()
    if isinstance(value, str):
        if value not in variable.levels:
            return Unknown(Missing.NOT_A_LEVEL, value)
        return Fact(variable.levels.index(value), variable.levels.index(value))
    here = _converted(variable, value, unit)
    ticks = (value if here is None else here) * variable.ticks_per_unit
    return Fact(floor(ticks), ceil(ticks))


def _converted(variable: Variable, value: Fraction, unit: str) -> Fraction | None:
    """A value of another unit in the variable's own; None where it cannot be."""
    if unit == variable.unit:
        return value
    try:
        return in_unit_of(variable, value, unit)
    except NotARule:
        return None


def _value_of(variable: Variable, fact: Fact | Unknown | None) -> Value:
    if not isinstance(fact, Fact):
        return None
    return variable.levels[fact.low] if variable.levels else Fraction(fact.low, variable.ticks_per_unit)


def _words(variable: Variable, value: Value) -> str:
    label = variable.text or variable.name
    if value is None:
        return f"{label} {NOT_KNOWN}"
    if isinstance(value, str):
        return f"{label}: {value.replace('_', ' ')}"
    number = f"{float(value):.10g}"
    return f"{label} {number} {unit_words(variable.unit, one=number == '1')}".strip()
