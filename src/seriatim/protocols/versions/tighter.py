"""Does a moved threshold make a rule hold for more patients, and for all it held for before? Exact, by its shape."""

from __future__ import annotations

from fractions import Fraction

from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.rules.tree import AtLeast, Compare, Group, Known, Not, Tree, parts


def is_tighter(rule: str, before: TreatmentProtocol, after: TreatmentProtocol) -> bool:
    """Does the rule, or what the criterion of screening refuses, follow from what it was before?"""
    one, other = ({r.id: r.tree for r in side.rules} for side in (before, after))
    if rule in one and rule in other:
        return implies(one[rule], other[rule])
    one, other = ({s.id: s.eligible for s in side.screens} for side in (before, after))
    return rule in one and rule in other and implies(other[rule], one[rule])


def implies(one: Tree, other: Tree) -> bool:
    """Does the second certainly hold wherever the first does? Told only for conditions of one shape; else False.

    >>> from seriatim.rules.tree import Term
    >>> three, two_eight = (Compare((Term("creatinine"),), ">=", limit) for limit in (3_000_000, 2_800_000))
    >>> implies(three, two_eight), implies(two_eight, three)
    (True, False)
    """
    if isinstance(one, Compare) and isinstance(other, Compare):
        return _implied(one, other)
    if isinstance(one, Group | Known) or type(one) is not type(other):
        return one == other
    if isinstance(one, Not) and isinstance(other, Not):
        return implies(other.of, one.of)
    inside = zip(parts(one), parts(other), strict=False)
    same = len(parts(one)) == len(parts(other)) and all(implies(first, second) for first, second in inside)
    if isinstance(one, AtLeast) and isinstance(other, AtLeast):
        return same and other.n <= one.n
    return same


def _implied(one: Compare, other: Compare) -> bool:
    """The terms are the least whole numbers; in another accepted unit they are a multiple of the same."""
    names = [[(term.variable, term.aspect) for term in atom.terms] for atom in (one, other)]
    if names[0] != names[1] or not one.terms:
        return one == other
    factor = Fraction(other.terms[0].coefficient, one.terms[0].coefficient)
    if factor <= 0 or any(
        later.coefficient != factor * first.coefficient for first, later in zip(one.terms, other.terms, strict=True)
    ):
        return False
    before, after = one.constant * factor, Fraction(other.constant)
    strict = (one.operator, other.operator)
    if one.operator in (">", ">=") and other.operator in (">", ">="):
        return after < before or (after == before and strict != (">=", ">"))
    if one.operator in ("<", "<=") and other.operator in ("<", "<="):
        return after > before or (after == before and strict != ("<=", "<"))
    return one.operator == other.operator and before == after
