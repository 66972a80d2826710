"""How is a number printed? Percentages with their counts, intervals, P values to two digits."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

from seriatim.pages import Cell
from seriatim.results.row import ResultRow

_TWO_DIGITS = Context(prec=2, rounding=ROUND_HALF_UP)


def percent(fraction: float, n: int = 0) -> str:
    """A percentage: no decimals under 200 patients, one from there on; halves are rounded up, as printed tables do.

    >>> percent(28 / 155, 155), percent(0.0045, 809)
    ('18 %', '0.5 %')
    """
    return f"{points(fraction, n)} %"


def points(fraction: float, n: int = 0) -> str:
    """The bare number of percentage points, with a true minus sign."""
    places = Decimal(1) if n < 200 else Decimal("0.1")
    rounded = (Decimal(str(fraction)) * 100).quantize(places, ROUND_HALF_UP)
    return str(rounded + 0).replace("-", "−")


def p_value(p: float) -> str:
    """A P value to two significant digits; "< 0.0001" below; never "0.00".

    >>> p_value(0.0404), p_value(8e-51), p_value(0.9961), p_value(0.00999)
    ('0.040', '< 0.0001', '1.0', '0.010')
    """
    if p < 1e-4:
        return "< 0.0001"
    # Rounded first and cut to length after, because 0.00999 rounds into the next power of ten.
    rounded = _TWO_DIGITS.create_decimal(str(p))
    return f"{rounded.quantize(Decimal(1).scaleb(rounded.adjusted() - 1)):f}"


def interval(lower: float, upper: float, decimals: int = 1, scale: float = 1.0) -> str:
    """ "lower to upper"; a side without end is called so."""
    return f"{number(lower * scale, decimals)} to {number(upper * scale, decimals)}"


def number(value: float, decimals: int = 1) -> str:
    """A plain number with a true minus sign; infinity is written as "no upper limit"."""
    if math.isinf(value):
        return "no upper limit" if value > 0 else "no lower limit"
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded + 0:f}".replace("-", "−")


def count_of(row: ResultRow) -> str:
    """ "28/155 (18 %)", or the reason why there is no proportion.

    The counts stand beside the percentage in every cell, because denominators differ between rows.
    """
    if row.value is None:
        return row.reason
    return f"{row.numerator}/{row.denominator} ({percent(row.value, row.denominator or 0)})"


def risk_cell(row: ResultRow | None) -> Cell:
    """Count, percentage and exact interval of one group."""
    if row is None:
        return Cell("not computed", (), "missing")
    if row.value is None:
        return Cell(row.reason, (row.result_id,), "reason")
    # With as many decimals as the percentage: 0 of 809 is 0.0 to 0.5, not 0 to 0.
    decimals = 0 if (row.denominator or 0) < 200 else 1
    bounds = "" if row.lower is None or row.upper is None else f"; {interval(row.lower, row.upper, decimals, 100)}"
    return Cell(
        f"{row.numerator}/{row.denominator} ({percent(row.value, row.denominator or 0)}{bounds})", (row.result_id,)
    )


def p_cell(row: ResultRow | None) -> Cell:
    """A P value, or its reason."""
    if row is None:
        return Cell("not computed", (), "missing")
    if row.value is None:
        return Cell(row.reason, (row.result_id,), "reason")
    return Cell(p_value(row.value), (row.result_id,))


def difference_cell(row: ResultRow | None) -> Cell:
    """A difference of proportions in percentage points with its interval."""
    if row is None:
        return Cell("not computed", (), "missing")
    if row.value is None or row.lower is None or row.upper is None:
        return Cell(row.reason, (row.result_id,), "reason")
    return Cell(f"{number(row.value * 100)} ({interval(row.lower, row.upper, 1, 100)})", (row.result_id,))
