"""For which values of one variable do two bands with different actions both hold, neither being inside the other?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.protocols.verify._segments import Segment, range_words, segments, thresholds_in
from seriatim.protocols.verify._solver import Prover, definite, z3
from seriatim.protocols.verify._words import label_of
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.protocols.verify.gaps import where_it_applies
from seriatim.rules.tree import variables


def overlaps(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """Pairs of bands that share some values. A band inside another ("3 or more" inside "2.5 or more") is none."""
    prover = Prover(protocol)
    for one, other in combinations(protocol.rules, 2):
        shared = variables(one.tree)
        context = {other_name for name in shared for other_name in where_it_applies(protocol, name)}
        banded = [name for name in sorted(shared - context) if _is_banded(one, other, name)]
        if one.then != other.then and shared == variables(other.tree) and len(banded) == 1:
            yield from _between(prover, one, other, banded[0])


def _is_banded(one: Rule, other: Rule, name: str) -> bool:
    return bool(thresholds_in(one.tree, name)) and bool(thresholds_in(other.tree, name))


def _between(prover: Prover, one: Rule, other: Rule, name: str) -> Iterator[VerifierFinding]:
    first, second = (definite(rule.tree, prover.world) for rule in (one, other))
    if not all(prover.is_possible(a, z3().Not(b)) for a, b in ((first, second), (second, first))):
        return
    value = prover.world.values[name]
    shared = [s for s in segments(prover.protocol, name) if prover.is_possible(first, second, value == s.example)]
    if shared:
        yield _finding(prover.protocol, one, other, name, (shared[0], shared[-1]))


def _finding(
    protocol: TreatmentProtocol, one: Rule, other: Rule, name: str, ends: tuple[Segment, Segment]
) -> VerifierFinding:
    where = f"{label_of(protocol, name)} {range_words(protocol, name, *ends)}"
    sentence = (
        f"{one.id} and {other.id} both hold for {where}; the more restrictive one decides: "
        f"{max(one.then, other.then).words}."
    )
    choose = f"say to which of the two {where} belongs"
    return VerifierFinding("overlap", Gravity.KNOW, (one.id, other.id), sentence, choose, where)
