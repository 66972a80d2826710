"""Is this a printed figure, and which numbers would print as it?"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

# Digits enough to write 1 as finely as the smallest double is printed.
_EXACT = Context(prec=400)


def prints_as(value: float, printed: str) -> bool:
    """Does a number print as given, halves rounded either way, "<" and ">" read as they say?

    >>> prints_as(0.0374, "0.037"), prints_as(8e-5, "<0.001"), prints_as(0.51, "1.00")
    (True, True, False)
    """
    text = printed.strip().replace("≤", "<").replace("≥", ">").lstrip("=").strip()
    if text[0] in "<>":
        bound = float(text[1:].strip("= "))
        return value < bound if text[0] == "<" else value > bound
    target = Decimal(text)
    exact, digits = Decimal(repr(value)), Decimal(1).scaleb(int(target.as_tuple().exponent))
    return any(exact.quantize(digits, rounding, _EXACT) == target for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN))


def _as_printed(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("the figure in quotes, because its digits matter (0.40 is not 0.4)")
    return str(value) if isinstance(value, int) else value


def _percent(text: str) -> str:
    if not re.fullmatch(r"[0-9]*\.?[0-9]+ *%?", text):
        raise ValueError('a plain number such as "18" or "3.2"; leave it out where none is printed')
    return text


def _bound(text: str) -> str:
    # The symmetric interval of a small proportion is printed with a bound below 0.
    _percent(text.removeprefix("-"))
    return text


def _p(text: str) -> str:
    if not re.fullmatch(r"=? *[<>≤≥]?=? *[0-9]*\.?[0-9]+(e-?[0-9]+)?", text, re.IGNORECASE):
        raise ValueError('a P value such as "0.04" or "<0.001"; leave it out where only words are printed')
    return text


Percent = Annotated[str, BeforeValidator(_as_printed), AfterValidator(_percent)]
Bound = Annotated[str, BeforeValidator(_as_printed), AfterValidator(_bound)]
PrintedP = Annotated[str, BeforeValidator(_as_printed), AfterValidator(_p)]
