"""Which values were charted for some codes, when was each so, and when was it known?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import narwhals.stable.v2 as nw

from seriatim.protocols.replay.instants import ALWAYS, NEVER, micros
from seriatim.series.series import TreatmentSeries

AsKnown = Literal["at_decision", "final"]
COLUMNS = ("who", "a", "b", "k", "text", "micro", "unit", "censored")
# table -> column with the code, measured column, time of the observation, time at which it was known
_SOURCES = (
    ("lab_result", "test", "value", "collected", "reported"),
    ("vital", "test", "value", "measured_at", "recorded"),
)


def charted(
    series: TreatmentSeries, decisions: nw.LazyFrame[Any], codes: Sequence[str], as_known: AsKnown
) -> nw.LazyFrame[Any] | None:
    """Values under the codes (any case), with `who`, earliest `a` and latest `b` time, and `k`, when known.

    Always a <= b <= k: nothing is known before it is taken, nor taken after it is known. A value without a time never
    becomes known. `final` asks for all that was taken by the decision, whenever it was reported. None where the
    series has no such table.
    """
    wanted = [code.lower() for code in codes]
    who = series.tables["patient"].select("patient_id", nw.col("case_number").alias("who"))
    parts = [_measured(series, source, who, wanted, as_known) for source in _SOURCES if series.has(source[0])]
    if series.has("intervention"):
        parts += _interventions(series, decisions, who, wanted)
    if series.has("assessment"):
        parts.append(_assessments(series, who, wanted))
    return nw.concat(parts) if parts else None


def _measured(
    series: TreatmentSeries, source: tuple[str, ...], who: nw.LazyFrame[Any], codes: list[str], as_known: AsKnown
) -> nw.LazyFrame[Any]:
    table, code, value, taken, told = source
    rows = series.tables[table]
    reported = as_known == "at_decision" and f"{told}_latest" in rows.collect_schema().names()
    known = nw.col(f"{told}_latest") if reported else nw.lit(None, nw.Datetime("us"))
    found = rows.filter(nw.col(code).str.to_lowercase().is_in(codes)).select(
        "patient_id",
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
    series: TreatmentSeries, decisions: nw.LazyFrame[Any], who: nw.LazyFrame[Any], codes: list[str]
) -> list[nw.LazyFrame[Any]]:
    """An intervention was so at its start, at its end, and at each decision between; without a rate it is a yes."""
    rows = series.tables["intervention"].filter(nw.col("intervention").str.to_lowercase().is_in(codes))
    said = nw.when(nw.col("rate_text").is_null()).then(nw.lit("yes")).otherwise(nw.col("rate_text"))
    done = rows.join(who, on="patient_id", how="inner").select(
        "who", "start_earliest", "start_latest", "end_earliest", "end_latest", said.alias("text"),
        nw.col("rate_micro").alias("micro"), nw.col("rate_unit").alias("unit"),
        nw.col("rate_censored").alias("censored"),
    )  # fmt: skip
    start, end = (_spot(done, f"{end}_earliest", f"{end}_latest") for end in ("start", "end"))
    ended = end.filter(nw.col("k") < NEVER)
    during = done.join(decisions.select("who", "at"), on="who", how="inner")
    during = during.filter((nw.col("at") > micros("start_latest")) & (nw.col("at") < micros("end_earliest")))
    at = nw.col("at")
    inside = during.select("who", at.alias("a"), at.alias("b"), at.alias("k"), "text", "micro", "unit", "censored")
    return [start, ended, inside]


def _spot(done: nw.LazyFrame[Any], early: str, late: str) -> nw.LazyFrame[Any]:
    named = done.with_columns(early=nw.col(early), late=nw.col(late), known=nw.lit(None, nw.Datetime("us")))
    return _timed(named)


def _assessments(series: TreatmentSeries, who: nw.LazyFrame[Any], codes: list[str]) -> nw.LazyFrame[Any]:
    rows = series.tables["assessment"].filter(nw.col("looked_for").str.to_lowercase().is_in(codes))
    found = rows.join(who, on="patient_id", how="inner").with_columns(
        early=nw.col("assessed_at_earliest"), late=nw.col("assessed_at_latest"),
        known=nw.lit(None, nw.Datetime("us")), text=nw.col("assessed"), micro=nw.lit(None, nw.Int64),
        unit=nw.lit(None, nw.String), censored=nw.lit(None, nw.String),
    )  # fmt: skip
    return _timed(found)
