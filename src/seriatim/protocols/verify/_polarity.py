"""Which variables can a worse value help, going by the comparisons alone?"""

from __future__ import annotations

from collections.abc import Iterator

from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._solver import value_range
from seriatim.rules.tree import OPPOSITE, And, AtLeast, Compare, Not, Operator, Or, Tree


def may_be_helped(protocol: TreatmentProtocol) -> frozenset[str]:
    """Every variable with a comparison that a worse value can make false.

    The others need no solver: where each comparison only ever becomes true as a value worsens, so does every rule.
    """
    found: set[str] = set()
    for rule in protocol.rules:
        for atom, is_negated in _signed(rule.tree, False):
            found |= {term.variable for term in atom.terms if _is_against(protocol, atom, is_negated, term.variable)}
    return frozenset(found)


def _signed(tree: Tree, is_negated: bool) -> Iterator[tuple[Compare, bool]]:
    if isinstance(tree, Compare):
        yield tree, is_negated
    elif isinstance(tree, Not):
        yield from _signed(tree.of, not is_negated)
    elif isinstance(tree, And | Or | AtLeast):
        for part in tree.of:
            yield from _signed(part, is_negated)


def _is_against(protocol: TreatmentProtocol, atom: Compare, is_negated: bool, name: str) -> bool:
    """Can the comparison become false as the variable worsens? Its age never moves."""
    factor = sum(term.coefficient for term in atom.terms if (term.variable, term.aspect) == (name, "value"))
    worse = protocol.document.variables[name].worse
    operator: Operator = OPPOSITE[atom.operator] if is_negated else atom.operator
    if factor == 0 or worse == "neither":
        return False
    rises = (factor > 0) == (worse == "up")
    if operator in ("=", "<>"):
        return len(atom.terms) > 1 or not _is_at_the_end(protocol, name, operator, atom.constant, factor, rises)
    return (operator in (">", ">=")) != rises


def _is_at_the_end(
    protocol: TreatmentProtocol, name: str, operator: Operator, constant: int, factor: int, rises: bool
) -> bool:
    """Equal to the worst value, or other than the mildest: the same as at least, or more than, it."""
    ends = sorted(end * factor for end in value_range(protocol, name))
    worst, mildest = (ends[1], ends[0]) if rises else (ends[0], ends[1])
    return constant == (worst if operator == "=" else mildest)
