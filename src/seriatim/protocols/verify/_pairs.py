"""Which variables of two protocols are the same, and how are their values written in each?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._solver import Prover, grid_step, z3
from seriatim.rules.variables import Kind
from seriatim.vocabulary.ucum import UnknownUnit, ratio

_ROUNDED = ("down", "half_up", "up")


def shared(a: TreatmentProtocol, b: TreatmentProtocol) -> dict[str, Fraction]:
    """Variables by name that mean the same kind of thing in both, with the ticks of B that one tick of A is.

    A quantity is shared where its unit converts, words where the levels are the same, a derived value where its formula
    is.
    """
    found = {name: _factor(a, b, name) for name in a.variables if name in b.variables}
    return {name: factor for name, factor in found.items() if factor is not None}


def joined(a: TreatmentProtocol, b: TreatmentProtocol) -> tuple[Prover, Prover]:
    """Both protocols before one patient, with any value between the steps of their charts."""
    one, other = Prover(a, prefix="A "), Prover(b, prefix="B ")
    both = one.asked & other.asked
    links = [link for name, factor in shared(a, b).items() if name in both for link in _links(one, other, name, factor)]
    one.join(other, links)
    return one, other


def _factor(a: TreatmentProtocol, b: TreatmentProtocol, name: str) -> Fraction | None:
    one, other = a.variables[name], b.variables[name]
    if one.kind is not other.kind or one.levels != other.levels:
        return None
    if a.document.variables[name].expr != b.document.variables[name].expr:
        return None
    if one.kind is not Kind.QUANTITY:
        return Fraction(1)
    per_unit = _into(a, b, name)
    return None if per_unit is None else per_unit * other.ticks_per_unit / one.ticks_per_unit


def _into(a: TreatmentProtocol, b: TreatmentProtocol, name: str) -> Fraction | None:
    """How many units of B one unit of A is, by what either declares or else by UCUM."""
    one, other = a.variables[name], b.variables[name]
    if one.unit in other.units:
        return other.units[one.unit]
    if other.unit in one.units:
        return 1 / one.units[other.unit]
    try:
        return ratio(one.unit, other.unit)
    except UnknownUnit:
        return None


def _links(one: Prover, other: Prover, name: str, factor: Fraction) -> Iterator[Any]:
    a, b = one.world, other.world
    yield a.ages[name] == b.ages[name]
    yield a.known[name] == b.known[name]
    left, right = a.values[name] * factor.numerator, b.values[name] * factor.denominator
    modes = [_mode(prover.protocol, name) for prover in (one, other)]
    if modes[0] == modes[1] and _same_steps(one, other, name, factor):
        yield left == right
    else:
        # One exact value, rounded by each in its own way: no further apart than a step.
        apart = grid_step(one.protocol, name) * factor.numerator, grid_step(other.protocol, name) * factor.denominator
        low = 0 if modes[0] > modes[1] else -max(apart)
        high = 0 if modes[0] < modes[1] else max(apart)
        yield z3().And(left - right >= low, left - right <= high)


def _mode(protocol: TreatmentProtocol, name: str) -> int:
    rounding = protocol.document.variables[name].round
    return _ROUNDED.index(rounding.mode) if rounding is not None and name in protocol.formulas else 0


def _same_steps(one: Prover, other: Prover, name: str, factor: Fraction) -> bool:
    if name not in one.protocol.formulas:
        return True
    return grid_step(one.protocol, name) * factor == grid_step(other.protocol, name)
