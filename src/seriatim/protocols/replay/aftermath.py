"""What followed each planned dose: a grade 3 or worse event within some hours, and what became of the next dose?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.protocols.replay.decisions import CYCLE
from seriatim.protocols.replay.instants import SECOND, micros
from seriatim.series.series import TreatmentSeries

EVENT, PERHAPS, NONE, NOT_GIVEN, NO_RECORD = (
    "grade 3 or worse", "not certain", "none", "dose not given", "no adverse event table",
)  # fmt: skip
EVENTS = (EVENT, PERHAPS, NONE, NOT_GIVEN, NO_RECORD)
LAST = "last of the cycle"
RESPONDED, NO_RESPONSE, NOT_KNOWN = "CR or PR", "no response", "response not known"
RESPONSES = (RESPONDED, NO_RESPONSE, NOT_KNOWN)


def aftermath(series: TreatmentSeries, decisions: nw.LazyFrame[Any], hours: int) -> nw.LazyFrame[Any]:
    """One row a decision: `n`, `event`, `next` (the status of the next planned dose of the cycle), `response`.

    An event is not certain where it has no grade, or its onset may lie outside the hours after the dose. What would
    have followed a dose that was not given nobody can see.
    """
    after = nw.col("status").shift(-1).over(*CYCLE, order_by="n")
    placed = decisions.select("n", *CYCLE, "patient_id", "status", "is_given", "at").with_columns(next=after)
    named = placed.with_columns(next=nw.col("next").fill_null(LAST))
    joined = named.join(_events(series, decisions, hours), on="n", how="left") if series.has("adverse_event") else named
    answered = nw.lit(NO_RECORD)
    if series.has("adverse_event"):
        found = nw.col("event_rank").fill_null(0)
        answered = nw.when(found == 2).then(nw.lit(EVENT)).otherwise(
            nw.when(found == 1).then(nw.lit(PERHAPS)).otherwise(nw.lit(NONE))
        )  # fmt: skip
    event = nw.when(nw.col("is_given") == 1).then(answered).otherwise(nw.lit(NOT_GIVEN))
    responded = _with_response(series, joined)
    return responded.select("n", event.alias("event"), "next", "response")


def _events(series: TreatmentSeries, decisions: nw.LazyFrame[Any], hours: int) -> nw.LazyFrame[Any]:
    """`event_rank`: 2 where an event surely followed, 1 where one may have."""
    who = series.tables["patient"].select("patient_id", nw.col("case_number").alias("who"))
    severe = series.tables["adverse_event"].filter((nw.col("grade") >= 3) | nw.col("grade").is_null())
    dated = severe.join(who, on="patient_id", how="inner").select(
        "who", "grade", micros("onset_earliest").alias("early"), micros("onset_latest").alias("late")
    )
    given = decisions.filter(nw.col("is_given") == 1).select("n", "who", "at")
    pairs = given.join(dated, on="who", how="inner")
    until = nw.col("at") + hours * 3600 * SECOND
    touches = (nw.col("late") > nw.col("at")) & (nw.col("early") <= until)
    inside = (nw.col("early") > nw.col("at")) & (nw.col("late") <= until) & (nw.col("grade") >= 3)
    rank = nw.when(inside).then(nw.lit(2)).otherwise(nw.lit(1)).cast(nw.Int64)
    return pairs.filter(touches).select("n", rank.alias("event_rank")).group_by("n").agg(nw.col("event_rank").max())


def _with_response(series: TreatmentSeries, placed: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    if not series.has("response"):
        return placed.with_columns(response=nw.lit(NOT_KNOWN))
    best = series.tables["response"].select("patient_id", "best_response")
    word = nw.when(nw.col("best_response").is_in(("CR", "PR"))).then(nw.lit(RESPONDED)).otherwise(
        nw.when(nw.col("best_response").is_in(("SD", "PD"))).then(nw.lit(NO_RESPONSE)).otherwise(nw.lit(NOT_KNOWN))
    )  # fmt: skip
    return placed.join(best, on="patient_id", how="left").with_columns(response=word)
