"""What is a tally, and which sums may be taken of it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriatim.errors import Misuse, Refused
from seriatim.tallies.spec import Key, Role, Unit

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts `n`, one row a combination of key levels.

    `columns` holds for each key an int64 array: the position of the level in `key.levels`, or for an order key the
    number itself. `alignment` says what the group labels and case numbers mean outside this site: "calendar" (dates
    fixed before any split), "pooled order" (labels given on the pooled series) or "site order" (this site's own).
    `absent` is the level (key, level) of every patient without a record. `contributions` are the content hashes of the
    series that were counted, so that none is added twice.
    """

    name: str
    unit: Unit
    definition: str
    keys: tuple[Key, ...]
    columns: Mapping[str, Counts]
    n: Counts
    source: str = ""
    data_cut: str = ""
    alignment: str = "site order"
    absent: tuple[str, str] | None = None
    contributions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lengths = {len(self.n), *(len(column) for column in self.columns.values())}
        if len(lengths) != 1 or set(self.columns) != {key.name for key in self.keys}:
            raise ValueError(f"{self.name}: keys and columns do not fit each other")
        if np.any(self.n < 0):
            raise ValueError(f"{self.name}: a count below zero")
        for key in self.keys:
            places = self.columns[key.name]
            if key.role is not Role.ORDER and np.any((places < 0) | (places >= len(key.levels))):
                raise ValueError(f"{self.name}: a row of {key.name} at a level that the key does not have")

    def key(self, name: str) -> Key:
        for key in self.keys:
            if key.name == name:
                return key
        raise Misuse(f"tally {self.name} has no key {name!r}; it has {', '.join(k.name for k in self.keys)}")

    def levels(self, name: str) -> tuple[str, ...]:
        return self.key(name).levels

    @property
    def disclosure(self) -> str:
        """`inside` where a single patient could be read off: case numbers, replicates, or small cells."""
        finest = any(key.role is Role.REPLICATE or key.name == "case_number" for key in self.keys)
        return "inside" if finest or bool(np.any((self.n > 0) & (self.n <= SMALL_CELL))) else "outside"


SMALL_CELL = 10  # the most widely used rule hides 1-10 (CMS cell size policy)


def select(tally: Tally, **levels: str) -> Tally:
    """The part of a tally at fixed levels; those keys are gone from it.

    >>> from seriatim.tallies.spec import Key, Role, Unit
    >>> sepsis = tally_from_rows("sepsis", Unit.PATIENT, "line sepsis grade 3-4",
    ...     (Key("group", Role.PARTITION, ("1-155", "1086-1241")), Key("outcome", Role.PARTITION, ("yes", "no"))),
    ...     [("1-155", "yes", 28), ("1-155", "no", 127), ("1086-1241", "yes", 6), ("1086-1241", "no", 150)])
    >>> counts(select(sepsis, outcome="yes"), "group").tolist()
    [28, 6]
    """
    keep = np.ones(len(tally.n), dtype=bool)
    for name, level in levels.items():
        keep &= tally.columns[tally.key(name).name] == _position(tally.key(name), level)
    keys = tuple(key for key in tally.keys if key.name not in levels)
    rows = np.flatnonzero(keep)
    columns = {key.name: tally.columns[key.name][rows] for key in keys}
    return replace(tally, keys=keys, columns=columns, n=tally.n[rows])


def counts(tally: Tally, *axes: str, **levels: str) -> Counts:
    """Dense counts over the named keys in that order, other keys summed where their role allows it.

    A view that is neither an axis nor fixed is refused: its levels are readings of the same patients. An order key
    as an axis runs over `numbers(tally, axis)`.
    """
    part = select(tally, **levels)
    for key in part.keys:
        if key.role is Role.VIEW and key.name not in axes:
            raise Refused(
                f"tally {tally.name}: summing over the view {key.name!r} would count the same patients more than once;"
                f" choose one of {', '.join(key.levels)}"
            )
    shape, positions = [], []
    for axis in axes:
        size, position = _axis(part, axis)
        shape.append(size)
        positions.append(position)
    flat = np.ravel_multi_index(tuple(positions), shape) if axes else np.zeros(len(part.n), dtype=np.int64)
    # Weights are floats inside bincount; counts stay exact up to 2^53.
    return np.bincount(flat, weights=part.n, minlength=int(np.prod(shape))).astype(np.int64).reshape(shape)


def numbers(tally: Tally, name: str) -> Counts:
    """The distinct numbers of an order key, ascending."""
    if tally.key(name).role is not Role.ORDER:
        raise Misuse(f"tally {tally.name}: {name!r} has levels, not numbers")
    column = tally.columns[name]
    # The cases of a million patients are in order already, and telling so takes a hundredth of finding them again.
    return column.copy() if np.all(column[1:] > column[:-1]) else np.unique(column)


def tally_from_rows(
    name: str, unit: Unit, definition: str, keys: tuple[Key, ...], rows: list[tuple[Any, ...]], **header: Any
) -> Tally:
    """A tally from plain rows (a level or number per key, then the count): the smallest way to write one down."""
    columns = {
        key.name: np.array([_position(key, row[i]) for row in rows], dtype=np.int64) for i, key in enumerate(keys)
    }
    return Tally(name, unit, definition, keys, columns, np.array([row[-1] for row in rows], dtype=np.int64), **header)


def _axis(part: Tally, name: str) -> tuple[int, Counts]:
    key = part.key(name)
    if key.role is Role.ORDER:
        found = numbers(part, name)
        return len(found), np.searchsorted(found, part.columns[name]).astype(np.int64)
    return len(key.levels), part.columns[name]


def _position(key: Key, level: Any) -> int:
    if key.role is Role.ORDER:
        return int(level)
    if level not in key.levels:
        raise Misuse(f"{key.name} has no level {level!r}; it has {', '.join(key.levels)}")
    return key.levels.index(level)
