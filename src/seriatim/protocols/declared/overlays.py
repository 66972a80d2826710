"""Which overlays made this protocol out of its base? The record that an applied overlay leaves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seriatim.documents import Document

Label = Literal["tightening", "loosening", "mixed", "same"]


class LeftOut(Document):
    """A rule that an overlay disabled, why, and the roles that agreed to it."""

    rule: str
    because: str
    roles: tuple[str, ...]


class OverlayRecord(Document):
    """One overlay as it was applied, bound by its own hash."""

    id: str
    version: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    base_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    direction: Label
    left_out: tuple[LeftOut, ...] = ()

    @property
    def name(self) -> str:
        """Id and version."""
        return f"{self.id}@{self.version}"
