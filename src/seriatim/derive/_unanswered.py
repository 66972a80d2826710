"""Whose lack of a record is no answer: not assessed, or the window still open at the last contact?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._qualifying import patients_with_a_record
from seriatim.engines.choose import distinct
from seriatim.plans.endpoints import Endpoint
from seriatim.series.series import TreatmentSeries

NOT_ASSESSED = "not assessed"
WINDOW_OPEN = "window open"


def unanswered(
    series: TreatmentSeries, cases: Cases, endpoint: Endpoint, had: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any] | None:
    """Patients that are not in `had` and whose lack of a record is not a "no": `case_number`, `outcome`.

    None where every lack of a record is a "no".
    """
    others = cases.frame.join(had, on="case_number", how="anti")
    if not _is_recorded(series, endpoint):
        # A table that the source does not have is not an empty one: nobody was asked.
        return _named(others, NOT_ASSESSED)
    parts = []
    if endpoint.without_record != "absent":
        answered = _assessed(series, cases, endpoint)
        parts.append(_named(others.join(answered, on="case_number", how="anti"), NOT_ASSESSED))
        others = others.join(answered, on="case_number", how="semi")
    if endpoint.window_days is not None and series.has("follow_up"):
        parts.append(_window_open(series, others, endpoint.window_days))
    return nw.concat(parts) if parts else None


def _is_recorded(series: TreatmentSeries, endpoint: Endpoint) -> bool:
    needed = {"adverse_event": endpoint.counts_events, "intervention": bool(endpoint.interventions)}
    return all(series.has(table) for table, is_needed in needed.items() if is_needed)


def _named(patients: nw.LazyFrame[Any], outcome: str) -> nw.LazyFrame[Any]:
    return patients.select("case_number", nw.lit(outcome).alias("outcome"))


def _assessed(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    if endpoint.without_record == "not assessed":
        # A patient with any record of this kind was charted for it; one without any was not.
        table = "adverse_event" if endpoint.counts_events else "intervention"
        return _numbers(cases, distinct(series.tables[table], "patient_id"))
    # A record of another grade, grade 0 among them, says that it was looked for as much as the table does.
    recorded = patients_with_a_record(series, cases, endpoint)
    if not series.has("assessment"):
        return recorded
    words = (endpoint.id, endpoint.label, *endpoint.terms, *endpoint.system_organ_classes, *endpoint.interventions)
    asked = nw.col("looked_for").str.to_lowercase().is_in([word.lower() for word in words])
    looked_for = series.tables["assessment"].filter(asked & (nw.col("assessed") == "yes")).select("patient_id")
    return distinct(nw.concat([recorded, _numbers(cases, looked_for)]), "case_number")


def _numbers(cases: Cases, patients: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    ours = cases.frame.select("patient_id", "case_number")
    return patients.join(ours, on="patient_id", how="inner").select("case_number")


def _window_open(series: TreatmentSeries, others: nw.LazyFrame[Any], days: int) -> nw.LazyFrame[Any]:
    contact = series.tables["follow_up"].select("patient_id", "last_contact_latest", "died")
    known = others.join(contact, on="patient_id", how="inner")
    # A contact on the last day of the window saw the whole of it: days end a microsecond before the next.
    seen_until = nw.col("last_contact_latest") + timedelta(microseconds=1)
    alive = (nw.col("died") != "yes") | nw.col("died").is_null()
    return _named(known.filter((seen_until < _begun() + timedelta(days=days)) & alive), WINDOW_OPEN)


def _begun() -> nw.Expr:
    """The start of the window; the latest reading of a start that is not known to the day (one may have 25 hours)."""
    to_the_day = nw.col("accrual_latest") < nw.col("accrual_earliest") + timedelta(hours=25)
    return nw.when(to_the_day).then(nw.col("accrual_earliest")).otherwise(nw.col("accrual_latest"))
