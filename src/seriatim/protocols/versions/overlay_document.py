"""What may a site's overlay say? Changes to one version of one protocol, each addressed to an id, with its reason."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from seriatim.documents import Document, Located, Place, load_located, read_text
from seriatim.protocols.declared.examples import Example
from seriatim.protocols.declared.overlays import Label
from seriatim.protocols.declared.sources import Citation, Source

SCHEMA = "seriatim.protocol-overlay/1"
RuleSection = Literal["before_dose", "screening", "supportive_care", "monitoring", "discharge"]


def _count_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Threshold = Annotated[str, BeforeValidator(_count_as_text)]


class Base(Document):
    """The one version that the overlay was written for."""

    id: str
    version: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Tighten(Document):
    """Move one threshold or count of a rule so that it holds for more patients: `from` as the rule writes it."""

    op: Literal["tighten"]
    rule: str
    threshold: Threshold = Field(alias="from")
    to: Threshold
    because: str = Field(min_length=1)
    source: Citation


class Set(Document):
    """Give one field of a rule, variable, dose, part of the regimen, or of the protocol another value.

    `field` is the way to it, such as `max_age` or `hard_limits.per_dose`; `to: null` takes an optional one away.
    """

    op: Literal["set"]
    rule: str | None = None
    variable: str | None = None
    dose: str | None = None
    regimen: Literal["cycle", "course"] | None = None
    protocol: Literal[True] | None = None
    field: str = Field(min_length=1)
    to: Any
    because: str = Field(min_length=1)
    source: Citation

    @model_validator(mode="after")
    def _one_address(self) -> Set:
        if sum(value is not None for value in (self.rule, self.variable, self.dose, self.regimen, self.protocol)) != 1:
            raise ValueError("one of rule, variable, dose, regimen or protocol: true")
        return self


class AddRule(Document):
    """A new rule of one section, as a protocol would declare it."""

    op: Literal["add_rule"]
    section: RuleSection
    rule: dict[str, Any]
    because: str = Field(min_length=1)

    @model_validator(mode="after")
    def _has_id(self) -> AddRule:
        if not isinstance(self.rule.get("id"), str):
            raise ValueError("a rule with an id")
        return self


class AddVariable(Document):
    """A variable that an added rule asks."""

    op: Literal["add_variable"]
    variable: str
    declared: dict[str, Any]
    because: str = Field(min_length=1)


class Disable(Document):
    """Leave one rule out. Two roles agree, and both sign the result."""

    op: Literal["disable"]
    rule: str
    because: str = Field(min_length=1)
    roles: tuple[str, ...]

    @model_validator(mode="after")
    def _two_roles(self) -> Disable:
        if len(set(self.roles)) < 2:
            raise ValueError("two different roles")
        return self


Operation = Annotated[Tighten | Set | AddRule | AddVariable | Disable, Field(discriminator="op")]


class OverlayDocument(Document):
    """The whole file. `direction` is what its author takes it for; applying it looks whether a patient says otherwise.

    `examples` replace those of the base that have their name; the others are added.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    title: str
    base: Base
    direction: Label
    sources: dict[str, Source] = Field(default_factory=dict)
    operations: tuple[Operation, ...] = Field(min_length=1)
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Overlay:
    """An overlay that was read, with the lines of its parts."""

    document: OverlayDocument
    located: Located[OverlayDocument]

    @property
    def name(self) -> str:
        """Id and version."""
        return f"{self.document.id}@{self.document.version}"

    @cached_property
    def sha256(self) -> str:
        """Hash of the content as understood."""
        content = self.document.model_dump(mode="json", by_alias=True)
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def line_of(self) -> Callable[[Place], int | None]:
        return self.located.line_of

    @property
    def touched(self) -> Sequence[str]:
        """What each operation is addressed to, such as "rule renal.abs" or "variable creatinine"."""
        return [address(operation) for operation in self.document.operations]


def address(operation: Tighten | Set | AddRule | AddVariable | Disable) -> str:
    """What one operation is addressed to."""
    if isinstance(operation, AddRule):
        return f"rule {operation.rule['id']}"
    if isinstance(operation, AddVariable):
        return f"variable {operation.variable}"
    if isinstance(operation, Set) and operation.rule is None:
        names = {"variable": operation.variable, "dose": operation.dose, "regimen": operation.regimen}
        return next((f"{kind} {name}" for kind, name in names.items() if name), f"protocol {operation.field}")
    return f"rule {operation.rule}"


def read_overlay(source: str | Path) -> Overlay:
    """Read an overlay from a file; raises `InvalidDocument` with every fault."""
    path = Path(source)
    return load_overlay(read_text(path), path.name)


def load_overlay(text: str, name: str = "overlay") -> Overlay:
    """The same from text."""
    located = load_located(text, OverlayDocument, schema=SCHEMA, name=name)
    return Overlay(located.document, located)
