"""Is there a patient for whom each rule holds?"""

from __future__ import annotations

from collections.abc import Iterator

from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.protocols.verify._solver import Prover, definite, z3
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.rules.tree import And


def unreachable(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """Rules that hold for nobody, only between the values of the chart, or for everybody; screening that lets nobody
    in."""
    anywhere, charted = Prover(protocol), Prover(protocol, on_grid=True)
    for rule in protocol.rules:
        yield from _of_rule(rule, anywhere, charted)
    yield from _screening(protocol)


def is_reachable(protocol: TreatmentProtocol, rule: Rule, *, on_grid: bool = False) -> bool:
    """Is there a patient with plausible values for whom a rule certainly holds?

    >>> from seriatim.protocols.load import read_protocol
    >>> protocol = read_protocol("consensus-2014")
    >>> is_reachable(protocol, protocol.rule("renal.creatinine.abs"))
    True
    """
    prover = Prover(protocol, on_grid=on_grid)
    return prover.is_possible(definite(rule.tree, prover.world))


def _of_rule(rule: Rule, anywhere: Prover, charted: Prover) -> Iterator[VerifierFinding]:
    if not anywhere.is_possible(definite(rule.tree, anywhere.world)):
        sentence = f"No patient with plausible values can have {rule.id} ({rule.declared.text}): it never holds."
        yield _finding(Gravity.MEND, rule.id, sentence, "mend its condition, the plausible range, or remove it")
    elif not charted.is_possible(definite(rule.tree, charted.world)):
        sentence = f"{rule.id} holds only for values between those that the chart can hold."
        yield _finding(Gravity.CHOOSE, rule.id, sentence, "move its threshold to a value that is charted")
    elif not anywhere.is_possible(z3().Not(definite(rule.tree, anywhere.world))):
        sentence = f"{rule.id} holds for every patient whose values are known, whatever they are."
        yield _finding(Gravity.MEND, rule.id, sentence, "mend its condition")


def _screening(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    from_screens = _asking(protocol)
    for screen in protocol.screens:
        if not from_screens.is_possible(definite(screen.eligible, from_screens.world)):
            sentence = f"No candidate can pass {screen.id} ({screen.declared.text})."
            yield _finding(Gravity.MEND, screen.id, sentence, "mend the criterion or the plausible range")
    together = And(tuple(screen.eligible for screen in protocol.screens))
    if protocol.screens and not from_screens.is_possible(definite(together, from_screens.world)):
        sentence = "No candidate can pass all criteria of screening together."
        yield _finding(Gravity.MEND, "screening", sentence, "mend the criteria that exclude one another")


def _asking(protocol: TreatmentProtocol) -> Prover:
    """A prover that knows the variables of the screening too."""
    return Prover(protocol, also=tuple(screen.eligible for screen in protocol.screens))


def _finding(gravity: Gravity, rule: str, sentence: str, choose: str) -> VerifierFinding:
    return VerifierFinding("unreachable", gravity, (rule,), sentence, choose)
