"""Does every hold that waits for a resume ever end in a dose?"""

from __future__ import annotations

from collections.abc import Iterator

from seriatim.protocols.actions import PERMITS, Action
from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.protocols.verify._solver import Prover, definite, z3
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.rules.tree import Tree

FIRST_THAT_FORBIDS = max(action.rank for action in PERMITS) + 1


def exits(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """Holds whose resume no patient can reach, or only patients for whom another rule forbids the dose.

    A stop with a resume is told too: its hold can be resumed, but the stop itself lasts.
    """
    prover = Prover(protocol, on_grid=True)
    for rule in protocol.rules:
        if rule.resume is not None:
            yield from _of(prover, rule, rule.resume)


def _of(prover: Prover, rule: Rule, resume: Tree) -> Iterator[VerifierFinding]:
    resumed = definite(resume, prover.world)
    if not prover.is_possible(resumed):
        sentence = f"No patient with plausible values can be resumed after {rule.id}: its hold never ends."
        yield _finding(rule, sentence, "mend its resume")
    elif not prover.is_possible(resumed, z3().Not(prover.reaches(FIRST_THAT_FORBIDS))):
        sentence = f"Whoever could be resumed after {rule.id} is forbidden the dose by some rule: no dose can follow."
        yield _finding(rule, sentence, "mend its resume, or the rule that forbids")
    if rule.then > Action.HOLD_DOSE:
        sentence = f"{rule.id} has a resume, but it says {rule.then.words}, which lasts beyond this dose."
        yield _finding(rule, sentence, "remove the resume, or hold instead of stopping")


def _finding(rule: Rule, sentence: str, choose: str) -> VerifierFinding:
    return VerifierFinding("exit", Gravity.MEND, (rule.id,), sentence, choose)
