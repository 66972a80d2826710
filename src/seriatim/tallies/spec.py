"""What does a tally count, by which keys, and what may be done with each key?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What arithmetic a key allows."""

    PARTITION = "partition"  # disjoint levels: may be summed over
    VIEW = "view"  # different readings of the same patients: never summed over
    ORDER = "order"  # whole numbers: case number, dose number, day, value at its own resolution
    REPLICATE = "replicate"  # one level a patient, so that intervals over doses are intervals over patients


class Unit(StrEnum):
    """What one count is."""

    PATIENT = "patient"
    COURSE = "course"
    CYCLE = "cycle"
    DOSE = "dose"
    CANDIDATE = "candidate"  # considered for treatment, treated or not


@dataclass(frozen=True, slots=True)
class Key:
    """One key column. `levels` in their order; empty means "as found" and is filled when counted.

    `labels` are what a reader sees for each level, where that differs from the level itself. `definitions` are what
    decides each level, where its name does not say it: two plans may give one name to two endpoints. `as_found` says
    that the levels are those that occurred and not those that were asked for.
    """

    name: str
    role: Role
    levels: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    as_found: bool = False

    def label(self, level: str) -> str:
        return self.labels[self.levels.index(level)] if self.labels else level

    def definition(self, level: str) -> str:
        return self.definitions[self.levels.index(level)] if self.definitions else ""


@dataclass(frozen=True, slots=True)
class TallySpec:
    """A tally as an analysis asks for it.

    `derivation` names the module on the derive shelf that gives one row per unit and view. `absent` is the level
    (key, level) taken by every case without a row of its own, so that a derivation need not write millions of "no".
    `keys_of_cases` are those keys that come from the case (group, stratum) and not from the derivation.
    """

    name: str
    derivation: str
    unit: Unit
    keys: tuple[Key, ...]
    definition: str
    absent: tuple[str, str] | None = None
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def key(self, name: str) -> Key:
        return next(key for key in self.keys if key.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(key.name for key in self.keys)
