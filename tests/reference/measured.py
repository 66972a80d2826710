"""A measured text in plain Python: exact decimals, one value at a time."""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact, InvalidOperation

NUMBER = re.compile(r"(<=|>=|<|>|≤|≥)?\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)", re.ASCII)
EXACT = Context(prec=60, Emax=999999, Emin=-999999, traps=[Inexact, InvalidOperation])


def micro(text: str, decimal: str = "."):
    """(millionths, operator), (None, None) where the text is no number or does not fit exactly."""
    stripped = text.strip()
    if decimal == ",":
        if "." in stripped:
            return None, None
        stripped = stripped.replace(",", ".", 1)
    match = NUMBER.fullmatch(stripped)
    if match is None:
        return None, None
    operator = {"≤": "<=", "≥": ">="}.get(match[1], match[1])
    millionths = exact_millionths(match[2])
    return (None, None) if millionths is None else (millionths, operator)


def exact_millionths(number: str):
    mantissa, _, exponent = number.lower().partition("e")
    if Decimal(mantissa) == 0:
        return 0
    if abs(int(exponent or 0)) > 1000:
        return None
    scaled = Decimal(mantissa).scaleb(int(exponent or 0) + 6, EXACT)
    fits = scaled == scaled.to_integral_value() and -(2**63) <= scaled < 2**63
    return int(scaled) if fits else None
