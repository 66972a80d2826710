"""Which values were charted under some codes, when was each so, and when was it known?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals.stable.v2 as nw

from seriatim.engines.choose import worked_out_once
from seriatim.protocols.replay.instants import ALWAYS, NEVER, micros
from seriatim.rules.variables import MICRO
from seriatim.series.series import TreatmentSeries

AsKnown = Literal["at_decision", "final"]
COLUMNS = ("who", "source", "a", "b", "k", "text", "micro", "unit", "censored")
CODED = ("who", "source", "a", "b", "k", "empty", "word", "micro", "unit", "censored")
BOUNDS = ("<", "<=", ">", ">=")
# table -> column with the code, measured column, time of the observation, time at which it was known
_SOURCES = (
    ("lab_result", "test", "value", "collected", "reported"),
    ("vital", "test", "value", "measured_at", "recorded"),
)
# column of the patient table -> unit of a number ("" has none), or None for a word
PATIENT_COLUMNS: Mapping[str, str | None] = {"age": "a", "performance_status": "", "sex": None, "diagnosis": None}
Codes = Sequence[frozenset[str]]
"""For each source the names that its values come under, in lower case."""


@dataclass(frozen=True)
class Charted:
    """Values of every source with `who`, `source` (a place in the codes), earliest `a` and latest `b` time, and `k`.

    `k` is when a value was known. Always a <= b <= k: nothing is known before it is taken, nor taken after it is
    known; a value without a time never becomes known. `word` is a place in the words asked for, `unit` one in
    `units`, `censored` one in `BOUNDS`, `empty` 1 where nothing was written: whole numbers, so that millions are sorted fast.
    """  # noqa: E501

    frame: nw.LazyFrame[Any]
    units: tuple[str, ...]


def charted(
    series: TreatmentSeries,
    decisions: nw.LazyFrame[Any],
    codes: Codes,
    words: Sequence[str],
    as_known: AsKnown,
) -> Charted:
    """The values under the codes; `final` asks for all that was taken by a decision, whenever it was reported."""
    who = series.tables["patient"].select("patient_id", nw.col("case_number").alias("who"))
    parts = [_measured(series, source, who, codes, as_known) for source in _SOURCES if series.has(source[0])]
    if series.has("intervention"):
        parts += _interventions(series, decisions, who, codes)
    if series.has("assessment"):
        parts.append(_assessments(series, who, codes))
    parts += _patients(series, codes)
    every = nw.concat(parts) if parts else _no_values(decisions)
    units = every.select("unit").unique().collect("polars").to_native()["unit"].drop_nulls().sort().to_list()
    coded = every.with_columns(
        empty=nw.when(nw.col("text").is_null()).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64),
        word=_place(nw.col("text").str.to_lowercase(), words),
        unit=_place(nw.col("unit"), units),
        censored=_place(nw.col("censored"), BOUNDS),
    )
    return Charted(coded.select(*CODED), tuple(units))


def _place(text: nw.Expr, words: Sequence[str]) -> nw.Expr:
    place: nw.Expr = nw.lit(None, nw.Int64)
    for number, word in enumerate(words):
        place = nw.when(text == word).then(nw.lit(number)).otherwise(place)
    return place.cast(nw.Int64)


def _of_codes(rows: nw.LazyFrame[Any], column: str, codes: Codes) -> nw.LazyFrame[Any]:
    """The rows under any of the codes, once for each source that wants them, with `source`."""
    named = worked_out_once(rows.select(column).unique())
    spelled = [name for name in named.collect("polars").to_native()[column].to_list() if name is not None]
    parts = []
    for source, wanted in enumerate(codes):
        mine = [name for name in spelled if name.lower() in wanted]
        if mine:
            parts.append(named.filter(nw.col(column).is_in(mine)).with_columns(source=nw.lit(source).cast(nw.Int64)))
    if not parts:
        return rows.filter(nw.col(column).is_null() & ~nw.col(column).is_null()).with_columns(
            source=nw.lit(0).cast(nw.Int64)
        )
    return rows.join(nw.concat(parts), on=column, how="inner")


def _measured(
    series: TreatmentSeries, source: tuple[str, ...], who: nw.LazyFrame[Any], codes: Codes, as_known: AsKnown
) -> nw.LazyFrame[Any]:
    table, code, value, taken, told = source
    rows = series.tables[table]
    reported = as_known == "at_decision" and f"{told}_latest" in rows.collect_schema().names()
    known = nw.col(f"{told}_latest") if reported else nw.lit(None, nw.Datetime("us"))
    found = _of_codes(rows, code, codes).select(
        "patient_id",
        "source",
        nw.col(f"{taken}_earliest").alias("early"),
        nw.col(f"{taken}_latest").alias("late"),
        known.alias("known"),
        nw.col(f"{value}_text").alias("text"),
        nw.col(f"{value}_micro").alias("micro"),
        nw.col(f"{value}_unit").alias("unit"),
        nw.col(f"{value}_censored").alias("censored"),
    )
    return _timed(found.join(who, on="patient_id", how="inner"))


def _timed(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    whole = rows.with_columns(a=micros("early"), late=micros("late"), told=micros("known"))
    untimed = nw.col("a").is_null() | nw.col("late").is_null()
    told = nw.when(nw.col("told").is_null()).then(nw.col("late")).otherwise(nw.max_horizontal("told", "a"))
    known = whole.with_columns(
        a=nw.when(untimed).then(nw.lit(ALWAYS)).otherwise(nw.col("a")).cast(nw.Int64),
        k=nw.when(untimed).then(nw.lit(NEVER)).otherwise(told).cast(nw.Int64),
        late=nw.when(untimed).then(nw.lit(NEVER)).otherwise(nw.col("late")).cast(nw.Int64),
    )
    # What was known at ten was not taken later than ten, however vague its own time is.
    return known.with_columns(b=nw.min_horizontal("late", "k")).select(*COLUMNS)


def _interventions(
    series: TreatmentSeries, decisions: nw.LazyFrame[Any], who: nw.LazyFrame[Any], codes: Codes
) -> list[nw.LazyFrame[Any]]:
    """An intervention was so at its start, at its end, and at each decision between; without a rate it is a yes."""
    said = nw.when(nw.col("rate_text").is_null()).then(nw.lit("yes")).otherwise(nw.col("rate_text"))
    rows = _of_codes(series.tables["intervention"], "intervention", codes)
    done = rows.join(who, on="patient_id", how="inner").select(
        "who", "source", "start_earliest", "start_latest", "end_earliest", "end_latest", said.alias("text"),
        nw.col("rate_micro").alias("micro"), nw.col("rate_unit").alias("unit"),
        nw.col("rate_censored").alias("censored"),
    )  # fmt: skip
    start, end = (_spot(done, f"{end}_earliest", f"{end}_latest") for end in ("start", "end"))
    ended = end.filter(nw.col("k") < NEVER)
    during = done.join(decisions.select("who", "at"), on="who", how="inner")
    during = during.filter((nw.col("at") > micros("start_latest")) & (nw.col("at") < micros("end_earliest")))
    at = nw.col("at")
    return [start, ended, during.with_columns(a=at, b=at, k=at).select(*COLUMNS)]


def _spot(done: nw.LazyFrame[Any], early: str, late: str) -> nw.LazyFrame[Any]:
    named = done.with_columns(early=nw.col(early), late=nw.col(late), known=nw.lit(None, nw.Datetime("us")))
    return _timed(named)


def _assessments(series: TreatmentSeries, who: nw.LazyFrame[Any], codes: Codes) -> nw.LazyFrame[Any]:
    rows = _of_codes(series.tables["assessment"], "looked_for", codes)
    found = rows.join(who, on="patient_id", how="inner").with_columns(
        early=nw.col("assessed_at_earliest"), late=nw.col("assessed_at_latest"),
        known=nw.lit(None, nw.Datetime("us")), text=nw.col("assessed"), micro=nw.lit(None, nw.Int64),
        unit=nw.lit(None, nw.String), censored=nw.lit(None, nw.String),
    )  # fmt: skip
    return _timed(found)


def _patients(series: TreatmentSeries, codes: Codes) -> list[nw.LazyFrame[Any]]:
    """What the patient table says, as known from the first instant that the accrual can mean."""
    patients, at = series.tables["patient"], micros("accrual_earliest")
    parts = []
    for column, unit in PATIENT_COLUMNS.items():
        for source in (place for place, wanted in enumerate(codes) if column in wanted):
            whole = unit is not None
            value = nw.col(column)
            micro = (value * MICRO).cast(nw.Int64) if whole else nw.lit(None, nw.Int64)
            rows = patients.filter(~nw.col("accrual_earliest").is_null()).select(
                nw.col("case_number").alias("who"), source=nw.lit(source).cast(nw.Int64), a=at, b=at, k=at,
                text=value.cast(nw.String), micro=micro, unit=nw.lit(unit, nw.String),
                censored=nw.lit(None, nw.String),
            )  # fmt: skip
            parts.append(rows.select(*COLUMNS))
    return parts


def _no_values(decisions: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    nobody = decisions.filter(nw.col("n") < 0)
    whole = {name: nw.lit(None, nw.Int64) for name in ("source", "a", "b", "k", "micro")}
    words = {name: nw.lit(None, nw.String) for name in ("text", "unit", "censored")}
    return nobody.select("who", **whole, **words).select(*COLUMNS)
