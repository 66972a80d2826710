"""Which findings of the static checks must whoever signs know of and accept?"""

from __future__ import annotations

from collections.abc import Iterable

from seriatim.errors import Refused
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.protocols.versions.sign_off_document import Accepted


def to_accept(found: Iterable[VerifierFinding]) -> tuple[VerifierFinding, ...]:
    """Those that leave a choice, and those that should be mended; what is only to be known needs nobody's reason.

    >>> to_accept([VerifierFinding("gaps", Gravity.KNOW, ("renal",), "A hold ends below 2.5 mg/dL.", "nothing")])
    ()
    """
    return tuple(one for one in found if one.gravity is not Gravity.KNOW)


def acceptance(found: Iterable[VerifierFinding], because: str) -> tuple[Accepted, ...]:
    """The findings as a signature records them, each with the reason. Raises `Refused` where one has to be mended."""
    known = to_accept(found)
    mend = [one.sentence for one in known if one.gravity is Gravity.MEND]
    if mend:
        raise Refused(f"what has to be mended cannot be accepted: {' '.join(mend[:3])}")
    return tuple(Accepted(check=one.check, rules=one.rules, sentence=one.sentence, because=because) for one in known)
