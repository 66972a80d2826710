"""Which digits of a number were never measured? Those beyond the fifteenth, left by a change of number format."""

from __future__ import annotations

import polars as pl

DIGITS = 15  # what a decimal keeps for certain through a double, and through the format of IBM mainframes


def without_noise(numbers: pl.Series) -> pl.Series:
    """Numbers whose shortest text has more than 15 digits, rounded to 15; all others as they are.

    A bilirubin of 9.81 came out of a transport file as 9.809999999999999:

    >>> without_noise(pl.Series([9.809999999999999, 0.1, None])).to_list()
    [9.81, 0.1, None]
    """
    digits = numbers.cast(pl.String).str.split("e").list.first().str.replace_all(r"\D", "").str.len_chars()
    noisy = numbers.filter((digits > DIGITS) & numbers.is_finite()).unique()
    if noisy.is_empty():
        return numbers
    return numbers.replace(noisy, [float(f"{value:.{DIGITS}g}") for value in noisy])
