"""Which stored columns does a simulated table become? The same that its text would become when it is taken in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from seriatim.series.schema import TABLES, Column, stored_columns
from seriatim.series.typed_table import DTYPES
from seriatim.simulation.columns import (
    Measured,
    Moment,
    Precision,
    SimulatedColumn,
    SimulatedTable,
    Whole,
    rows_of,
)
from seriatim.simulation.local_time import instants
from seriatim.simulation.text import column_text, unit_text

_MICRO_DIGITS = 6


def as_stored(name: str, table: SimulatedTable, zone: str) -> pl.DataFrame:
    """The stored columns of a table without `source_row`, null where the scenario has nothing.

    >>> import numpy as np
    >>> visits = {"patient_id": Whole(np.array([7])), "last_contact": Moment(np.array([8_243_580]), Precision.DAY)}
    >>> as_stored("follow_up", visits, "UTC").row(0)[1:4]
    ('1985-09-03', datetime.datetime(1985, 9, 3, 0, 0), datetime.datetime(1985, 9, 3, 23, 59, 59, 999999))
    """
    rows = rows_of(next(iter(table.values())))
    series: list[pl.Series] = []
    for column in TABLES[name].columns:
        written = table.get(column.name)
        series.extend(_nothing(column, rows) if written is None else _stored(column, written, zone))
    return pl.DataFrame(series)


def _nothing(column: Column, rows: int) -> Iterator[pl.Series]:
    for name, kind in stored_columns(column):
        yield pl.Series(name, [None], dtype=DTYPES[kind]).new_from_index(0, rows)


def _stored(column: Column, written: SimulatedColumn, zone: str) -> Iterator[pl.Series]:
    name = column.name
    if isinstance(written, Whole):
        numbers = pl.Series(name, written.values)
        yield numbers.set(numbers < 0, None)
        return
    text = column_text(written, zone)
    if isinstance(written, Moment):
        earliest, latest = _readings(written, zone)
        yield from (text.alias(name), earliest.alias(f"{name}_earliest"), latest.alias(f"{name}_latest"))
    elif isinstance(written, Measured):
        yield text.alias(f"{name}_text")
        yield _micro(written).alias(f"{name}_micro")
        yield unit_text(text, written.unit).alias(f"{name}_unit")
        yield pl.Series(f"{name}_censored", [None], dtype=pl.String).new_from_index(0, len(text))
    else:
        yield text.alias(name)


def _micro(measured: Measured) -> pl.Series:
    scaled = pl.Series(measured.scaled)
    micro: pl.Series = scaled.set(scaled < 0, None) * 10 ** (_MICRO_DIGITS - measured.decimals)
    return micro


def _readings(moment: Moment, zone: str) -> tuple[pl.Series, pl.Series]:
    """The earliest and the latest instant, naive in UTC: a day lasts from midnight to midnight of its zone."""
    exact = instants(moment.minutes).dt.replace_time_zone(None)
    earliest, latest = exact, exact
    for precision, step in ((Precision.DAY, "1d"), (Precision.MONTH, "1mo")):
        chosen = _chosen(moment, precision)
        if chosen.any():
            start, end = _span(exact, step, zone)
            earliest = start.zip_with(chosen, earliest)
            latest = end.zip_with(chosen, latest)
    return earliest, latest


def _chosen(moment: Moment, precision: Precision) -> pl.Series:
    if isinstance(moment.precision, Precision):
        return pl.Series([moment.precision is precision]).new_from_index(0, len(moment.minutes))
    return pl.Series(moment.precision == precision)


def _span(exact: pl.Series, step: str, zone: str) -> tuple[pl.Series, pl.Series]:
    """The first and the last instant of the local day or month of each instant."""
    local = exact.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    day = local.dt.date()
    # There are few days in a series and many rows: each is worked out once.
    distinct = day.drop_nulls().unique().sort()
    start = distinct.cast(pl.Datetime("us")).dt.truncate(step)
    end = start.dt.offset_by(step)
    place = distinct.search_sorted(day).set(day.is_null(), None)
    first, after = (_utc(clock, zone).gather(place) for clock in (start, end))
    return first, after - timedelta(microseconds=1)


def _utc(local: pl.Series, zone: str) -> pl.Series:
    zoned = local.dt.replace_time_zone(zone, ambiguous="earliest")
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
