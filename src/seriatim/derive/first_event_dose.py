"""After which dose of the first cycle did this patient first have the endpoint, and how many doses were given?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._first_cycle import is_given, planned_in_first_cycle
from seriatim.derive._qualifying import NOT_GRADED, ONSET_UNCLEAR, YES, qualifying_records
from seriatim.derive._unanswered import NOT_ASSESSED, WINDOW_OPEN, unanswered
from seriatim.engines.choose import worked_out_once
from seriatim.plans.endpoints import Endpoint
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

READINGS = ("earliest", "latest")
# Read early, an event comes soon and a dose late; read late, the other way round: so the dose number is the lowest,
# and the highest, that the dates allow.
_STARTED = {"earliest": "started_latest", "latest": "started_earliest"}
AFTER, NONE = "after a dose", "no event"
BEFORE, UNKNOWN = "before the first dose", "onset unknown"
NOT_DATED, NO_DOSE = "dose not dated", "no dose recorded"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case, endpoint and reading: `patient_id`, `endpoint`, `reading`, `event`, `doses`, `event_dose`.

    An event belongs to the last dose started at or before its onset. Events count until the next cycle begins, at most
    `spec.options["window_days"]` days after the last dose. Dates that are not exact are read so that the dose number
    is the lowest ("earliest") and the highest ("latest") that they allow. `event_dose` is 0 unless `event` is "after a
    dose". Somebody with the endpoint before the first dose was never free of it.
    """
    endpoints = spec.options["endpoints"]
    if not series.has("dose"):
        return nw.concat([_without_doses(cases, endpoint, reading) for endpoint in endpoints for reading in READINGS])
    given = worked_out_once(_given(series, cases))
    windows = {
        reading: worked_out_once(_windows(series, cases, given, reading, spec.options["window_days"]))
        for reading in READINGS
    }
    return nw.concat([_one(series, cases, given, windows, endpoint) for endpoint in endpoints])


def _given(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    given = planned_in_first_cycle(series, cases).filter(is_given())
    return given.select("patient_id", "started_earliest", "started_latest")


def _windows(
    series: TreatmentSeries, cases: Cases, given: nw.LazyFrame[Any], reading: str, days: int
) -> nw.LazyFrame[Any]:
    """One row a case: `doses` given (null without any), how many `not_dated`, `first` start, and `until`: the start of
    the next cycle, or some days after the last dose.
    """
    at = nw.col(_STARTED[reading])
    dated = given.select("patient_id", at.alias("at"), _flag(at.is_null()).alias("not_dated"))
    summed = dated.group_by("patient_id").agg(
        nw.len().cast(nw.Int64).alias("doses"),
        nw.col("not_dated").sum().cast(nw.Int64),
        nw.col("at").min().alias("first"),
        nw.col("at").max().alias("last"),
    )
    later = series.tables["dose"].filter(is_given() & ~((nw.col("course") == 1) & (nw.col("cycle") == 1)))
    following = later.select("patient_id", at.alias("next")).group_by("patient_id").agg(nw.col("next").min())
    everyone = cases.frame.select("patient_id").join(summed, on="patient_id", how="left")
    joined = everyone.join(following, on="patient_id", how="left")
    longest = nw.col("last") + timedelta(days=days)
    cut = (nw.col("next") > nw.col("last")) & (nw.col("next") < longest)
    until = nw.when(cut).then(nw.col("next")).otherwise(longest)
    return joined.select("patient_id", "doses", "not_dated", "first", until.alias("until"))


def _one(
    series: TreatmentSeries,
    cases: Cases,
    given: nw.LazyFrame[Any],
    windows: Mapping[str, nw.LazyFrame[Any]],
    endpoint: Endpoint,
) -> nw.LazyFrame[Any]:
    # Emergence is judged here, dose by dose, so that an event before the first dose is seen and not passed over.
    emergent = "all records" if endpoint.emergent == "first dose" else endpoint.emergent
    asked = endpoint.model_copy(update={"emergent": emergent, "window_days": None})
    records = worked_out_once(qualifying_records(series, cases, asked))
    missing = unanswered(series, cases, asked, records.select("patient_id").unique())
    parts = []
    for reading, window in windows.items():
        placed = _placed(given, window, records, reading)
        named = _with_missing(series, placed, missing).with_columns(event=_event())
        number = nw.when(nw.col("event") == AFTER).then(nw.col("event_dose")).otherwise(nw.lit(0).cast(nw.Int64))
        words = {"endpoint": nw.lit(endpoint.id), "reading": nw.lit(reading), "doses": nw.col("doses").fill_null(0)}
        parts.append(named.select("patient_id", "event", event_dose=number, **words))
    return nw.concat(parts)


def _placed(
    given: nw.LazyFrame[Any], window: nw.LazyFrame[Any], records: nw.LazyFrame[Any], reading: str
) -> nw.LazyFrame[Any]:
    """The windows with what a case's records say: first `onset` in the window and its `event_dose`, and flags."""
    dated = records.join(window, on="patient_id", how="inner").with_columns(at=nw.col(f"onset_{reading}"))
    counts = nw.col("outcome").is_in((YES, ONSET_UNCLEAR))
    inside = (nw.col("at") >= nw.col("first")) & (nw.col("at") < nw.col("until"))
    flagged = dated.select(
        "patient_id",
        nw.when(counts & inside).then(nw.col("at")).alias("onset"),
        _flag(counts & (nw.col("at") < nw.col("first"))).alias("early"),
        _flag(counts & nw.col("at").is_null()).alias("undated"),
        _flag((nw.col("outcome") == NOT_GRADED) & (inside | nw.col("at").is_null())).alias("ungraded"),
    )
    flags = ("early", "undated", "ungraded")
    onsets = flagged.group_by("patient_id").agg(nw.col("onset").min(), *(nw.col(name).max() for name in flags))
    started = given.join(onsets.select("patient_id", "onset"), on="patient_id", how="inner")
    reached = started.filter(nw.col(_STARTED[reading]) <= nw.col("onset")).group_by("patient_id")
    numbered = reached.agg(nw.len().cast(nw.Int64).alias("event_dose"))
    return window.join(onsets, on="patient_id", how="left").join(numbered, on="patient_id", how="left")


def _with_missing(
    series: TreatmentSeries, placed: nw.LazyFrame[Any], missing: nw.LazyFrame[Any] | None
) -> nw.LazyFrame[Any]:
    """`outcome` "not assessed" where the lack of a record is no answer, `seen` 0 where follow-up ends in the window."""
    with_outcome = (
        placed.with_columns(outcome=nw.lit(None, nw.String))
        if missing is None
        else placed.join(missing, on="patient_id", how="left")
    )
    if not series.has("follow_up"):
        return with_outcome.with_columns(open=nw.lit(0))
    contact = series.tables["follow_up"].select("patient_id", "last_contact_latest", "died")
    alive = (nw.col("died") != "yes") | nw.col("died").is_null()
    is_open = alive & (nw.col("last_contact_latest") < nw.col("until"))
    return with_outcome.join(contact, on="patient_id", how="left").with_columns(open=_flag(is_open))


def _event() -> nw.Expr:
    """What is known of the case; what stands first decides."""
    known = (
        (nw.col("doses").is_null(), NO_DOSE),
        (nw.col("not_dated") > 0, NOT_DATED),
        # Whoever had it before the first dose was never at risk of a first event, whatever came later.
        (nw.col("early") == 1, BEFORE),
        (~nw.col("onset").is_null(), AFTER),
        (nw.col("undated") == 1, UNKNOWN),
        (nw.col("outcome") == NOT_ASSESSED, NOT_ASSESSED),
        (nw.col("open") == 1, WINDOW_OPEN),
        (nw.col("ungraded") == 1, NOT_GRADED),
    )
    event: nw.Expr = nw.lit(NONE)
    for holds, word in reversed(known):
        event = nw.when(holds).then(nw.lit(word)).otherwise(event)
    return event


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)


def _without_doses(cases: Cases, endpoint: Endpoint, reading: str) -> nw.LazyFrame[Any]:
    words = {"event": nw.lit(NO_DOSE), "endpoint": nw.lit(endpoint.id), "reading": nw.lit(reading)}
    zero = nw.lit(0).cast(nw.Int64)
    return cases.frame.select("patient_id", event_dose=zero, doses=zero, **words)
