"""What may a rule ask about? Variables with their kind, and how their values become whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import lcm

MICRO = 1_000_000
LARGEST = 2**62  # products of a rule must stay inside 64 bits on every engine


class Kind(StrEnum):
    """What the values of a variable are."""

    QUANTITY = "quantity"  # a number with a unit
    COUNT = "count"  # a whole number of things
    ORDINAL = "ordinal"  # ordered words, the first the mildest
    CATEGORY = "category"  # words without an order
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable as rules see it.

    A quantity is held in *ticks*: 10^-6 of its unit divided by `scale`, fine enough that each accepted unit is a whole
    number of them. `units` gives, for every accepted unit, how many of the variable's own unit one of it is.
    """

    name: str
    kind: Kind
    unit: str = ""
    units: Mapping[str, Fraction] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    plausible: tuple[Fraction, Fraction] | None = None
    text: str = ""

    @property
    def scale(self) -> int:
        """Ticks in a millionth of the unit.

        >>> units = {"mg/dL": Fraction(1), "umol/L": Fraction(5, 442)}
        >>> creatinine = Variable("creatinine", Kind.QUANTITY, "mg/dL", units)
        >>> creatinine.scale, creatinine.multiplier("umol/L")
        (442, 5)
        """
        if self.kind is not Kind.QUANTITY:
            return 1
        return lcm(*(factor.denominator for factor in self.units.values()))

    @property
    def ticks_per_unit(self) -> int:
        """Ticks in one of the unit; for other kinds a value is its own whole number."""
        return MICRO * self.scale if self.kind is Kind.QUANTITY else 1

    def multiplier(self, unit: str) -> int:
        """Ticks in a millionth of an accepted unit, always whole."""
        ticks = self.units[unit] * self.scale
        return int(ticks)

    def ticks(self, amount: Fraction, unit: str) -> Fraction:
        """An amount of an accepted unit in ticks, a whole number or not."""
        return amount * self.units[unit] * self.ticks_per_unit

    @property
    def range_in_ticks(self) -> tuple[int, int] | None:
        """The least and the greatest plausible value, or None where any is."""
        if self.kind is Kind.BOOLEAN:
            return (0, 1)
        if self.levels:
            return (0, len(self.levels) - 1)
        if self.plausible is None:
            return None
        low, high = (bound * self.ticks_per_unit for bound in self.plausible)
        return (-(-low.numerator // low.denominator), high.numerator // high.denominator)
