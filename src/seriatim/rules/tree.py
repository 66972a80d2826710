"""What is a condition once read? One tree of whole-number comparisons, from which every other form is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Operator = Literal["<", "<=", ">", ">=", "=", "<>"]
OPPOSITE: dict[str, Operator] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}
MIRRORED: dict[str, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}


@dataclass(frozen=True, slots=True)
class Term:
    """A whole number times a variable: its value in ticks, or its age in seconds at the time of the decision."""

    variable: str
    coefficient: int = 1
    aspect: Literal["value", "age"] = "value"


@dataclass(frozen=True, slots=True)
class Compare:
    """The sum of the terms against a constant, all in whole numbers: rules multiply, they never divide."""

    terms: tuple[Term, ...]
    operator: Operator
    constant: int
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Known:
    """Was the variable observed and usable at all? The one question that is never unknown."""

    variable: str
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    of: Tree


@dataclass(frozen=True, slots=True)
class And:
    of: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Or:
    of: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `n` of the conditions hold."""

    n: int
    of: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The rules that count under a name, such as *relative*; a protocol puts their conditions in its place."""

    name: str


Tree: TypeAlias = "Compare | Known | Not | And | Or | AtLeast | Group"


def parts(tree: Tree) -> tuple[Tree, ...]:
    """The conditions directly inside a condition."""
    if isinstance(tree, Not):
        return (tree.of,)
    if isinstance(tree, And | Or | AtLeast):
        return tree.of
    return ()


def atoms(tree: Tree) -> Iterator[Compare | Known]:
    """Every comparison and question of a tree, from left to right."""
    if isinstance(tree, Compare | Known):
        yield tree
    for part in parts(tree):
        yield from atoms(part)


def variables(tree: Tree) -> frozenset[str]:
    """The names of all variables that a condition asks.

    >>> sorted(variables(And((Known("ecg"), Compare((Term("creatinine"),), ">=", 3)))))
    ['creatinine', 'ecg']
    """
    return frozenset(name for atom in atoms(tree) for name in _asked(atom))


def replaced(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """The tree with `change` made to every part, from the innermost outwards."""
    if isinstance(tree, Not):
        return change(Not(replaced(tree.of, change)))
    if isinstance(tree, And):
        return change(And(tuple(replaced(part, change) for part in tree.of)))
    if isinstance(tree, Or):
        return change(Or(tuple(replaced(part, change) for part in tree.of)))
    if isinstance(tree, AtLeast):
        return change(AtLeast(tree.n, tuple(replaced(part, change) for part in tree.of)))
    return change(tree)


def groups_in(tree: Tree) -> frozenset[str]:
    """The names of the groups that a condition counts."""
    if isinstance(tree, Group):
        return frozenset({tree.name})
    return frozenset(name for part in parts(tree) for name in groups_in(part))


def with_members(tree: Tree, members: Mapping[str, tuple[Tree, ...]]) -> Tree:
    """The tree with the members of each group in its place.

    >>> with_members(AtLeast(3, (Group("relative"),)), {"relative": (Known("a"), Known("b"))})
    AtLeast(n=3, of=(Known(variable='a', text=''), Known(variable='b', text='')))
    """

    def filled(part: Tree) -> Tree:
        if not isinstance(part, AtLeast):
            return part
        spread = [members[of.name] if isinstance(of, Group) else (of,) for of in part.of]
        return AtLeast(part.n, tuple(tree for trees in spread for tree in trees))

    return replaced(tree, filled)


def overdrawn(tree: Tree) -> Iterator[tuple[int, int]]:
    """Each `at_least` that asks for more conditions than it has: how many it asks for, and how many there are.

    >>> list(overdrawn(AtLeast(3, (Known("a"), Known("b")))))
    [(3, 2)]
    """
    if isinstance(tree, AtLeast) and tree.n > len(tree.of):
        yield tree.n, len(tree.of)
    for part in parts(tree):
        yield from overdrawn(part)


def _asked(atom: Compare | Known) -> tuple[str, ...]:
    return (atom.variable,) if isinstance(atom, Known) else tuple(term.variable for term in atom.terms)
