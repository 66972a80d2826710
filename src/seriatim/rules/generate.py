"""How is a set of conditions asked fast, one patient at a time? Python source made from the trees, compiled once.

Sources are written from whole numbers and names of our own alone, never from the text of a protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seriatim.rules.facts import Fact, Facts
from seriatim.rules.tree import And, AtLeast, Compare, Group, Known, Not, Term, Tree, variables

Answer = tuple[tuple[bool, ...], tuple[bool, ...]]
"""Definite and possible, one each a condition."""


@dataclass(frozen=True)
class Compiled:
    """Conditions as one function; `source` is what was compiled."""

    names: tuple[str, ...]
    source: str
    function: Callable[[list[int | None], list[int | None], list[int | None]], Answer]

    def __call__(self, facts: Facts) -> Answer:
        known = [facts.get(name) for name in self.names]
        lows = [fact.low if isinstance(fact, Fact) else None for fact in known]
        highs = [fact.high if isinstance(fact, Fact) else None for fact in known]
        ages = [fact.age if isinstance(fact, Fact) else None for fact in known]
        return self.function(lows, highs, ages)


def compiled(trees: Sequence[Tree]) -> Compiled:
    """One function for all conditions; equal to `evaluate` on each of them.

    >>> from seriatim.rules.tree import Compare, Term
    >>> rules = compiled([Compare((Term("creatinine"),), ">=", 3_000_000)])
    >>> rules({"creatinine": Fact(3_100_000, 3_100_000)}), rules({})
    (((True,), (True,)), ((False,), (True,)))
    """
    names = tuple(sorted(set().union(*(variables(tree) for tree in trees))))
    places = {name: place for place, name in enumerate(names)}
    written = [_written(tree, places) for tree in trees]
    definite = ", ".join(pair[0] for pair in written) + ("," if written else "")
    possible = ", ".join(pair[1] for pair in written) + ("," if written else "")
    source = f"def function(l, h, a):\n    return ({definite}), ({possible})\n"
    space: dict[str, Any] = {"__builtins__": {"sum": sum}}
    exec(compile(source, "<rules>", "exec"), space)  # noqa: S102 - made of numbers and operators above, see _written
    return Compiled(names, source, space["function"])


def _written(tree: Tree, places: Mapping[str, int]) -> tuple[str, str]:
    if isinstance(tree, Compare):
        return _comparison(tree, places)
    if isinstance(tree, Known):
        known = f"(l[{places[tree.variable]}] is not None)"
        return known, known
    if isinstance(tree, Not):
        definite, possible = _written(tree.of, places)
        return f"(not {possible})", f"(not {definite})"
    if isinstance(tree, Group):
        raise TypeError(f"the group {tree.name!r} stands for rules; a protocol puts them in its place")
    pairs = [_written(part, places) for part in tree.of]
    if isinstance(tree, AtLeast):
        return tuple(f"(sum(({', '.join(pair[side] for pair in pairs)},)) >= {tree.n:d})" for side in (0, 1))  # type: ignore[return-value]
    word = " and " if isinstance(tree, And) else " or "
    return tuple(f"({word.join(pair[side] for pair in pairs)})" for side in (0, 1))  # type: ignore[return-value]


def _comparison(atom: Compare, places: Mapping[str, int]) -> tuple[str, str]:
    known = " and ".join(f"l[{places[term.variable]}] is not None" for term in atom.terms)
    unknown = " or ".join(f"l[{places[term.variable]}] is None" for term in atom.terms)
    least = " + ".join(_end(term, places, term.coefficient > 0) for term in atom.terms)
    most = " + ".join(_end(term, places, term.coefficient < 0) for term in atom.terms)
    c = f"{atom.constant:d}"
    sure, maybe = {
        "<": (f"{most} < {c}", f"{least} < {c}"),
        "<=": (f"{most} <= {c}", f"{least} <= {c}"),
        ">": (f"{least} > {c}", f"{most} > {c}"),
        ">=": (f"{least} >= {c}", f"{most} >= {c}"),
        "=": (f"{least} == {c} == {most}", f"{least} <= {c} <= {most}"),
        "<>": (f"({most} < {c} or {least} > {c})", f"not ({least} == {c} == {most})"),
    }[atom.operator]
    return f"({known} and {sure})", f"({unknown} or {maybe})"


def _end(term: Term, places: Mapping[str, int], is_low: bool) -> str:
    column = "a" if term.aspect == "age" else ("l" if is_low else "h")
    value = f"{column}[{places[term.variable]}]"
    return value if term.coefficient == 1 else f"{term.coefficient:d} * {value}"
