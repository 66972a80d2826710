"""How does a stored value become text? The shortest exact form, stripped at both ends, empty as null."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from seriatim.findings import Finding
from seriatim.readers._findings import warning
from seriatim.readers._names import EDGES

DIGITS = 15  # decimal digits that every double keeps


def strip_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Every text column stripped, empty text as null."""
    text = pl.col(pl.String).str.strip_chars(EDGES)
    return frame.with_columns(pl.when(text != "").then(text))


def as_text(frame: pl.DataFrame, name: str) -> tuple[pl.DataFrame, list[Finding]]:
    """A typed frame as text, and what could not be said as text.

    >>> as_text(pl.DataFrame({"age": [61.0, None], "weight": [70.25, 1e-7]}), "patient")[0].rows()
    [('61', '70.25'), (None, '0.0000001')]
    """
    columns, findings = [], []
    for series in frame.iter_columns():
        if series.dtype.is_nested() or series.dtype in (pl.Object, pl.Binary):
            findings.append(_refused(series, name))
            continue
        if (not_numbers := _count_not_numbers(series)) > 0:
            findings.append(_not_numbers(series.name, name, not_numbers))
        columns.append(column_as_text(series))
    return strip_frame(pl.DataFrame(columns)), findings


def column_as_text(series: pl.Series) -> pl.Series:
    """One column as text.

    A column of instants that all fall on midnight is a column of dates that its writer had no type for (R writes
    dates so), and comes as dates: midnight would be a false time of day.
    """
    kind = series.dtype
    if kind.is_float():
        return _numbers_as_text(series)
    if kind == pl.Datetime:
        return _instants_as_text(series)
    if kind == pl.Date:
        return series.dt.to_string("%Y-%m-%d")
    return series.cast(pl.String)


def number_as_text(value: float) -> str:
    """The shortest decimal of a double, without exponent and with no more than the 15 digits that it can vouch for.

    What stands beyond them is noise of binary arithmetic: 9.81 that went through a mainframe's format comes back as
    9.809999999999999. Whole numbers keep every digit: they may be identifiers.

    >>> number_as_text(3.0), number_as_text(0.1 + 0.2), number_as_text(1e22)
    ('3', '0.3', '10000000000000000000000')
    """
    return column_as_text(pl.Series([value], dtype=pl.Float64))[0] or ""


def _numbers_as_text(series: pl.Series) -> pl.Series:
    numbers = pl.select(pl.when(series.is_finite()).then(series)).to_series()
    text = numbers.cast(pl.String).str.strip_suffix(".0").replace("-0", "0").alias(series.name)
    # A fraction of more than 15 digits, or an exponent; the sign, the point and a zero in front are no digits.
    long = text.str.contains(r"e") | (text.str.contains(".", literal=True) & (text.str.len_bytes() > DIGITS + 1))
    words = text.filter(long.fill_null(value=False)).unique()
    return text.replace(words.to_list(), [_plain(word) for word in words])


def _plain(word: str) -> str:
    exact = Decimal(word)
    digits = exact if exact == exact.to_integral_value() else Decimal(f"{float(word):.{DIGITS}g}")
    text = format(digits, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _instants_as_text(series: pl.Series) -> pl.Series:
    zoned = isinstance(series.dtype, pl.Datetime) and series.dtype.time_zone is not None
    if not zoned and _all_on_midnight(series):
        return series.dt.to_string("%Y-%m-%d")
    return series.dt.to_string("%Y-%m-%dT%H:%M:%S%.f" + ("%:z" if zoned else ""))


def _all_on_midnight(series: pl.Series) -> bool:
    return bool((series == series.dt.truncate("1d")).all()) and series.null_count() < len(series)


def _count_not_numbers(series: pl.Series) -> int:
    return int((~series.is_finite()).sum()) if series.dtype.is_float() else 0


def _not_numbers(column: str, name: str, rows: int) -> Finding:
    return warning(
        "value.not_a_number",
        name,
        column=column,
        found="values that are no number (NaN or infinite)",
        expected="a number or nothing",
        next_move="they are taken as nothing written; check where the file was made",
        rows=rows,
    )


def _refused(series: pl.Series, name: str) -> Finding:
    return warning(
        "column.type",
        name,
        column=series.name,
        found=f"a column of {series.dtype}",
        expected="text, numbers or dates",
        next_move="the column was not read; write it as text",
    )
