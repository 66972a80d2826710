"""What is done while a rule cannot be decided?"""

from __future__ import annotations

from collections.abc import Iterator

from seriatim.protocols.actions import PERMITS, Action
from seriatim.protocols.bedside.verdict import judge
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify.finding import Gravity, VerifierFinding


def undecided(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """Whether a dose could be given while the rules are undecided, and whether it could when nothing is known."""
    if protocol.document.when_undecided < Action.DELAY:
        sentence = f"While a rule is undecided the protocol says {protocol.document.when_undecided.words}."
        yield VerifierFinding("undecided", Gravity.MEND, (), sentence, "when_undecided: delay, or stricter")
    if judge(protocol, {}).operational in PERMITS:
        sentence = "A patient of whom nothing at all is known is given the dose."
        choose = "name under required_for what must be known, or add the rules"
        yield VerifierFinding("undecided", Gravity.MEND, (), sentence, choose, "nothing known")
