"""Which slips of the pen can a condition have? A sign, a threshold, a number or a word of it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._segments import value_words
from seriatim.protocols.verify._solver import grid_step, value_range
from seriatim.rules.tree import OPPOSITE, And, AtLeast, Compare, Known, Not, Operator, Or, Tree
from seriatim.rules.variables import Kind
from seriatim.rules.words import words

BESIDE: Mapping[Operator, tuple[Operator, ...]] = {
    "<": ("<=",), "<=": ("<",), ">": (">=",), ">=": (">",), "=": (">=", "<="), "<>": (),
}  # fmt: skip


@dataclass(frozen=True)
class Slip:
    """The condition with one slip in it, and the slip in words."""

    tree: Tree
    words: str


def slips(protocol: TreatmentProtocol, tree: Tree) -> Iterator[Slip]:
    """Every condition that differs from this one by a single slip."""
    if isinstance(tree, Compare):
        yield from _signs(protocol, tree)
        yield from _constants(protocol, tree)
    elif isinstance(tree, Known):
        yield Slip(Not(tree), f"{words(tree)} turned round")
    elif isinstance(tree, Not):
        yield Slip(tree.of, f"not left out before {words(tree.of)}")
        yield from _inside(protocol, (tree.of,), lambda parts: Not(parts[0]))
    elif isinstance(tree, And | Or):
        yield from _joined(protocol, tree)
    elif isinstance(tree, AtLeast):
        yield from _counted(protocol, tree)


def _signs(protocol: TreatmentProtocol, atom: Compare) -> Iterator[Slip]:
    beside = () if _has_no_order(protocol, atom) else BESIDE[atom.operator]
    for operator in (*beside, OPPOSITE[atom.operator]):
        yield Slip(replace(atom, operator=operator), f"{words(atom)}, read with {words(Compare((), '=', 0, operator))}")


def _constants(protocol: TreatmentProtocol, atom: Compare) -> Iterator[Slip]:
    """The threshold one step of the chart to either side, where that is a threshold at all."""
    first = atom.terms[0]
    if _has_no_order(protocol, atom):
        return
    step = 3600 if first.aspect == "age" else grid_step(protocol, first.variable)
    for sign in (-1, 1):
        moved = replace(atom, constant=atom.constant + sign * step * abs(first.coefficient))
        if len(atom.terms) > 1 or first.aspect == "age":
            yield Slip(moved, f"{words(atom)}, the threshold one step {'higher' if sign > 0 else 'lower'}")
            continue
        low, high = value_range(protocol, first.variable)
        value = moved.constant // first.coefficient
        if low <= value <= high:
            told = value_words(value, protocol.variables[first.variable])
            yield Slip(moved, f"{words(atom)}, read as {told}")


def _has_no_order(protocol: TreatmentProtocol, atom: Compare) -> bool:
    kinds = {protocol.variables[term.variable].kind for term in atom.terms if term.aspect == "value"}
    return bool(kinds & {Kind.BOOLEAN, Kind.CATEGORY})


def _joined(protocol: TreatmentProtocol, tree: And | Or) -> Iterator[Slip]:
    other = Or if isinstance(tree, And) else And
    if len(tree.of) > 1:
        yield Slip(other(tree.of), f"{'or' if other is Or else 'and'} read in {words(tree)}")
    yield from _inside(protocol, tree.of, type(tree))


def _counted(protocol: TreatmentProtocol, tree: AtLeast) -> Iterator[Slip]:
    for n in (tree.n - 1, tree.n + 1):
        yield Slip(AtLeast(n, tree.of), f"{words(tree)}, read as {n}")
    yield from _inside(protocol, tree.of, lambda parts: AtLeast(tree.n, parts))


def _inside(
    protocol: TreatmentProtocol, parts: tuple[Tree, ...], rebuilt: Callable[[tuple[Tree, ...]], Tree]
) -> Iterator[Slip]:
    for place, part in enumerate(parts):
        for slip in slips(protocol, part):
            yield Slip(rebuilt((*parts[:place], slip.tree, *parts[place + 1 :])), slip.words)
