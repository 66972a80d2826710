"""Which whole number does a text hold, and is it within its bounds?"""

from __future__ import annotations

import polars as pl

from seriatim.findings import Severity
from seriatim.series.faults import Fault
from seriatim.series.schema import Column

# SAS and spreadsheets store whole numbers as floating point and print "3.0".
_WHOLE_NUMBER = r"^([+-]?[0-9]{1,18})(?:\.0*)?$"


def faults_of_whole_number(column: Column) -> tuple[Fault, ...]:
    """The faults of a column of whole numbers, naming its bounds."""
    expected = f"a whole number from {column.lowest} to {column.highest}"
    mapped = f"map it in the mapping file under codes: {column.name}:"
    return (
        Fault("integer.not_a_whole_number", Severity.VALUE_SET_ASIDE, expected, mapped),
        Fault("integer.out_of_range", Severity.VALUE_SET_ASIDE, expected, "look it up in the source record"),
    )


def type_whole_number(text: pl.Series, column: Column) -> pl.DataFrame:
    """Columns `number` (Int64 or null) and `fault`.

    >>> from seriatim.series.schema import Kind
    >>> grade = Column("grade", Kind.INTEGER, "", lowest=0, highest=5)
    >>> type_whole_number(pl.Series(["3.0", "IV", "6"]), grade).rows()
    [(3, None), (None, 'integer.not_a_whole_number'), (None, 'integer.out_of_range')]
    """
    frame = pl.DataFrame({"text": text.cast(pl.String).str.strip_chars().replace("", None)})
    frame = frame.with_columns(number=pl.col("text").str.extract(_WHOLE_NUMBER, 1).cast(pl.Int64))
    within = pl.col("number").is_between(
        column.lowest if column.lowest is not None else -(2**63),
        column.highest if column.highest is not None else 2**63 - 1,
    )
    return frame.select(
        pl.when(within).then("number").alias("number"),
        pl.when(pl.col("text").is_null()).then(None)
        .when(pl.col("number").is_null()).then(pl.lit("integer.not_a_whole_number"))
        .when(~within).then(pl.lit("integer.out_of_range")).alias("fault"),
    )  # fmt: skip
