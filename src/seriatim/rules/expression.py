"""Which rows of a frame fulfil a condition? The tree as a pair of narwhals expressions, definite and possible.

Each expression is true or false on every row, never null: what an engine does with null then decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.rules.formula import Formula
from seriatim.rules.tree import And, AtLeast, Compare, Group, Known, Not, Term, Tree


@dataclass(frozen=True)
class Pair:
    """`definite` and `possible` of one condition, as boolean expressions without null."""

    definite: nw.Expr
    possible: nw.Expr


def low(variable: str) -> str:
    """The column with the least value that a variable can have, in ticks; null where it is unknown."""
    return f"{variable}__low"


def high(variable: str) -> str:
    """The column with the greatest value that a variable can have; null exactly where `low` is."""
    return f"{variable}__high"


def age(variable: str) -> str:
    """The column with the seconds from the observation to the decision; asked only where the value is known."""
    return f"{variable}__age"


def expression(tree: Tree) -> Pair:
    """The condition over a frame with the columns `low`, `high` (and `age` where it is asked) of its variables."""
    if isinstance(tree, Compare):
        return _compare(tree)
    if isinstance(tree, Known):
        known = ~nw.col(low(tree.variable)).is_null()
        return Pair(known, known)
    if isinstance(tree, Not):
        inner = expression(tree.of)
        return Pair(~inner.possible, ~inner.definite)
    if isinstance(tree, Group):
        raise TypeError(f"the group {tree.name!r} stands for rules; a protocol puts them in its place")
    pairs = [expression(part) for part in tree.of]
    if isinstance(tree, AtLeast):
        return Pair(_count([p.definite for p in pairs]) >= tree.n, _count([p.possible for p in pairs]) >= tree.n)
    join = and_ if isinstance(tree, And) else or_
    return Pair(reduce(join, [p.definite for p in pairs]), reduce(join, [p.possible for p in pairs]))


def derived(formula: Formula) -> nw.Expr:
    """The value of a derived variable in ticks, null where it is unknown; both its bounds are this.

    In 128 bits where 64 are too few: a weight that is taken in pounds too has 10^14 ticks in a kilogram, and a gain in
    tenths of a per cent a thousand times that. DuckDB then takes ten times as long.
    """
    number: Any = nw.Int128 if formula.needs_128_bits else nw.Int64
    parts = sorted(formula.variables)
    exact = reduce(and_, [nw.col(low(name)) == nw.col(high(name)) for name in parts])
    above, below = _sum(formula.numerator, number), nw.lit(formula.over).cast(number)
    if formula.denominator:
        below = _sum(formula.denominator, number) * formula.over
    # Moved above zero first: engines disagree on which way the quotient of a negative number goes. What is still below
    # zero then, and what is divided by nothing, is of no use whatever an engine makes of it.
    shift = max(0, -formula.lowest) + 1
    top = above + below * shift
    steps = _rounded(top, below, formula.rounding).cast(number) - shift
    fits = exact & (below > 0) & (top >= 0) & (steps >= formula.lowest) & (steps <= formula.highest)
    return nw.when(fits).then(steps * formula.step).cast(nw.Int64)


def _rounded(top: nw.Expr, below: nw.Expr, rounding: str) -> nw.Expr:
    match rounding:
        case "half_up":
            return (top * 2 + below) // (below * 2)
        case "down":
            return top // below
        case _:
            return (top + below - 1) // below


def _compare(atom: Compare) -> Pair:
    least, most, wanted = _least(atom.terms), _most(atom.terms), atom.constant
    match atom.operator:
        case "<":
            return Pair(_surely(most < wanted), _perhaps(least < wanted))
        case "<=":
            return Pair(_surely(most <= wanted), _perhaps(least <= wanted))
        case ">":
            return Pair(_surely(least > wanted), _perhaps(most > wanted))
        case ">=":
            return Pair(_surely(least >= wanted), _perhaps(most >= wanted))
        case "=":
            return Pair(_surely((least == wanted) & (most == wanted)), _perhaps((least <= wanted) & (most >= wanted)))
        case "<>":
            return Pair(_surely((most < wanted) | (least > wanted)), _perhaps(~((least == wanted) & (most == wanted))))


def _surely(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(True)).otherwise(nw.lit(False))  # null is not sure


def _perhaps(condition: nw.Expr) -> nw.Expr:
    return ~nw.when(~condition).then(nw.lit(True)).otherwise(nw.lit(False))  # null may be


def _least(terms: Sequence[Term]) -> nw.Expr:
    return reduce(lambda a, b: a + b, [_end(term, term.coefficient > 0) for term in terms])


def _most(terms: Sequence[Term]) -> nw.Expr:
    return reduce(lambda a, b: a + b, [_end(term, term.coefficient < 0) for term in terms])


def _end(term: Term, is_low: bool) -> nw.Expr:
    value = nw.col(low(term.variable) if is_low else high(term.variable))
    if term.aspect == "age":
        # A value too old to count may keep its age in the frame; to a rule it is as unknown as the value.
        value = nw.when(~nw.col(low(term.variable)).is_null()).then(nw.col(age(term.variable)))
    return value if term.coefficient == 1 else value * term.coefficient


def _sum(terms: Sequence[Term], number: Any) -> nw.Expr:
    return reduce(lambda a, b: a + b, [nw.col(low(t.variable)).cast(number) * t.coefficient for t in terms])


def _count(conditions: Sequence[nw.Expr]) -> nw.Expr:
    counted = [nw.when(one).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64) for one in conditions]
    return reduce(lambda a, b: a + b, counted)
