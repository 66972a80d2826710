"""What stands on every sheet of a printed protocol? Which content it is, and whether it may be used."""

from __future__ import annotations

from seriatim.pages import Paper
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.versions.sign_off import SignedAnswer

NOT_SIGNED = "NOT FOR CLINICAL USE"
SPECIMEN = "SPECIMEN"


def stamp(protocol: TreatmentProtocol, *, across: str = "", is_landscape: bool = False) -> Paper:
    """The foot of each sheet: name, version and the whole hash, so that a sheet can be told from one of another day."""
    foot = f"{protocol.name}  sha256 {protocol.sha256}"
    return Paper(foot=foot, across=across, is_landscape=is_landscape)


def standing(answer: SignedAnswer) -> str:
    """One sentence: signed until when, or every reason why not."""
    if answer.is_signed:
        return f"Signed by every role it asks for, until {answer.until}."
    return f"Not for clinical use: {'; '.join(answer.reasons)}."
