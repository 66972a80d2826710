"""What do all static checks together say of one protocol?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from seriatim.protocols.examples import failed_examples
from seriatim.protocols.protocol import NOT_FOR_USE, TreatmentProtocol
from seriatim.protocols.verify._segments import thresholds
from seriatim.protocols.verify.after_stop import STATEMENT, after_stop
from seriatim.protocols.verify.completeness import incomplete
from seriatim.protocols.verify.doses import doses
from seriatim.protocols.verify.finding import Gravity, Unsettled, VerifierFinding
from seriatim.protocols.verify.gaps import missing_bands
from seriatim.protocols.verify.holds import hold_against_resume
from seriatim.protocols.verify.latches import exits
from seriatim.protocols.verify.monotone import not_monotone
from seriatim.protocols.verify.mutation import MutationScore, mutation_score, survivors
from seriatim.protocols.verify.overlaps import overlaps
from seriatim.protocols.verify.redundant import redundant
from seriatim.protocols.verify.threshold_examples import without_example
from seriatim.protocols.verify.undecided import undecided
from seriatim.protocols.verify.unreachable import unreachable


@dataclass(frozen=True)
class Check:
    """One question that is asked of a protocol, how it is answered, and what is said where nothing is found."""

    question: str
    run: Callable[[TreatmentProtocol], Iterator[VerifierFinding]]
    nothing: str


def examples_hold(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """Each example that the protocol answers otherwise than it states."""
    for fault in failed_examples(protocol):
        sentence = f"The {fault.column} expects {fault.expected}; the rules say {fault.found}."
        yield VerifierFinding("examples", Gravity.MEND, (), sentence, fault.next_move)


CHECKS: Mapping[str, Check] = {
    "unreachable": Check(
        "Can every rule hold for some patient?", unreachable, "Every rule holds for some plausible patient."
    ),
    "missing bands": Check(
        "Is a value left without a rule, though a milder one has one?", missing_bands, "No variable has such a gap."
    ),
    "overlaps": Check(
        "Do two bands share a value?", overlaps, "No two bands with different actions overlap, unless one is inside."
    ),
    "monotone": Check(
        "Can a worse value lead to a more permissive action?",
        not_monotone,
        "Never, for no variable that declares which direction is worse, alone or together, whatever the others are "
        "(values inside a gap named above left out).",
    ),
    "redundant": Check("Is every rule needed?", redundant, "No rule is a duplicate or always overtaken by another."),
    "hold against resume": Check(
        "Can a rule hold and be resumed at once?", hold_against_resume, "No rule can; no open hold goes on by itself."
    ),
    "exits": Check("Does every hold end in a dose?", exits, "Every hold with a resume can be resumed and dosed."),
    "after a stop": Check("Can a dose follow a stop in the same cycle?", after_stop, STATEMENT),
    "undecided": Check(
        "What is done while a rule cannot be decided?",
        undecided,
        "At least a delay; a patient of whom nothing is known is not given the dose.",
    ),
    "dose": Check(
        "Is every plausible patient's dose inside its limits?", doses, "The protocol works out no dose."
    ),
    "completeness": Check(
        "Is everything used, sourced and declared?",
        incomplete,
        "Every variable is used, every rule and variable has a source, nothing is unverified.",
    ),
    "examples": Check(
        "Do the examples hold, and stand at and beside each threshold?",
        lambda protocol: (one for part in (examples_hold, without_example) for one in part(protocol)),
        "All hold; each threshold has one at it, one step to either side, and one with the value missing.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Verification:
    """What was found, check by check; `findings` has a key for every check that was run."""

    protocol: str
    sha256: str
    counts: Mapping[str, int]
    findings: Mapping[str, tuple[VerifierFinding, ...]]
    mutation: MutationScore

    @property
    def all(self) -> tuple[VerifierFinding, ...]:
        """Every finding, those that must be mended first."""
        order = list(Gravity)
        every = [finding for findings in self.findings.values() for finding in findings]
        return tuple(sorted(every, key=lambda finding: order.index(finding.gravity)))

    @property
    def is_ready_to_sign(self) -> bool:
        """Is nothing left to mend or to choose? It says nothing of whether the thresholds are right."""
        return all(finding.gravity is Gravity.KNOW for finding in self.all)


def verify(protocol: TreatmentProtocol) -> Verification:
    """Run every static check. Needs the extra `verify` (the solver Z3); raises `Misuse` where it is missing.

    >>> from seriatim.protocols.load import read_protocol
    >>> verification = verify(read_protocol("til-il2", unverified=True))
    >>> [finding.sentence[:47] for finding in verification.findings["missing bands"]]
    ['No rule covers serum creatinine above 2.9 mg/dL']
    """
    found = {name: _settled(name, check, protocol) for name, check in CHECKS.items()}
    score = mutation_score(protocol)
    found["mutation"] = tuple(survivors(score))
    return Verification(protocol.name, protocol.sha256, _counts(protocol), found, score)


def verification_record(verification: Verification) -> dict[str, Any]:
    """The verification as plain values for JSON; the same protocol gives the same bytes."""
    score = verification.mutation
    return {
        "schema": "seriatim.verification/1",
        "protocol": verification.protocol,
        "sha256": verification.sha256,
        "ready_to_sign": verification.is_ready_to_sign,
        "counts": dict(verification.counts),
        "findings": {
            name: [{**asdict(one), "rules": list(one.rules)} for one in findings]
            for name, findings in verification.findings.items()
        },
        "mutation": {
            "mutants": score.mutants,
            "equivalent": score.equivalent,
            "caught": score.caught,
            "survivors": [str(mutant) for mutant in score.survivors],
        },
        "use": NOT_FOR_USE,
    }


def _settled(name: str, check: Check, protocol: TreatmentProtocol) -> tuple[VerifierFinding, ...]:
    """What a check finds; where the solver came to its limit, that nothing was proved."""
    found: list[VerifierFinding] = []
    try:
        found += check.run(protocol)
    except Unsettled:
        sentence = "The solver came to its limit before it had an answer: this check has proved nothing."
        found.append(VerifierFinding(name, Gravity.CHOOSE, (), sentence, "simplify the rules, and check again"))
    return tuple(found)


def _counts(protocol: TreatmentProtocol) -> dict[str, int]:
    return {
        "rules": len(protocol.rules),
        "variables": len(protocol.variables),
        "thresholds": sum(len(thresholds(protocol, name)) for name in protocol.variables),
        "examples": len(protocol.document.examples),
    }
