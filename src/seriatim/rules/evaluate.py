"""Does a condition hold for one patient now? The plain way, which every faster form must agree with."""

from __future__ import annotations

from seriatim.rules.facts import Fact, Facts
from seriatim.rules.tree import And, AtLeast, Compare, Group, Known, Not, Term, Tree
from seriatim.rules.truth import Truth, at_least, negation


def evaluate(tree: Tree, facts: Facts) -> Truth:
    """The truth of a condition under the facts.

    >>> over_three = Compare((Term("creatinine"),), ">=", 3_000_000)
    >>> evaluate(over_three, {"creatinine": Fact(3_100_000, 3_100_000)}), evaluate(over_three, {})
    (<Truth.TRUE: (True, True)>, <Truth.UNKNOWN: (False, True)>)
    """
    if isinstance(tree, Compare):
        return _compare(tree, facts)
    if isinstance(tree, Known):
        return Truth.TRUE if isinstance(facts.get(tree.variable), Fact) else Truth.FALSE
    if isinstance(tree, Not):
        return negation(evaluate(tree.of, facts))
    if isinstance(tree, Group):
        raise TypeError(f"the group {tree.name!r} stands for rules; a protocol puts them in its place")
    truths = [evaluate(part, facts) for part in tree.of]
    if isinstance(tree, And):
        return at_least(len(truths), truths)
    return at_least(tree.n if isinstance(tree, AtLeast) else 1, truths)


def _compare(atom: Compare, facts: Facts) -> Truth:
    low, high = 0, 0
    for term in atom.terms:
        bounds = _bounds(term, facts)
        if bounds is None:
            return Truth.UNKNOWN
        low, high = low + bounds[0], high + bounds[1]
    return _between(low, high, atom)


def _bounds(term: Term, facts: Facts) -> tuple[int, int] | None:
    fact = facts.get(term.variable)
    if not isinstance(fact, Fact):
        return None
    low, high = (fact.age, fact.age) if term.aspect == "age" else (fact.low, fact.high)
    ends = (term.coefficient * low, term.coefficient * high)
    return min(ends), max(ends)


def _between(low: int, high: int, atom: Compare) -> Truth:
    """A sum that lies from `low` to `high` against the constant."""
    wanted = atom.constant
    match atom.operator:
        case "<":
            return Truth.of(high < wanted, low < wanted)
        case "<=":
            return Truth.of(high <= wanted, low <= wanted)
        case ">":
            return Truth.of(low > wanted, high > wanted)
        case ">=":
            return Truth.of(low >= wanted, high >= wanted)
        case "=":
            return Truth.of(low == high == wanted, low <= wanted <= high)
        case "<>":
            return Truth.of(high < wanted or low > wanted, not low == high == wanted)
