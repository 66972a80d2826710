"""Can a rule hold and be resumed at once, and for which values does an open hold simply go on?"""

from __future__ import annotations

from collections.abc import Iterator

from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.protocols.verify._segments import range_words, segments
from seriatim.protocols.verify._solver import Prover, definite, z3
from seriatim.protocols.verify._words import label_of, patient_words
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.rules.tree import Tree, variables


def hold_against_resume(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """A patient for whom a rule holds and is resumed; and the band in which neither is true.

    In that band (hysteresis) what was decided before goes on: no new hold begins, and an open one does not end.
    """
    prover = Prover(protocol)
    for rule in protocol.rules:
        if rule.resume is not None:
            yield from _contradiction(prover, rule, rule.resume)
            yield from _band(prover, rule, rule.resume)


def _contradiction(prover: Prover, rule: Rule, resume: Tree) -> Iterator[VerifierFinding]:
    both = (definite(rule.tree, prover.world), definite(resume, prover.world))
    patient = prover.patient(*both)
    if patient is not None:
        sentence = f"{rule.id} can hold and be resumed at once; the hold stands, so its resume is not what it seems."
        choose = "change one of the two, so that no patient fits both"
        witness = patient_words(prover.protocol, patient)
        yield VerifierFinding("hold against resume", Gravity.MEND, (rule.id,), sentence, choose, witness)


def _band(prover: Prover, rule: Rule, resume: Tree) -> Iterator[VerifierFinding]:
    neither = [z3().Not(definite(tree, prover.world)) for tree in (rule.tree, resume)]
    patient = prover.patient(*neither)
    if patient is None:
        return
    where = _alone(prover, rule, resume) or patient_words(prover.protocol, patient) or "a patient without findings"
    sentence = f"Where neither {rule.id} nor its resume is true, no new hold begins and an open one goes on: {where}."
    choose = "see that this is meant"
    yield VerifierFinding("hysteresis", Gravity.KNOW, (rule.id,), sentence, choose, where)


def _alone(prover: Prover, rule: Rule, resume: Tree) -> str:
    """The band in words, where hold and resume are about one variable only."""
    names = variables(rule.tree) | variables(resume)
    if len(names) != 1:
        return ""
    (name,) = names
    neither = [z3().Not(definite(tree, prover.world)) for tree in (rule.tree, resume)]
    value = prover.world.values[name]
    free = [s for s in segments(prover.protocol, name) if prover.is_possible(*neither, value == s.example)]
    return f"{label_of(prover.protocol, name)} {range_words(prover.protocol, name, free[0], free[-1])}" if free else ""
