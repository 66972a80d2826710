"""The base of an overlay has changed: what did it say, what does it say now, and what does the overlay want?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.versions.changes import RULE_SECTIONS, Change, changes
from seriatim.protocols.versions.overlay_document import AddRule, AddVariable, Overlay, Set, Tighten, address

State = Literal["unchanged", "changed", "gone", "new id taken", "not known"]


@dataclass(frozen=True)
class TouchedPart:
    """One part that the overlay touches: what it wants, and what the new base did to it."""

    part: str
    state: State
    wanted: str
    in_base: tuple[str, ...]

    @property
    def words(self) -> str:
        """One line, with what to do."""
        done = {
            "unchanged": "the base did not change it: it carries over",
            "changed": "the base changed it too, so choose: " + " ".join(self.in_base),
            "gone": "the new base does not have it any more: take the operation out, or address it to another part",
            "new id taken": "the new base has a part of this id by now: rename it, or take it out",
            "not known": "the version it was written for is not at hand, so look at both",
        }[self.state]
        return f"  {self.part}: the overlay wants {self.wanted}; {done}"


@dataclass(frozen=True)
class ThreeWay:
    """The report, a line for each part that the overlay touches, and the other changes of the base."""

    overlay: str
    written_for: str
    base: str
    parts: tuple[TouchedPart, ...]
    elsewhere: tuple[Change, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The report in words."""
        carried = f"  {len(self.elsewhere)} changes of the base do not touch what the overlay does"
        return (
            f"  written for {self.written_for}, now {self.base}",
            *(part.words for part in self.parts),
            *([carried] if self.elsewhere else []),
            "  when each is settled, write the new hash under base and raise the overlay's version",
        )


def three_way(overlay: Overlay, before: TreatmentProtocol | None, now: TreatmentProtocol) -> ThreeWay:
    """What became of each part that an overlay touches; `before` is the version it was written for, where known."""
    wanted = overlay.document.base
    found = changes(before, now) if before is not None else ()
    touched = tuple(_parts(overlay, before, now, found))
    names = {part.part for part in touched}
    elsewhere = tuple(change for change in found if _named(change) not in names)
    then, here = f"{wanted.id}@{wanted.version} {wanted.sha256[:12]}", f"{now.name} {now.sha256[:12]}"
    return ThreeWay(overlay.name, then, here, touched, elsewhere)


def _parts(
    overlay: Overlay, before: TreatmentProtocol | None, now: TreatmentProtocol, found: tuple[Change, ...]
) -> Iterator[TouchedPart]:
    has = set(_names(now))
    for operation in overlay.document.operations:
        part = address(operation)
        mine = tuple(change.sentence for change in found if _named(change) == part)
        is_new = isinstance(operation, AddRule | AddVariable)
        state: State = "unchanged"
        if is_new:
            state = "new id taken" if part in has else "unchanged"
        elif part not in has:
            state = "gone"
        elif before is None:
            state = "not known"
        elif mine:
            state = "changed"
        yield TouchedPart(part, state, _wanted(operation), mine)


def _wanted(operation: Any) -> str:
    if isinstance(operation, Tighten):
        return f"{operation.threshold} to become {operation.to}"
    if isinstance(operation, Set):
        return f"{operation.field} to be {operation.to}"
    return {"add_rule": "to add it", "add_variable": "to add it", "disable": "to leave it out"}[operation.op]


def _named(change: Change) -> str:
    if change.section in RULE_SECTIONS:
        return f"rule {change.id}"
    kind = {"variables": "variable", "protocol": "protocol"}.get(change.section, change.section)
    return f"protocol {change.field}" if kind == "protocol" else f"{kind} {change.id}"


def _names(protocol: TreatmentProtocol) -> Iterator[str]:
    document = protocol.document
    yield from (f"rule {part.id}" for section in RULE_SECTIONS for part in getattr(document, section))
    yield from (f"variable {name}" for name in document.variables)
    yield from (f"dose {drug}" for drug in document.dose)
    yield from (f"protocol {field}" for field in type(document).model_fields)
    if document.regimen is not None:
        yield from ("regimen cycle", "regimen course")
