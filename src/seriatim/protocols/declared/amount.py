"""How is an amount or a duration written in a protocol? A number and a UCUM unit in one text, such as "12 h"."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from seriatim.rules.amounts import split_amount
from seriatim.rules.faults import NotARule
from seriatim.vocabulary.ucum import UnknownUnit, ratio, unit_of


def seconds(text: str) -> int:
    """A duration in whole seconds.

    >>> seconds("12 h"), seconds("7 wk")
    (43200, 4233600)
    """
    amount, unit = _split(text)
    try:
        total = amount * ratio(unit, "s")
    except UnknownUnit as problem:
        raise ValueError(f"a duration such as '12 h'; {problem}") from None
    if total.denominator != 1 or total < 0:
        raise ValueError("a duration of whole seconds, not below zero")
    return int(total)


def _split(text: str) -> tuple[Fraction, str]:
    try:
        amount, unit = split_amount(text)
    except NotARule as problem:
        raise ValueError(problem.faults[0].expected) from None
    if not unit:
        raise ValueError("an amount with its unit")
    return amount, unit


def _checked_duration(text: str) -> str:
    seconds(text)
    return text


def _checked_unit(text: str) -> str:
    try:
        unit_of(text)
    except UnknownUnit as problem:
        raise ValueError(f"a UCUM unit; {problem}") from None
    return text


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _checked_fraction(text: str) -> str:
    try:
        Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError('a number or a quotient of two, such as 0.1 or "1/88.4"') from None
    return text


def fraction(text: str) -> Fraction:
    """A factor exactly as written: the text "1/88.4" is 5/442.

    >>> fraction("1/88.4")
    Fraction(5, 442)
    """
    top, _, bottom = text.partition("/")
    return Fraction(top) / Fraction(bottom or "1")


def _checked_factor(text: str) -> str:
    try:
        value = fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError('a number or a quotient of two, such as 0.1 or "1/88.4"') from None
    if value <= 0:
        raise ValueError("a factor above zero")
    return text


# A bare number is read as text, so that its fault is told as a missing unit.
AmountText = Annotated[str, BeforeValidator(_as_text)]
Duration = Annotated[str, AfterValidator(_checked_duration)]
UnitCode = Annotated[str, AfterValidator(_checked_unit)]
# YAML numbers pass through binary floats; their shortest decimal text is what the author wrote.
Number = Annotated[str, BeforeValidator(_as_text), AfterValidator(_checked_fraction)]
Factor = Annotated[str, BeforeValidator(_as_text), AfterValidator(_checked_factor)]
