"""Can a dose be given after a stop in the same cycle?"""

from __future__ import annotations

from collections.abc import Iterator

from seriatim.protocols.actions import LASTING
from seriatim.protocols.bedside.verdict import judge
from seriatim.protocols.examples import normal_facts
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify.finding import Gravity, VerifierFinding

STATEMENT = (
    "No dose follows a stop: each decision takes over the stop that was reached before it, and its verdict is never "
    "less than that, whatever the values are."
)


def after_stop(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """The stops that a patient with nothing found is let out of. By construction there is none, since `judge` takes
    the maximum with what was reached; this makes sure of it for the patient for whom the rules ask least."""
    for reached in LASTING:
        verdict = judge(protocol, normal_facts(protocol), reached=reached)
        if min(verdict.definite, verdict.possible, verdict.operational) < reached:
            sentence = f"After {reached.words} a later decision says {verdict.operational.words}."
            yield VerifierFinding("after a stop", Gravity.MEND, (), sentence, "do not use this protocol; report it")
