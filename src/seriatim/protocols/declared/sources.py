"""Where does a rule come from, how was its print read, and has anybody checked it?"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from seriatim.documents import Document


class Evidence(StrEnum):
    """How sure the transcription is. M and X make a protocol unverified."""

    READ = "V"  # read in the source
    COMPUTED = "R"  # worked out and checked
    MEMORY = "M"  # from memory: unverified
    NOT_FOUND = "X"  # looked for and not found: unverified


UNVERIFIED = (Evidence.MEMORY, Evidence.NOT_FOUND)


class Source(Document):
    """A publication, a label or a local decision, cited so that a reader finds it."""

    cite: str
    kind: Literal["article", "label", "local_decision", "table"] = "article"
    doi: str | None = None
    file_sha256: str | None = None


class Citation(Document):
    """Which source, and where in it."""

    ref: str
    at: str


class Sourced(Document):
    """Whatever a protocol states: its source with place, how the print was read, and how sure that is."""

    source: Citation
    interpretation: str | None = Field(default=None, description="how an ambiguous print was read, and why")
    evidence: Evidence = Evidence.READ

    @property
    def is_unverified(self) -> bool:
        return self.evidence in UNVERIFIED
