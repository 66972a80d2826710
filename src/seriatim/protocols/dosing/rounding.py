"""To how many steps is an amount rounded, by which named rule?"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from seriatim.protocols.dosing.exact import difference, product, quotient, whole_and_rest

Mode = Literal["half_up", "half_even", "down", "up"]


def steps_of(value: Decimal, step: Decimal, mode: Mode) -> int:
    """The number of whole steps that a value is rounded to.

    Halves show that the mode has to be named:

    >>> [steps_of(Decimal("2.5"), Decimal(1), mode) for mode in ("half_up", "half_even", "down", "up")]
    [3, 2, 2, 3]
    """
    whole, rest = whole_and_rest(value, step)
    return whole + _carries(mode, whole, product(rest, Decimal(2)), step)


def _carries(mode: Mode, whole: int, twice: Decimal, step: Decimal) -> bool:
    """Does what is left, doubled, make another step? Nothing is divided, so a half is a half also of 1/3 mL."""
    if mode == "half_up":
        return twice >= step
    if mode == "half_even":
        return twice > step or (twice == step and whole % 2 == 1)
    return mode == "up" and twice > 0


def round_to(value: Decimal, step: Decimal, mode: Mode) -> Decimal:
    """A value rounded to a whole number of steps.

    >>> round_to(Decimal("1.915"), Decimal("0.01"), "half_up")
    Decimal('1.92')
    """
    return product(Decimal(steps_of(value, step, mode)), step)


def deviation_percent(rounded: Decimal, exact: Decimal) -> Decimal:
    """By how many percent of itself an amount was changed; for showing."""
    return quotient(product(difference(rounded, exact), Decimal(100)), exact)


def is_within(rounded: Decimal, exact: Decimal, percent: Decimal) -> bool:
    """Whether the change is at most so many percent, decided without a division."""
    return product(abs(difference(rounded, exact)), Decimal(100)) <= product(exact, percent)
