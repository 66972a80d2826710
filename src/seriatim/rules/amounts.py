"""What does a threshold such as `'2.5 mg/dL'` come to in the ticks of its variable?"""

from __future__ import annotations

import re
from fractions import Fraction

from seriatim.rules.faults import NotARule
from seriatim.rules.variables import Variable
from seriatim.vocabulary.ucum import UnknownUnit, ratio, unit_of

_AMOUNT = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*(\S.*?)?\s*")


def split_amount(text: str) -> tuple[Fraction, str]:
    """Number and unit of an amount; the unit is empty where there is none.

    >>> split_amount("2.5 mg/dL")
    (Fraction(5, 2), 'mg/dL')
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise NotARule.because(f"'{text}'", "a number and a unit, such as '2.5 mg/dL'", "write it so")
    return Fraction(match[1]), match[2] or ""


def in_unit_of(variable: Variable, amount: Fraction, unit: str) -> Fraction:
    """An amount in the unit of a variable, exactly; raises `NotARule` for a unit that cannot be one of it."""
    if not unit:
        raise NotARule.because(f"'{float(amount):g}' without a unit", _wanted(variable), "add the unit")
    if unit in variable.units:
        return amount * variable.units[unit]
    try:
        unit_of(unit)
    except UnknownUnit as problem:
        raise NotARule.because(str(problem), _wanted(variable), "use a unit of the list") from None
    try:
        return amount * ratio(unit, variable.unit)
    except UnknownUnit:
        raise NotARule.because(
            f"'{float(amount):g} {unit}'",
            _wanted(variable),
            "convert it, or declare the unit with its factor and source",
        ) from None


def _wanted(variable: Variable) -> str:
    return f"an amount in {' or '.join(variable.units)} for {variable.name}"
