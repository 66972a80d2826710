"""What is a treatment protocol once it is read? Its variables and rules as trees, ready to decide, replay or prove."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from seriatim.protocols.actions import Action
from seriatim.protocols.declared.protocol import ProtocolDocument
from seriatim.protocols.declared.rules import Criterion, PreDoseRule
from seriatim.protocols.declared.sources import Sourced
from seriatim.rules.formula import Formula
from seriatim.rules.generate import Compiled, compiled
from seriatim.rules.tree import Tree
from seriatim.rules.variables import Variable

NOT_FOR_USE = "Not for clinical use until a site has signed it. Review and simulation only."


@dataclass(frozen=True)
class Rule:
    """A rule before a dose. `tree` is `when` with its groups filled in; `resume` ends a hold."""

    declared: PreDoseRule
    tree: Tree
    resume: Tree | None

    @property
    def id(self) -> str:
        return self.declared.id

    @property
    def then(self) -> Action:
        return self.declared.then


@dataclass(frozen=True)
class Screen:
    """A criterion of screening; the candidate is eligible where `eligible` is certain."""

    declared: Criterion
    eligible: Tree

    @property
    def id(self) -> str:
        return self.declared.id


@dataclass(frozen=True)
class TreatmentProtocol:
    """A protocol that was read without a fault. `document` is what its file says; the rest is made from it."""

    document: ProtocolDocument
    variables: Mapping[str, Variable]
    formulas: Mapping[str, Formula]
    rules: tuple[Rule, ...]
    screens: tuple[Screen, ...]
    applies: Mapping[str, Tree]  # variable -> who has it at all

    @property
    def name(self) -> str:
        """Id and version, as a record names it, and what was laid over it."""
        document = self.document
        return "+".join([f"{document.id}@{document.version}", *(overlay.name for overlay in document.overlays)])

    @cached_property
    def sha256(self) -> str:
        """Hash of the content as understood: comments, layout and `status` do not change it, anything else does."""
        content = self.document.model_dump(mode="json", exclude={"status"})
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @cached_property
    def unverified(self) -> tuple[str, ...]:
        """Ids of all that was transcribed from memory or looked for and not found."""
        document = self.document
        care = (document.supportive_care, document.monitoring, document.discharge)
        sections: tuple[Sequence[Any], ...] = (document.before_dose, document.screening, *care)
        stated: list[tuple[str, Sourced]] = [(part.id, part) for section in sections for part in section]
        if document.regimen is not None:
            stated += [("regimen.course", document.regimen.course), ("regimen.cycle", document.regimen.cycle)]
        stated += [(f"dose.{drug}", rule) for drug, rule in document.dose.items()]
        named = [name for name, part in stated if part.is_unverified]
        return (*named, *(f"variable {name}" for name, v in document.variables.items() if v.evidence in ("M", "X")))

    @cached_property
    def fast(self) -> Compiled:
        """All rules, then all resume conditions, as one compiled function."""
        return compiled([*(rule.tree for rule in self.rules), *(r.resume for r in self.rules if r.resume is not None)])

    def rule(self, name: str) -> Rule:
        """The rule with an id; KeyError where there is none."""
        return next(rule for rule in self.rules if rule.id == name)
