"""In which decimal arithmetic is a dose worked out, so that nothing is lost unseen?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from functools import reduce

# Sums, products and remainders must come out exactly: a lost digit raises. Numbers that are read or measured have at
# most 24 digits and a unit adds ten, so whatever one dose multiplies fits.
_EXACT = Context(prec=400, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])
# Quotients and roots are for showing and for declared roundings only; 50 digits lie far beyond any of them.
QUOTIENTS = Context(prec=50, traps=[InvalidOperation, DivisionByZero, Overflow])


def product(*factors: Decimal) -> Decimal:
    """The product, to the last digit."""
    return reduce(_EXACT.multiply, factors)


def total(terms: Iterable[Decimal]) -> Decimal:
    """The sum, to the last digit."""
    return reduce(_EXACT.add, terms, Decimal(0))


def difference(whole: Decimal, part: Decimal) -> Decimal:
    """`whole` less `part`, to the last digit."""
    return _EXACT.subtract(whole, part)


def whole_and_rest(value: Decimal, step: Decimal) -> tuple[int, Decimal]:
    """How many whole steps a value that is not negative holds, and what is left.

    43.272 million international units are two vials of 21.6 and a rest, which needs a third:

    >>> whole_and_rest(Decimal("43.272"), Decimal("21.6"))
    (2, Decimal('0.072'))
    """
    whole, rest = _EXACT.divmod(value, step)
    return int(whole), rest


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """A quotient to 50 digits: never what a dose is decided by."""
    return QUOTIENTS.divide(dividend, divisor)


def terminating(fraction: Fraction) -> Decimal:
    """A fraction as the decimal that it exactly is; `ValueError` where it is none, as 1/3."""
    try:
        return _EXACT.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))
    except Inexact:
        raise ValueError(f"{fraction} has no end as a decimal") from None
