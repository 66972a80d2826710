"""After which dose of the first cycle did this patient first have the endpoint, and how many doses were given?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._first_cycle import is_given, planned_in_first_cycle
from seriatim.derive._qualifying import ONSET_UNCLEAR, YES, qualifying_records
from seriatim.engines.choose import worked_out_once
from seriatim.plans.endpoints import Endpoint
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

READINGS = ("earliest", "latest")
AFTER, NONE = "after a dose", "no event"
BEFORE, UNKNOWN = "before the first dose", "onset unknown"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per endpoint, reading and case with a dated dose in the first cycle: `patient_id`, `endpoint`, `reading`,
    `event`, `doses`, `event_dose` (0 unless `event` is "after a dose").

    An event belongs to the last dose started at or before its onset. Events count until the next cycle begins, at most
    `spec.options["window_days"]` days after the last dose. A date without a time is read as early and as late as it
    allows. Somebody with the endpoint before the first dose was never free of it.
    """
    if not series.has("dose"):
        return _nobody(cases)
    given = worked_out_once(_given(series, cases))
    windows = worked_out_once(_windows(series, given, spec.options["window_days"]))
    parts = [
        _one(series, cases, given, windows, endpoint, reading)
        for endpoint in spec.options["endpoints"]
        for reading in READINGS
    ]
    return nw.concat(parts)


def _given(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    planned = planned_in_first_cycle(series, cases).filter(is_given() & ~nw.col("started_earliest").is_null())
    return planned.select("patient_id", nw.col("started_earliest").alias("started"))


def _windows(series: TreatmentSeries, given: nw.LazyFrame[Any], days: int) -> nw.LazyFrame[Any]:
    """One row a patient: `doses` given, `first` start, `until` the next cycle or some days after the last dose."""
    summed = given.group_by("patient_id").agg(
        nw.len().cast(nw.Int64).alias("doses"),
        nw.col("started").min().alias("first"),
        nw.col("started").max().alias("last"),
    )
    later = series.tables["dose"].filter(is_given() & ~((nw.col("course") == 1) & (nw.col("cycle") == 1)))
    following = later.group_by("patient_id").agg(nw.col("started_earliest").min().alias("next"))
    joined = summed.join(following, on="patient_id", how="left")
    longest = nw.col("last") + timedelta(days=days)
    cut = (nw.col("next") > nw.col("last")) & (nw.col("next") < longest)
    until = nw.when(cut).then(nw.col("next")).otherwise(longest)
    return joined.select("patient_id", "doses", "first", until.alias("until"))


def _one(
    series: TreatmentSeries,
    cases: Cases,
    given: nw.LazyFrame[Any],
    windows: nw.LazyFrame[Any],
    endpoint: Endpoint,
    reading: str,
) -> nw.LazyFrame[Any]:
    onsets = _onsets(series, cases, windows, endpoint, reading)
    started = given.join(onsets.select("patient_id", "onset"), on="patient_id", how="inner")
    dose = started.filter(nw.col("started") <= nw.col("onset")).group_by("patient_id")
    numbered = dose.agg(nw.len().cast(nw.Int64).alias("event_dose"))
    joined = windows.join(onsets, on="patient_id", how="left").join(numbered, on="patient_id", how="left")
    unknown = nw.when(nw.col("undated") == 1).then(nw.lit(UNKNOWN)).otherwise(nw.lit(NONE))
    event = nw.when(~nw.col("onset").is_null()).then(nw.lit(AFTER)).otherwise(unknown)
    # Whoever had it before the first dose was never at risk of a first event, whatever came later.
    event = nw.when(nw.col("early") == 1).then(nw.lit(BEFORE)).otherwise(event)
    named = joined.with_columns(event=event, endpoint=nw.lit(endpoint.id), reading=nw.lit(reading))
    number = nw.when(nw.col("event") == AFTER).then(nw.col("event_dose")).otherwise(nw.lit(0).cast(nw.Int64))
    return named.select("patient_id", "endpoint", "reading", "event", "doses", number.alias("event_dose"))


def _onsets(
    series: TreatmentSeries, cases: Cases, windows: nw.LazyFrame[Any], endpoint: Endpoint, reading: str
) -> nw.LazyFrame[Any]:
    """One row a patient with records: first `onset` in the window, and whether some were `early` or `undated`."""
    # Emergence is judged here, dose by dose, so that an event before the first dose is seen and not passed over.
    asked = endpoint.model_copy(update={"emergent": "all records", "window_days": None})
    records = qualifying_records(series, cases, asked).filter(nw.col("outcome").is_in((YES, ONSET_UNCLEAR)))
    dated = records.join(windows, on="patient_id", how="inner").with_columns(at=nw.col(f"onset_{reading}"))
    inside = (nw.col("at") >= nw.col("first")) & (nw.col("at") < nw.col("until"))
    flagged = dated.select(
        "patient_id",
        nw.when(inside).then(nw.col("at")).alias("onset"),
        _flag(nw.col("at") < nw.col("first")).alias("early"),
        _flag(nw.col("at").is_null()).alias("undated"),
    )
    return flagged.group_by("patient_id").agg(nw.col("onset").min(), nw.col("early").max(), nw.col("undated").max())


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _nobody(cases: Cases) -> nw.LazyFrame[Any]:
    nobody = cases.frame.filter(nw.col("patient_id").is_null())
    zero = nw.lit(0).cast(nw.Int64)
    words = (nw.lit("").alias(name) for name in ("endpoint", "reading", "event"))
    return nobody.select("patient_id", *words, zero.alias("doses"), zero.alias("event_dose"))
