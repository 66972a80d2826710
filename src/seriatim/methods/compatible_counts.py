"""Which whole numbers of patients can a printed percentage stand for?"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil, floor

from seriatim.methods.kernels.counts import require


def compatible_counts(percent: str | Decimal, n: int) -> range:
    """Return every count of events among n patients whose percentage prints as given.

    The digits printed say how far it was rounded ("3" and "3.0" differ), and a percentage halfway between two
    may have gone up or to the even digit: both are allowed for. An empty range means that no count among n fits,
    so the percentage or its denominator is wrong. ValueError where it is not a percentage.

    Line sepsis "18%" of 155 patients can only be 28; diarrhoea "92%" is 142 or 143:

    >>> list(compatible_counts("18%", 155)), list(compatible_counts("92", 155))
    ([28], [142, 143])
    """
    require(n >= 1, "a percentage needs at least one patient", n)
    printed = _decimal(percent)
    exponent = min(0, int(printed.as_tuple().exponent))
    middle, half = Fraction(printed), Fraction(1, 2 * 10**-exponent)
    lowest = ceil((middle - half) * n / 100)
    above = (middle + half) * n / 100
    # A count exactly halfway below always goes up to the printed figure under "half up"; one exactly halfway above
    # comes down to it only under "half even", and only to an even last digit.
    is_even = int(printed.scaleb(-exponent)) % 2 == 0
    highest = floor(above) if is_even else ceil(above) - 1
    return range(max(lowest, 0), min(highest, n) + 1)


def _decimal(percent: str | Decimal) -> Decimal:
    text = percent.strip().removesuffix("%").strip() if isinstance(percent, str) else percent
    try:
        printed = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"a percentage is a plain number such as 18 or 3.2: got {percent!r}") from None
    require(printed.is_finite() and printed >= 0, "a percentage is a finite number, 0 or more", percent)
    return printed
