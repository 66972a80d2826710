"""Which exact number does a measured text hold, in whole millionths, and is it only a bound?"""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from seriatim.findings import Severity
from seriatim.series.faults import Fault
from seriatim.vocabulary.units import SAME_UNIT

DECIMALS = 6
_DIGITS_OF_INT64 = 19
_NUMBER = r"^(<=|>=|<|>|≤|≥)?\s*([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$"
_SEPARATED = r"^[<>≤≥=]*\s*[+-]?[0-9.,]*[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?$"
# What a spreadsheet or a statistics package prints when it has no value: nobody measured it.
_NO_VALUE = ("nan", "inf", "-inf", "+inf", "infinity", "-infinity")
_SPREADSHEET_ERROR = r"^#[A-Z0-9/]+[!?]?$"
_OPERATORS = {"≤": "<=", "≥": ">="}
_UNIT_WORDS = MappingProxyType({spelling: unit for unit, spellings in SAME_UNIT.items() for spelling in spellings})

FAULTS = (
    Fault("measured.no_value", Severity.VALUE_SET_ASIDE, "a measured value or nothing",
          "correct the formula or leave the cell empty"),
    Fault("measured.decimal_comma", Severity.VALUE_SET_ASIDE, "a decimal point",
          'if the source writes decimal commas, state decimal: "," in the mapping file under conventions:'),
    Fault("measured.mixed_separators", Severity.VALUE_SET_ASIDE, "one decimal separator and no grouping of thousands",
          "write the number without separators of thousands"),
    Fault("measured.not_a_number", Severity.VALUE_SET_ASIDE, "a number, or a bound such as <0.2",
          "the text is kept as reported; write the number or leave it as it is"),
    Fault("measured.does_not_fit", Severity.VALUE_SET_ASIDE,
          "at most 6 decimals and at most 9223372036854.775807, so that it is stored exactly",
          "it does not fit exactly: kept as text and not graded; report it in a unit that needs fewer digits"),
)  # fmt: skip


def type_measured(text: pl.Series, unit: pl.Series | None, decimal: str = ".") -> pl.DataFrame:
    """Columns text, micro, unit, censored (null or one of < <= > >=) and `fault` (null or a rule of `FAULTS`).

    >>> type_measured(pl.Series(["<0.2", "1.30"]), pl.Series(["mg/dl", "mg/dL"])).rows()
    [('<0.2', 200000, 'mg/dL', '<', None), ('1.30', 1300000, 'mg/dL', None, None)]
    """
    reported = _trimmed(text).rename("text")
    # Values repeat: a limit of normal is one text on a million rows. Each distinct text is typed once.
    typed = _type_distinct(reported.unique().drop_nulls(), decimal)
    joined = reported.to_frame().join(typed, left_on="text", right_on="reported", how="left", maintain_order="left")
    joined = joined.with_columns(_same_unit(unit, len(text)).alias("unit"))
    return joined.select(pl.col("kept").alias("text"), "micro", "unit", "censored", "fault")


def _type_distinct(text: pl.Series, decimal: str) -> pl.DataFrame:
    frame = text.rename("text").to_frame().with_columns(_with_point(decimal).alias("pointed"))
    frame = frame.with_columns(pl.col("pointed").str.extract_groups(_NUMBER).alias("part")).unnest("part")
    is_number = pl.concat_str("3", "4", ignore_nulls=True).str.len_bytes() > 0
    frame = frame.with_columns(micro=pl.when(is_number).then(_micro()), is_number=is_number)
    frame = frame.with_columns(fault=_fault(decimal))
    readable = pl.col("fault").is_null()
    return frame.select(
        pl.col("text").alias("reported"),
        pl.when(pl.col("fault").ne_missing("measured.no_value")).then("text").alias("kept"),
        pl.when(readable).then("micro").alias("micro"),
        pl.when(readable).then(pl.col("1").replace(_OPERATORS)).alias("censored"),
        "fault",
    )


def _trimmed(text: pl.Series) -> pl.Series:
    trimmed = text.cast(pl.String).str.strip_chars()
    return trimmed.set(trimmed == "", None)


def _same_unit(unit: pl.Series | None, height: int) -> pl.Series:
    if unit is None:
        return pl.Series([None] * height, dtype=pl.String)
    reported = _trimmed(unit)
    known = reported.str.to_lowercase().replace_strict(dict(_UNIT_WORDS), default=None, return_dtype=pl.String)
    return known.fill_null(reported)


def _with_point(decimal: str) -> pl.Expr:
    text = pl.col("text")
    if decimal == ".":
        return text
    return pl.when(~text.str.contains(".", literal=True)).then(text.str.replace(",", ".", literal=True))


def _micro() -> pl.Expr:
    """Whole millionths, or null where they are not whole or not within int64; text arithmetic, never floating."""
    digits = pl.concat_str(pl.col("3").fill_null(""), pl.col("4").fill_null(""))
    significant = digits.str.strip_chars_end("0")
    trailing_zeros = digits.str.len_bytes().cast(pl.Int64) - significant.str.len_bytes().cast(pl.Int64)
    exponent = pl.coalesce(pl.col("5").cast(pl.Int64, strict=False), pl.when(pl.col("5").is_null()).then(0))
    # An exponent of more than 18 digits is null here; clipped, so that the sum below cannot overflow.
    appended = exponent.clip(-(10**9), 10**9) + DECIMALS - pl.col("4").fill_null("").str.len_bytes() + trailing_zeros
    mantissa = significant.str.strip_chars_start("0")
    length = mantissa.str.len_bytes().cast(pl.Int64) + appended
    fits = (appended >= 0) & (length <= _DIGITS_OF_INT64)
    padded = mantissa.str.pad_end(pl.when(fits).then(length).otherwise(0).cast(pl.UInt64), "0")
    signed = pl.concat_str(pl.when(pl.col("2") == "-").then(pl.lit("-")).otherwise(pl.lit("")), padded)
    whole = pl.when(fits).then(signed).cast(pl.Int64, strict=False)
    return pl.when(mantissa == "").then(0).otherwise(whole)


def _fault(decimal: str) -> pl.Expr:
    text = pl.col("text")
    other_separator = "measured.decimal_comma" if decimal == "." else "measured.mixed_separators"
    return (
        pl.when(text.is_null()).then(None)
        .when(text.str.to_lowercase().is_in(_NO_VALUE) | text.str.contains(_SPREADSHEET_ERROR))
        .then(pl.lit("measured.no_value"))
        .when(pl.col("is_number") & pl.col("micro").is_not_null()).then(None)
        .when(pl.col("is_number")).then(pl.lit("measured.does_not_fit"))
        .when(text.str.contains(r"[.,].*[.,]") & text.str.contains(_SEPARATED))
        .then(pl.lit("measured.mixed_separators"))
        .when(text.str.contains(_SEPARATED)).then(pl.lit(other_separator))
        .otherwise(pl.lit("measured.not_a_number"))
    )  # fmt: skip
