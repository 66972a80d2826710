"""What does a threshold such as `'2.5 mg/dL'` come to in the ticks of its variable?"""

from __future__ import annotations

import re
from fractions import Fraction

from seriatim.rules.faults import NotARule, shortened
from seriatim.rules.variables import Variable
from seriatim.vocabulary.ucum import UnknownUnit, ratio, unit_of

# Written out as [0-9]: \d would take the digits of other scripts too.
_AMOUNT = re.compile(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*(\S.*?)?\s*")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_COMMA = re.compile(r"\s*[+-]?[0-9]+,[0-9]")


def split_amount(text: str) -> tuple[Fraction, str]:
    """Number and unit of an amount; the unit is empty where there is none.

    >>> split_amount("2.5 mg/dL")
    (Fraction(5, 2), 'mg/dL')
    """
    match = _AMOUNT.fullmatch(text)
    if match is None or _COMMA.match(text):
        # 1,000 is a thousand to one reader and one to another.
        move = "write a point for decimals and nothing between thousands" if "," in text else "write it so"
        raise NotARule.because(f"'{shortened(text)}'", "a number and a unit, such as '2.5 mg/dL'", move)
    return Fraction(match[1]), match[2] or ""


def plain_number(text: str) -> Fraction:
    """A number without quotes. An exponent is refused: a few signs of it can stand for more digits than memory has.

    >>> plain_number("2.5")
    Fraction(5, 2)
    """
    if not _PLAIN.fullmatch(text):
        raise NotARule.because(shortened(text), "a plain decimal number, such as 2.5", "write it out")
    return Fraction(text)


def in_unit_of(variable: Variable, amount: Fraction, unit: str, written: str = "") -> Fraction:
    """An amount in the unit of a variable, exactly; raises `NotARule` for a unit that cannot be one of it."""
    found = f"'{shortened(written or f'{amount} {unit}'.strip())}'"
    if not unit:
        raise NotARule.because(f"{found} without a unit", _wanted(variable), "add the unit")
    if unit in variable.units:
        return amount * variable.units[unit]
    try:
        unit_of(unit)
    except UnknownUnit as problem:
        raise NotARule.because(str(problem), _wanted(variable), "use a unit of the list") from None
    try:
        return amount * ratio(unit, variable.unit)
    except UnknownUnit:
        move = "convert it, or declare the unit with its factor and source"
        raise NotARule.because(found, _wanted(variable), move) from None


def _wanted(variable: Variable) -> str:
    return f"an amount in {' or '.join(variable.units)} for {variable.name}"
