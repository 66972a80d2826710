"""What protocol results when overlays are laid over a base? One like any other, that records what was laid over it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from seriatim.documents import Located, Place, check_document
from seriatim.errors import InvalidDocument, Misuse, Refused
from seriatim.findings import Finding
from seriatim.protocols.declared.protocol import ProtocolDocument
from seriatim.protocols.dosing.limits import lifted_limits
from seriatim.protocols.load import compiled_document
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.versions.changes import RULE_SECTIONS
from seriatim.protocols.versions.direction import Direction, direction
from seriatim.protocols.versions.overlay_document import (
    AddRule,
    AddVariable,
    Disable,
    Overlay,
    OverlayDocument,
    Set,
    Tighten,
)
from seriatim.protocols.versions.three_way import ThreeWay, three_way
from seriatim.protocols.versions.tighter import is_tighter

Body = dict[str, Any]


class BaseChanged(InvalidDocument):
    """An overlay was written for another version of its base; `report` says what became of each part it touches."""

    def __init__(self, overlay: str, report: ThreeWay) -> None:
        super().__init__("\n".join([f"{overlay} was written for another content of its base", *report.lines]))
        self.report = report


def apply_overlays(
    base: TreatmentProtocol,
    overlays: Sequence[Overlay],
    *,
    earlier: Iterable[TreatmentProtocol] = (),
) -> TreatmentProtocol:
    """Lay overlays over a base, in the order of their ids, so that the order in which they come decides nothing.

    `earlier` are versions that an overlay may have been written for; they make the report of a changed base complete.
    Raises `BaseChanged`; `Misuse` where two overlays touch one part; `InvalidDocument` for an operation that cannot be
    done, a tightening that does not tighten, or a declared direction that a patient contradicts; `Refused` where a hard
    limit of dosing would be lifted.
    """
    ordered = sorted(overlays, key=lambda overlay: overlay.name)
    for overlay in ordered:
        _must_be_for(overlay, base, earlier)
    _must_not_meet(ordered)
    merged = base
    for overlay in ordered:
        merged = _laid_over(merged, overlay, base)
    return merged


def overlay_direction(base: TreatmentProtocol, overlay: Overlay) -> Direction:
    """The label of one overlay by itself, with a patient for each direction; proved where the solver is installed."""
    return direction(base, _applied(base, overlay, base))


def _laid_over(merged: TreatmentProtocol, overlay: Overlay, base: TreatmentProtocol) -> TreatmentProtocol:
    after = _applied(merged, overlay, base)
    _must_keep_limits(merged, after, overlay)
    _must_go_as_declared(merged, after, overlay)
    return after


def _must_be_for(overlay: Overlay, base: TreatmentProtocol, earlier: Iterable[TreatmentProtocol]) -> None:
    wanted = overlay.document.base
    if wanted.id != base.document.id:
        raise Misuse(f"{overlay.name} is an overlay of {wanted.id}, not of {base.document.id}; choose its base")
    if wanted.sha256 != base.sha256:
        written_for = next((one for one in earlier if one.sha256 == wanted.sha256), None)
        raise BaseChanged(overlay.name, three_way(overlay, written_for, base))


def _must_not_meet(overlays: Sequence[Overlay]) -> None:
    owners: dict[str, str] = {}
    meeting = []
    for overlay in overlays:
        for what in dict.fromkeys(overlay.touched):
            if what in owners:
                meeting.append(f"{what} is changed by {owners[what]} and by {overlay.name}")
            owners.setdefault(what, overlay.name)
    if meeting:
        raise Misuse("; ".join(meeting) + "; two overlays may not touch one part: let one of them do it")


def _must_keep_limits(before: TreatmentProtocol, after: TreatmentProtocol, overlay: Overlay) -> None:
    lifted = [
        f"{drug}, {limit}"
        for drug, rule in before.document.dose.items()
        for limit in lifted_limits(rule, after.document.dose[drug])
    ]
    if lifted:
        raise Refused(f"{overlay.name} would lift hard limits of dosing, which no overlay can: {'; '.join(lifted)}")


def _must_go_as_declared(before: TreatmentProtocol, after: TreatmentProtocol, overlay: Overlay) -> None:
    found, said = direction(before, after, prove=False), overlay.document.direction
    if said not in ("mixed", found.label):
        fault = (said, found.words, f"write direction: {found.label}, or change the operations")
        overlay.located.refuse([overlay.located.fault(("direction",), *fault)])


def _applied(merged: TreatmentProtocol, overlay: Overlay, base: TreatmentProtocol) -> TreatmentProtocol:
    work = _Work(overlay, merged, copy.deepcopy(merged.document.model_dump(mode="json")))
    for place, operation in enumerate(overlay.document.operations):
        work.do(place, operation)
    overlay.located.refuse(work.faults)
    work.record(base)
    document = check_document(work.body, ProtocolDocument, overlay.located.name, work.line_of)
    after = compiled_document(Located(document, overlay.located.name, work.line_of))
    overlay.located.refuse(list(_not_tighter(overlay, merged, after)))
    return after


def _not_tighter(overlay: Overlay, before: TreatmentProtocol, after: TreatmentProtocol) -> Iterable[Finding]:
    for place, operation in enumerate(overlay.document.operations):
        if isinstance(operation, Tighten) and not is_tighter(operation.rule, before, after):
            fault = (
                f"{operation.threshold} to {operation.to}",
                "a threshold by which the rule holds for more patients",
            )
            yield overlay.located.fault(
                ("operations", place), *fault, "use op: set, which is labelled and signed as such"
            )


@dataclass
class _Work:
    """One overlay at work on the content of a protocol; gathers faults."""

    overlay: Overlay
    before: TreatmentProtocol
    body: Body
    faults: list[Finding] = field(default_factory=list)
    left_out: list[Body] = field(default_factory=list)
    places: dict[Place, int] = field(default_factory=dict)

    def line_of(self, place: Place) -> int | None:
        """A fault of the result is one of the operation that made the part."""
        for known, operation in self.places.items():
            if place[: len(known)] == known:
                return self.overlay.line_of(("operations", operation))
        return self.overlay.line_of(())

    def do(self, place: int, operation: Tighten | Set | AddRule | AddVariable | Disable) -> None:
        if isinstance(operation, AddRule):
            self._add(place, operation)
        elif isinstance(operation, AddVariable):
            self._add_variable(place, operation)
        elif isinstance(operation, Disable):
            self._disable(place, operation)
        elif isinstance(operation, Tighten):
            self._tighten(place, operation)
        else:
            self._set(place, operation)

    def record(self, base: TreatmentProtocol) -> None:
        """Sources, examples and the trace of this overlay."""
        document = self.overlay.document
        clash = [name for name in document.sources if name in self.body["sources"]]
        if clash:
            self.fault(0, f"the sources {', '.join(clash)} again", "names that the base has not", "rename them")
            self.overlay.located.refuse(self.faults)
        dumped = document.model_dump(mode="json")
        self.body["sources"] |= dumped["sources"]
        if self.body["status"] == "approved":
            self.body["status"] = "in_review"  # the base was approved, this was not
        named = {example["name"]: example for example in dumped["examples"]}
        kept = [example for example in self.body["examples"] if example["name"] not in named]
        self.body["examples"] = [*kept, *named.values()]
        self.body["overlays"] = [*self.body["overlays"], _trace(document, self.overlay, base, self.left_out)]

    def fault(self, place: int, found: str, expected: str, move: str) -> None:
        self.faults.append(self.overlay.located.fault(("operations", place), found, expected, move))

    def _found(self, place: int, rule: str) -> tuple[str, int] | None:
        for section in RULE_SECTIONS:
            for index, part in enumerate(self.body[section]):
                if part["id"] == rule:
                    self.places[section, index] = place
                    return section, index
        self.fault(place, f'the rule "{rule}"', f"an id that {self.before.name} has", "mend its spelling")
        return None

    def _add(self, place: int, operation: AddRule) -> None:
        name = operation.rule["id"]
        if any(part["id"] == name for section in RULE_SECTIONS for part in self.body[section]):
            self.fault(place, f'the id "{name}", which the base has', "a new id", "rename it, or use op: set")
            return
        self.body[operation.section] = [*self.body[operation.section], operation.rule]
        self.places[operation.section, len(self.body[operation.section]) - 1] = place

    def _add_variable(self, place: int, operation: AddVariable) -> None:
        if operation.variable in self.body["variables"]:
            self.fault(place, f"the variable {operation.variable}, which the base has", "a new name", "use op: set")
            return
        self.body["variables"][operation.variable] = operation.declared
        self.places["variables", operation.variable] = place

    def _disable(self, place: int, operation: Disable) -> None:
        found = self._found(place, operation.rule)
        if found is not None:
            section, index = found
            self.body[section] = [part for at, part in enumerate(self.body[section]) if at != index]
            self.places = {known: one for known, one in self.places.items() if known[0] != section or one == place}
            self.left_out.append(
                {"rule": operation.rule, "because": operation.because, "roles": sorted(operation.roles)}
            )

    def _tighten(self, place: int, operation: Tighten) -> None:
        found = self._found(place, operation.rule)
        if found is None:
            return
        part = self.body[found[0]][found[1]]
        key = next((key for key in ("when", "require", "exclude") if part.get(key)), None)
        pattern = _literal(operation.threshold)
        count = len(pattern.findall(part[key])) if key else 0
        if key is None or count != 1:
            told = f"{operation.threshold} {count} times in {operation.rule}"
            self.fault(
                place, told, "a threshold that the rule writes once", "write it as the rule does, or use op: set"
            )
            return
        self._cite(part, operation, f"{key}: {part[key]}")
        part[key] = pattern.sub(lambda match: match[0].replace(match["value"], operation.to), part[key])

    def _set(self, place: int, operation: Set) -> None:
        part = self._part(place, operation)
        if part is None:
            return
        *way, last = operation.field.split(".")
        inner = part
        for step in way:
            inner = inner.get(step) if isinstance(inner, Mapping) else None  # type: ignore[assignment]
        if not isinstance(inner, dict) or last not in inner or last in ("id", "overlays"):
            fields = ", ".join(name for name in part if name not in ("id", "overlays"))
            self.fault(place, f'the field "{operation.field}"', f"one of {fields}", "mend its spelling")
            return
        if operation.protocol and not self._is_allowed(place, operation):
            return
        self._cite(part, operation, f"{operation.field}: {inner[last]}")
        inner[last] = operation.to

    def _part(self, place: int, operation: Set) -> Body | None:
        if operation.rule is not None:
            found = self._found(place, operation.rule)
            return None if found is None else self.body[found[0]][found[1]]
        if operation.protocol:
            return self.body
        section, name = next(
            (section, name)
            for section, name in (
                ("variables", operation.variable),
                ("dose", operation.dose),
                ("regimen", operation.regimen),
            )
            if name is not None
        )
        part: Body | None = (self.body[section] or {}).get(name)
        self.places[section, name] = place
        if part is None:
            self.fault(place, f"{section} {name}", f"one that {self.before.name} has", "mend its spelling")
        return part

    def _is_allowed(self, place: int, operation: Set) -> bool:
        """Of the protocol as a whole only what a site decides; and nobody can be spared from signing."""
        allowed = ("zone", "when_undecided", "effective", "roles_to_sign")
        name = operation.field.split(".")[0]
        if name not in allowed:
            self.fault(
                place, f'the field "{operation.field}"', f"one of {', '.join(allowed)}", "change the base instead"
            )
        elif name == "roles_to_sign" and not set(self.body["roles_to_sign"]) <= set(operation.to or ()):
            self.fault(place, "fewer roles to sign", "every role of the base, and others", "name them all")
        else:
            return True
        return False

    def _cite(self, part: Body, operation: Tighten | Set, was: str) -> None:
        """The base's source no longer says what the part says: the overlay's does, and what was there is told."""
        if "source" not in part or operation_field(operation) in ("source", "interpretation", "evidence"):
            return
        if not (isinstance(operation, Set) and part is self.body):
            earlier = part["source"] or {"ref": "no source", "at": "none"}
            told = (
                f"Overlay {self.overlay.name}: {operation.because} Before, {was} ({earlier['ref']}, {earlier['at']})."
            )
            part["interpretation"] = f"{part['interpretation']} {told}" if part.get("interpretation") else told
            part["source"] = {"ref": operation.source.ref, "at": operation.source.at}


def operation_field(operation: Tighten | Set) -> str:
    """The field that an operation changes."""
    return operation.field if isinstance(operation, Set) else "threshold"


def _literal(text: str) -> re.Pattern[str]:
    """A threshold as a condition writes it: in quotes with its unit, or a bare whole number."""
    if re.fullmatch(r"\d+", text):
        return re.compile(rf"(?<![\w.'])(?P<value>{text})(?![\w.'])")
    return re.compile(rf"'\s*(?P<value>{re.escape(text)})\s*'")


def _trace(document: OverlayDocument, overlay: Overlay, base: TreatmentProtocol, left_out: list[Body]) -> Body:
    return {
        "id": document.id,
        "version": document.version,
        "sha256": overlay.sha256,
        "base_sha256": base.sha256,
        "direction": document.direction,
        "left_out": left_out,
    }
