"""Is every rule needed? Rules that say the same twice, or that another one always overtakes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.protocols.verify._solver import Prover, definite, z3
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.rules.tree import variables


def redundant(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """Duplicates, rules that one other rule always overtakes, and rules that never decide.

    A rule that counts in a group or has its own `resume` does something even where it never decides, so only the first
    is told of it.
    """
    prover = Prover(protocol)
    told: set[str] = set()
    for one, other in combinations(protocol.rules, 2):
        if _are_the_same(prover, one, other):
            told |= {one.id, other.id}
            yield _duplicate(one, other)
    for rule in (rule for rule in protocol.rules if rule.id not in told and _only_decides(rule)):
        overtaking = _overtaking(prover, rule)
        if overtaking is not None:
            yield _subsumed(rule, overtaking)
        elif is_redundant(prover, rule):
            yield _never_decides(rule)


def is_redundant(prover: Prover, rule: Rule) -> bool:
    """Is there, whenever the rule holds, another that is at least as strict?"""
    without = prover.reaches(rule.then.rank, but=(rule.id,))
    holds = definite(rule.tree, prover.world)
    return prover.is_possible(holds) and not prover.is_possible(holds, z3().Not(without))


def _only_decides(rule: Rule) -> bool:
    return rule.declared.counts_as is None and rule.resume is None


def _are_the_same(prover: Prover, one: Rule, other: Rule) -> bool:
    if one.then != other.then or variables(one.tree) != variables(other.tree):
        return False
    first, second = (definite(rule.tree, prover.world) for rule in (one, other))
    return not prover.is_possible(first != second)


def _overtaking(prover: Prover, rule: Rule) -> Rule | None:
    holds = definite(rule.tree, prover.world)
    if not prover.is_possible(holds):
        return None
    stricter = [other for other in prover.protocol.rules if other.then >= rule.then and other.id != rule.id]
    for other in (other for other in stricter if variables(other.tree) & variables(rule.tree)):
        if not prover.is_possible(holds, z3().Not(definite(other.tree, prover.world))):
            return other
    return None


def _duplicate(one: Rule, other: Rule) -> VerifierFinding:
    sentence = f"{one.id} and {other.id} hold for the same patients and say the same: {one.then.words}."
    counts = one.declared.counts_as or other.declared.counts_as
    choose = "keep one; where they count, the patient is counted twice" if counts else "keep one"
    return VerifierFinding("redundant", Gravity.MEND, (one.id, other.id), sentence, choose)


def _subsumed(rule: Rule, by: Rule) -> VerifierFinding:
    sentence = f"Whenever {rule.id} holds, {by.id} holds too and is at least as strict: {rule.id} never decides."
    return VerifierFinding("redundant", Gravity.KNOW, (rule.id, by.id), sentence, "remove it, or mend one of the two")


def _never_decides(rule: Rule) -> VerifierFinding:
    sentence = f"Whenever {rule.id} holds, some other rule holds too and is at least as strict: it never decides."
    return VerifierFinding("redundant", Gravity.KNOW, (rule.id,), sentence, "remove it, or mend it")
