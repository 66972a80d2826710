"""Which cases must the protocol answer as stated? Its examples, checked whenever it is loaded for use."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from seriatim.documents import Document
from seriatim.protocols.actions import Action


class Example(Document):
    """Given values, the verdict expected. `given`: variable to text such as "2.9 mg/dL", "true", a level, or null for
    unknown. `others: normal` fills the rest with values that fire no rule; `others: unknown` leaves them out.
    `open_holds`: rules with `resume` whose hold an earlier dose left open."""

    name: str
    given: dict[str, str | bool | int | float | None] = Field(default_factory=dict)
    others: Literal["normal", "unknown"] = "normal"
    open_holds: tuple[str, ...] = ()
    expect: Action | None = Field(default=None, description="the verdict, where definite and possible agree")
    definite: Action | None = None
    possible: Action | None = None

    @model_validator(mode="after")
    def _stated(self) -> Example:
        if (self.expect is None) != (self.definite is not None and self.possible is not None):
            raise ValueError("either expect, or definite and possible together")
        return self

    @property
    def interval(self) -> tuple[Action, Action]:
        """Definite and possible."""
        if self.definite is not None and self.possible is not None:
            return self.definite, self.possible
        return Action(str(self.expect)), Action(str(self.expect))
