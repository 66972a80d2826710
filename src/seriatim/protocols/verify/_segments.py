"""Between which values do the rules treat a variable alike? Its thresholds, and the stretches between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

from seriatim.protocols.bedside.shown import shown, spelt_unit
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._solver import grid_step, value_range
from seriatim.rules.facts import Fact
from seriatim.rules.tree import Compare, Tree, atoms
from seriatim.rules.variables import Kind, Variable


@dataclass(frozen=True)
class Segment:
    """Ticks from `low` to `high`, both included, in which no comparison with one constant changes its answer.

    `lowest` and `highest` are its outermost values that the chart can hold; where it can hold none (`on_grid` false),
    both are one value with as few decimals as can be.
    """

    low: int
    high: int
    lowest: int
    highest: int
    on_grid: bool

    @property
    def example(self) -> int:
        """One value that stands for all."""
        return self.lowest


def segments(protocol: TreatmentProtocol, name: str, also: Iterable[Fraction] = ()) -> tuple[Segment, ...]:
    """The stretches of a variable, the mildest first; the lowest first where no direction is declared.

    `also` are thresholds of another protocol.
    """
    low, high = value_range(protocol, name)
    starts = {low, high + 1}
    for value in (*thresholds(protocol, name), *also):
        starts |= {floor(value), floor(value) + 1} if value.denominator == 1 else {floor(value) + 1}
    edges = sorted(start for start in starts if low <= start <= high + 1)
    found = [_segment(protocol, name, one, other - 1) for one, other in pairwise(edges)]
    if name in protocol.formulas:
        found = [segment for segment in found if segment.on_grid]  # a derived value is always rounded to its grid
    return tuple(found[::-1] if _falls(protocol, name) else found)


def mildest(protocol: TreatmentProtocol, name: str, segment: Segment) -> int:
    """The value of a stretch that stands next to the milder one beside it."""
    return segment.highest if _falls(protocol, name) else segment.lowest


def worst(protocol: TreatmentProtocol, name: str, segment: Segment) -> int:
    """The value of a stretch that stands next to the worse one beside it."""
    return segment.lowest if _falls(protocol, name) else segment.highest


def _falls(protocol: TreatmentProtocol, name: str) -> bool:
    return protocol.document.variables[name].worse == "down"


def thresholds(protocol: TreatmentProtocol, name: str) -> tuple[Fraction, ...]:
    """The constants, in ticks, with which the rules before a dose compare a variable alone, in rising order."""
    trees = [tree for rule in protocol.rules for tree in (rule.tree, rule.resume) if tree is not None]
    return tuple(sorted({value for tree in trees for value in thresholds_in(tree, name)}))


def thresholds_in(tree: Tree, name: str) -> set[Fraction]:
    """The constants of one condition."""
    return {
        Fraction(atom.constant, atom.terms[0].coefficient)
        for atom in atoms(tree)
        if isinstance(atom, Compare) and [(term.variable, term.aspect) for term in atom.terms] == [(name, "value")]
    }


def range_words(
    protocol: TreatmentProtocol, name: str, one: Segment, other: Segment | None = None, also: Iterable[Fraction] = ()
) -> str:
    """A stretch of values in words: "above 2.9 and below 3 mg/dL"."""
    variable = protocol.variables[name]
    low, high = min(one.low, (other or one).low), max(one.high, (other or one).high)
    if low == high:
        return value_words(low, variable)
    if variable.kind is not Kind.QUANTITY:
        return _whole_words(low, high, value_range(protocol, name), variable)
    marks = {int(value) for value in (*thresholds(protocol, name), *also) if value.denominator == 1}
    ends = value_range(protocol, name)
    below = _edge(("from", "above"), low, low - 1, marks, variable) if low > ends[0] else ""
    above = _edge(("to", "below"), high, high + 1, marks, variable) if high < ends[1] else ""
    told = _between(below, above)
    return f"{told} {spelt_unit(variable.unit)}" if told else "any value"


def _between(below: str, above: str) -> str:
    if not below or not above:
        return below or above.replace("to ", "up to ")
    if above.startswith("to "):
        return f"{below} {above}"
    return f"{below} {'and' if below.startswith('above') else 'to'} {above}"


def value_words(value: int, variable: Variable) -> str:
    """A value with its unit, as a person reads it."""
    return shown(Fact(value, value), variable)


def _edge(words: tuple[str, str], inside: int, outside: int, marks: set[int], variable: Variable) -> str:
    included, excluded = words
    if inside in marks:
        return f"{included} {_number(inside, variable)}"
    return f"{excluded} {_number(outside, variable)}"


def _number(value: int, variable: Variable) -> str:
    return value_words(value, variable).removesuffix(f" {spelt_unit(variable.unit)}")


def _whole_words(low: int, high: int, ends: tuple[int, int], variable: Variable) -> str:
    if variable.levels:
        return " or ".join(value_words(value, variable) for value in range(low, high + 1))
    return f"{low} or more" if high == ends[1] else f"{low} to {high}"


def _segment(protocol: TreatmentProtocol, name: str, low: int, high: int) -> Segment:
    step = grid_step(protocol, name)
    first, last = -(-low // step), high // step
    if first <= last:
        return Segment(low, high, first * step, last * step, True)
    between = _few_decimals(low, high, step)
    return Segment(low, high, between, between, False)


def _few_decimals(low: int, high: int, step: int) -> int:
    middle, finer = (low + high) // 2, step
    while finer > 1:
        finer = finer // 10 or 1
        near: Sequence[int] = (middle // finer * finer, -(-middle // finer) * finer)
        for value in near:
            if low <= value <= high:
                return value
    return middle
