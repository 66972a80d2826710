"""Did this patient have the endpoint: yes, no, not graded, onset unclear, not assessed, or window still open?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._qualifying import NOT_GRADED, ONSET_UNCLEAR, YES, qualifying_records
from seriatim.plans.endpoints import Endpoint
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

NOT_ASSESSED = "not assessed"
WINDOW_OPEN = "window open"
# Higher rank wins within a patient: one qualifying record is enough, whatever the others lack.
_RANKS = {YES: 3, ONSET_UNCLEAR: 2, NOT_GRADED: 1}


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per patient and endpoint other than "no": `patient_id`, `endpoint`, `outcome`.

    `spec.options["endpoints"]` are the endpoints of the plan.
    """
    parts = [_one_endpoint(series, cases, endpoint) for endpoint in spec.options["endpoints"]]
    return nw.concat(parts)


def _one_endpoint(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    had = _worst_outcome(series, cases, endpoint)
    missing = _without_answer(series, cases, endpoint, had)
    both = had if missing is None else nw.concat([had, missing])
    return both.select("patient_id", nw.lit(endpoint.id).alias("endpoint"), "outcome")


def _worst_outcome(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    records = qualifying_records(series, cases, endpoint)
    rank = nw.lit(0)
    for outcome, place in _RANKS.items():
        rank = nw.when(nw.col("outcome") == outcome).then(nw.lit(place)).otherwise(rank)
    worst = records.select("patient_id", rank.alias("rank")).group_by("patient_id").agg(nw.col("rank").max())
    named = nw.lit(NOT_GRADED)
    for outcome, place in _RANKS.items():
        named = nw.when(nw.col("rank") == place).then(nw.lit(outcome)).otherwise(named)
    return worst.select("patient_id", named.alias("outcome"))


def _without_answer(
    series: TreatmentSeries, cases: Cases, endpoint: Endpoint, had: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any] | None:
    """Patients without a record whose lack of one is not a "no"; None where every lack is one."""
    others = cases.frame.join(had, on="patient_id", how="anti")
    parts = []
    if endpoint.without_record != "absent":
        looked_for = _assessed(series, endpoint)
        unknown = others if looked_for is None else others.join(looked_for, on="patient_id", how="anti")
        parts.append(unknown.select("patient_id", nw.lit(NOT_ASSESSED).alias("outcome")))
        others = others.join(unknown.select("patient_id"), on="patient_id", how="anti")
    if endpoint.window_days is not None and series.has("follow_up"):
        parts.append(_window_open(series, others, endpoint.window_days))
    return nw.concat(parts) if parts else None


def _assessed(series: TreatmentSeries, endpoint: Endpoint) -> nw.LazyFrame[Any] | None:
    if endpoint.without_record == "absent if assessed":
        if not series.has("assessment"):
            return None
        words = [word.lower() for word in (endpoint.id, endpoint.label, *endpoint.terms, *endpoint.interventions)]
        asked = nw.col("looked_for").str.to_lowercase().is_in(words) & (nw.col("assessed") == "yes")
        return series.tables["assessment"].filter(asked).select("patient_id").unique()
    # A patient with any record of this kind was charted for it; one without any was not.
    table = "adverse_event" if endpoint.counts_events else "intervention"
    return series.tables[table].select("patient_id").unique() if series.has(table) else None


def _window_open(series: TreatmentSeries, others: nw.LazyFrame[Any], days: int) -> nw.LazyFrame[Any]:
    contact = series.tables["follow_up"].select("patient_id", "last_contact_latest", "died")
    known = others.join(contact, on="patient_id", how="inner")
    complete = nw.col("accrual_latest") + timedelta(days=days)
    still_open = (nw.col("last_contact_latest") < complete) & ((nw.col("died") != "yes") | nw.col("died").is_null())
    return known.filter(still_open).select("patient_id", nw.lit(WINDOW_OPEN).alias("outcome"))
