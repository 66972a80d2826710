"""What is a number with its unit, exactly? Text such as `720000 [IU-aldesleukin]/kg` and nothing looser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from seriatim.errors import Misuse
from seriatim.protocols.dosing.exact import product, terminating
from seriatim.vocabulary.ucum import Dimension, UnknownUnit, ratio, unit_of

# 15 digits before the point and 9 after hold any dose; what is longer is a slip of the keyboard.
_QUANTITY = re.compile(r"(\d{1,15}(?:\.\d{1,9})?) (\S+)")
_SIZES = ("kg", "g", "m2")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A decimal that is not negative, and its UCUM unit; `ValueError` for anything else, floats among it."""

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal) or not self.value.is_finite() or self.value < 0:
            raise ValueError(f"{self.value!r} {self.unit}: a finite decimal that is not negative is needed")
        if len(self.value.as_tuple().digits) > 120 or abs(self.value.adjusted()) > 60:
            raise ValueError(f"{self.value!r} {self.unit}: no quantity of medicine has so many digits")
        unit_of(self.unit)

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.unit}"

    def to(self, unit: str) -> Decimal:
        """The value in another unit, exactly; `UnknownUnit` for another dimension.

        >>> read_quantity("180 [lb_av]").to("kg")
        Decimal('81.64662660')
        """
        try:
            return product(self.value, terminating(ratio(self.unit, unit)))
        except UnknownUnit:
            raise
        except ValueError:
            raise ValueError(f'"{self}" is no terminating decimal in {unit}; write it in {unit}') from None

    @property
    def dimension(self) -> Dimension:
        return unit_of(self.unit).dimension


def read_quantity(text: object) -> Quantity:
    """Read a number, one space and a unit; `ValueError` says what is wrong, so that it can be a fault of a line.

    >>> read_quantity("720000 [IU-aldesleukin]/kg").to("M[IU-aldesleukin]/kg")
    Decimal('0.720000')
    """
    if isinstance(text, Quantity):
        return text
    if isinstance(text, bool) or not isinstance(text, str):
        raise ValueError('text with a unit, such as "30 kg"; a bare number has no unit')
    match = _QUANTITY.fullmatch(text)
    if not match:
        raise ValueError(f'a number, one space and a unit, such as "30 kg"{_hint(text)}')
    try:
        return Quantity(Decimal(match[1]), match[2])
    except UnknownUnit as problem:
        raise ValueError(f"a UCUM unit; {problem}") from None


def must_be_measured(quantity: Quantity, name: str) -> None:
    """Raise `Misuse` for more digits than anybody measures: a binary float turned into a decimal has fifty."""
    if len(quantity.value.as_tuple().digits) > 24:
        raise Misuse(f"{name} {quantity} has more digits than a measurement; give the text that was written down")


def _hint(text: str) -> str:
    if re.fullmatch(r"[\d.,]+", text):
        return "; a bare number has no unit"
    if "," in text:
        return "; write no comma, and a point before decimals"
    if text.startswith("."):
        return "; write a zero before the point"
    return ""


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros.

    >>> plain(Decimal("59328000.00")), plain(Decimal("1E+3"))
    ('59328000', '1000')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def split_size(unit: str) -> tuple[str, str | None]:
    """The unit of the amount, and what it is counted by: `kg` or `m2` of the patient, or None.

    It is read from the text, because as a dimension mg/kg is a pure number.

    >>> split_size("[IU-aldesleukin]/kg"), split_size("mg/m2"), split_size("mg")
    (('[IU-aldesleukin]', 'kg'), ('mg', 'm2'), ('mg', None))
    """
    amount, mark, size = unit.rpartition("/")
    if not mark or size not in _SIZES:
        return unit, None
    return amount, "m2" if size == "m2" else "kg"


def is_same_kind(one: str, other: str) -> bool:
    """Whether two units measure the same thing; those of two drugs never do."""
    return unit_of(one).dimension == unit_of(other).dimension


def is_amount(unit: str) -> bool:
    """Whether a unit is one of an amount of medicine: mass, moles or the units of one drug."""
    dimension = unit_of(unit).dimension
    if len(dimension) != 1:
        return False
    ((base, power),) = dimension
    return power == 1 and (base in ("g", "mol") or base.startswith("["))
