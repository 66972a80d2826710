"""How is a simulated table written as a source would write it? Text under the declared names of the columns."""

from __future__ import annotations

import polars as pl

from seriatim.simulation.columns import (
    Identifiers,
    Measured,
    Moment,
    SimulatedColumn,
    SimulatedTable,
    Whole,
    Words,
)
from seriatim.simulation.moments import moment_text


def as_text(table: SimulatedTable, zone: str) -> pl.DataFrame:
    """Columns of text, null for nothing written, and `source_row` (a header would be row 1).

    >>> import numpy as np
    >>> as_text({"patient_id": Identifiers(np.array([7]), 4), "value": Measured(np.array([14]), 1, "mg/dL")}, "UTC").row(0)
    ('0007', '1.4', 'mg/dL', 2)
    """  # noqa: E501
    written: dict[str, pl.Series] = {}
    for name, column in table.items():
        written[name] = column_text(column, zone)
        if isinstance(column, Measured):
            written[f"{name}_unit"] = unit_text(written[name], column.unit)
    frame = pl.DataFrame(written)
    return frame.with_columns(source_row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))


def column_text(column: SimulatedColumn, zone: str) -> pl.Series:
    """One column as text.

    >>> import numpy as np
    >>> column_text(Words(("female", "male"), np.array([1, -1])), "UTC").to_list()
    ['male', None]
    """
    if isinstance(column, Words):
        return _words(column)
    if isinstance(column, Identifiers):
        return _identifiers(column)
    if isinstance(column, Whole):
        return _whole(pl.Series(column.values))
    if isinstance(column, Moment):
        return moment_text(column, zone)
    return _decimal(column)


def unit_text(values: pl.Series, unit: str) -> pl.Series:
    """The unit beside each value that is written."""
    return pl.select(pl.when(values.is_not_null()).then(pl.lit(unit, pl.String))).to_series()


def _words(column: Words) -> pl.Series:
    index = pl.Series(column.index)
    return pl.Series(column.words, dtype=pl.String).gather(index.set(index < 0, None))


def _identifiers(column: Identifiers) -> pl.Series:
    numbers = pl.Series(column.numbers)
    # Rows of one patient stand together, so each identifier is made once and looked up.
    distinct = numbers.unique().sort()
    text = column.prefix + distinct.cast(pl.String).str.zfill(column.width)
    return text.gather(distinct.search_sorted(numbers)) if len(numbers) else text


def _whole(numbers: pl.Series) -> pl.Series:
    return numbers.set(numbers < 0, None).cast(pl.String)


def _decimal(column: Measured) -> pl.Series:
    scaled = pl.Series(column.scaled)
    if column.decimals == 0:
        return _whole(scaled)
    unit = 10**column.decimals
    digits = (scaled % unit).cast(pl.String).str.zfill(column.decimals)
    text: pl.Series = (scaled // unit).cast(pl.String) + "." + digits
    return text.set(scaled < 0, None)
