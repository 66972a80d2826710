"""What is a simulated column, before it is written as text or stored? Whole numbers, with a negative for nothing written."""  # noqa: E501

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.float64]

NOTHING = -1


class Precision(IntEnum):
    """How exactly a moment was written down."""

    MINUTE = 0
    DAY = 1
    MONTH = 2


@dataclass(frozen=True, slots=True)
class Words:
    """A place in a list of words for each row."""

    words: tuple[str, ...]
    index: Integers


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Whole numbers from 1, written with leading zeros to the same width: 7 of 1,241 is 0007."""

    numbers: Integers
    width: int
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number for each row."""

    values: Integers


@dataclass(frozen=True, slots=True)
class Moment:
    """Minutes since 1970 in UTC for each row, and how exactly each was written down."""

    minutes: Integers
    precision: Integers | Precision


@dataclass(frozen=True, slots=True)
class Measured:
    """A value for each row in units of 10 to the minus `decimals`: 14 with one decimal is 1.4."""

    scaled: Integers
    decimals: int
    unit: str


SimulatedColumn: TypeAlias = Words | Identifiers | Whole | Moment | Measured
SimulatedTable: TypeAlias = Mapping[str, SimulatedColumn]


def rows_of(column: SimulatedColumn) -> int:
    """How many rows a column has.

    >>> rows_of(Whole(np.array([1, 2])))
    2
    """
    match column:
        case Words(index=values) | Identifiers(numbers=values) | Whole(values=values):
            return len(values)
        case Moment(minutes=values) | Measured(scaled=values):
            return len(values)


def same_words(word: str, rows: int) -> Words:
    """One word in every row.

    >>> same_words("creatinine", 2).index
    array([0, 0])
    """
    return Words((word,), np.zeros(rows, dtype=np.int64))


def yes_or_no(answers: Flags) -> Words:
    """The code list yes, no.

    >>> yes_or_no(np.array([True, False])).index
    array([0, 1])
    """
    return Words(("yes", "no"), np.where(answers, 0, 1))
