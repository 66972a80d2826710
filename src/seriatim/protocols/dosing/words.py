"""How is an amount written so that it cannot be misread? As ISMP and the Joint Commission ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from seriatim.protocols.dosing.exact import product
from seriatim.protocols.dosing.quantity import Quantity, plain

# No trailing zero (5.0 is read as 50), a zero before the point (.5 is read as 5), commas in large numbers or the word
# million, and no IU, U, cc or micro sign (read as IV, 0, 00 and m). Source: ISMP list of error-prone abbreviations and
# Joint Commission "do not use" list.
_SPELT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "kg": ("kilogram", "kilograms"),
        "g": ("gram", "grams"),
        "mg": ("milligram", "milligrams"),
        "ug": ("microgram", "micrograms"),
        "ng": ("nanogram", "nanograms"),
        "mol": ("mole", "moles"),
        "mmol": ("millimole", "millimoles"),
        "umol": ("micromole", "micromoles"),
        "L": ("litre", "litres"),
        "mL": ("millilitre", "millilitres"),
        "m2": ("square metre", "square metres"),
        "m": ("metre", "metres"),
        "cm": ("centimetre", "centimetres"),
        "min": ("minute", "minutes"),
        "h": ("hour", "hours"),
        "d": ("day", "days"),
        "wk": ("week", "weeks"),
        "[lb_av]": ("pound", "pounds"),
        "[in_i]": ("inch", "inches"),
        "%": ("percent", "percent"),
        "{vial}": ("vial", "vials"),
    }
)
_DRUG = re.compile(r"(10\*6\.|[Mk]?)\[(IU|U)-([a-z0-9]+)\]")
_MILLIONTH = Decimal("0.000001")
_TIMES = MappingProxyType({"": 1, "k": 1000, "M": 10**6, "10*6.": 10**6})


def dose_words(amount: Quantity) -> str:
    """An amount in words and figures that are hard to misread.

    Raises `ValueError` for a unit that has no words here, because a code such as `dg` is not for a label.

    >>> from seriatim.protocols.dosing.quantity import read_quantity
    >>> dose_words(read_quantity("59328000 [IU-aldesleukin]"))
    '59.328 million international units of aldesleukin'
    >>> dose_words(read_quantity("720000 [IU-aldesleukin]/kg"))
    '720,000 international units of aldesleukin per kilogram'
    >>> dose_words(read_quantity("0.50 mg"))
    '0.5 milligrams'
    """
    value, names = _scaled(amount)
    number = number_words(value) if names[0].startswith(("international", "unit")) else grouped(value)
    return f"{number} {names[0] if value == 1 else names[1]}"


def number_words(value: Decimal) -> str:
    """A number with the word million where it holds one.

    >>> number_words(Decimal("720000")), number_words(Decimal("1200000000"))
    ('720,000', '1,200 million')
    """
    return f"{grouped(product(value, _MILLIONTH))} million" if value >= 10**6 else grouped(value)


def grouped(value: Decimal) -> str:
    """A number with thousands separators and without trailing zeros.

    >>> grouped(Decimal("1200.50"))
    '1,200.5'
    """
    whole, mark, decimals = plain(value).partition(".")
    return f"{int(whole):,}{mark}{decimals}"


def _scaled(amount: Quantity) -> tuple[Decimal, tuple[str, str]]:
    """Drug units without their prefix, for the word million says it; and the singular and plural of the unit."""
    first, *rest = re.split(r"/(?![^\[]*\])", amount.unit)
    per = "".join(f" per {_names(part)[1][0]}" for part in rest)
    times, (one, many) = _names(first)
    return product(amount.value, Decimal(times)), (one + per, many + per)


def _names(unit: str) -> tuple[int, tuple[str, str]]:
    if match := _DRUG.fullmatch(unit):
        kind = "international unit" if match[2] == "IU" else "unit"
        return _TIMES[match[1]], (f"{kind} of {match[3]}", f"{kind}s of {match[3]}")
    if unit in _SPELT:
        return 1, _SPELT[unit]
    raise ValueError(f'"{unit}" has no words that are safe on a label; write it in one of {", ".join(_SPELT)}')
