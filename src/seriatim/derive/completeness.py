"""Which items of the record does this patient have, so that a toxicity could be seen if there was one?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._cycle_weights import RECORDED, gains
from seriatim.derive._lab_summary import BEFORE, lab_summary
from seriatim.derive._qualifying import qualifying_records
from seriatim.derive._unanswered import NOT_ASSESSED, unanswered
from seriatim.engines.choose import distinct
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

YES, NO, NOT_ASKED = "yes", "no", "does not apply"
FOLLOWED_DAYS = 30


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per patient and item that is there or does not apply: `patient_id`, `group`, `item`, `complete`.

    Items are the levels of the key `item`; `spec.options` has tests, window_days, days_after and the endpoints of which
    the plan asks that they be looked for.
    """
    parts = [_any_event(series, cases), _events_graded(series, cases), _response(series, cases)]
    parts += [_followed(series, cases), _weight(series, cases, spec.options["days_after"])]
    parts += _endpoints(series, cases, spec)
    # The summary of laboratory values is in memory, so the other patients are brought there too.
    found = [part.collect("polars") for part in parts] + _labs(series, cases, spec)
    people = cases.frame.select("patient_id", "group").collect("polars")
    return nw.concat(found).join(people, on="patient_id", how="inner").lazy()


def _rows(frame: nw.LazyFrame[Any], item: str, answer: str = YES) -> nw.LazyFrame[Any]:
    return frame.select("patient_id", nw.lit(item).alias("item"), nw.lit(answer).alias("complete"))


def _nobody(cases: Cases) -> nw.LazyFrame[Any]:
    return cases.frame.filter(nw.col("patient_id").is_null())


def _patients_of(series: TreatmentSeries, cases: Cases, table: str) -> nw.LazyFrame[Any]:
    if not series.has(table):
        return _nobody(cases).select("patient_id")
    ours = cases.frame.select("patient_id")
    return distinct(series.tables[table], "patient_id").join(ours, on="patient_id", how="inner")


def _any_event(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    return _rows(_patients_of(series, cases, "adverse_event"), "any adverse event record")


def _events_graded(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """Does not apply to a patient without any record: there is nothing to grade."""
    item = "all adverse events graded"
    recorded = _patients_of(series, cases, "adverse_event")
    without = cases.frame.select("patient_id").join(recorded, on="patient_id", how="anti")
    if not series.has("adverse_event"):
        return _rows(without, item, NOT_ASKED)
    ungraded = distinct(series.tables["adverse_event"].filter(nw.col("grade").is_null()), "patient_id")
    graded = recorded.join(ungraded, on="patient_id", how="anti")
    return nw.concat([_rows(graded, item), _rows(without, item, NOT_ASKED)])


def _response(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """Not evaluable is a record, but not an assessment that could have shown a response."""
    item = "response assessed"
    if not series.has("response"):
        return _rows(_nobody(cases), item)
    found = distinct(series.tables["response"].filter(nw.col("best_response") != "NE"), "patient_id")
    return _rows(found.join(cases.frame.select("patient_id"), on="patient_id", how="inner"), item)


def _followed(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """Followed for the first days, or died in them: no longer follow-up was to be had."""
    item = f"followed for {FOLLOWED_DAYS} days"
    if not series.has("follow_up"):
        return _rows(_nobody(cases), item)
    contact = series.tables["follow_up"].select("patient_id", "last_contact_latest", "died")
    known = cases.frame.select("patient_id", "accrual_earliest").join(contact, on="patient_id", how="inner")
    enough = nw.col("last_contact_latest") >= nw.col("accrual_earliest") + timedelta(days=FOLLOWED_DAYS)
    return _rows(known.filter(enough | (nw.col("died") == "yes")), item)


def _weight(series: TreatmentSeries, cases: Cases, days_after: int) -> nw.LazyFrame[Any]:
    found = gains(series, cases, ("1",), days_after).filter(nw.col("record") == RECORDED)
    return _rows(found, "weight before and in the first cycle")


def _labs(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> list[nw.DataFrame[Any]]:
    """A number before the first dose and one on treatment; whether they can be graded is another question."""
    if not series.has("lab_result"):
        return []
    # As in the analysis of laboratory values: a sample that may be before treatment is before it.
    summary = lab_summary(series, cases, spec.options).filter(nw.col("reading") == BEFORE)
    both = summary.group_by("patient_id", "test").agg(nw.col("baseline").max(), nw.col("highest").max())
    there = both.filter(~nw.col("baseline").is_null() & ~nw.col("highest").is_null())
    item = nw.concat_str("test", nw.lit("before and on treatment"), separator=" ")
    return [there.select("patient_id", item.alias("item"), nw.lit(YES).alias("complete"))]


def _endpoints(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> list[nw.LazyFrame[Any]]:
    """Endpoints of which the absence of a record does not mean absence: was it looked for?"""
    parts = []
    for endpoint in spec.options["endpoints"]:
        had = distinct(qualifying_records(series, cases, endpoint), "patient_id")
        without_answer = unanswered(series, cases, endpoint, had)
        everyone = cases.frame.select("patient_id")
        if without_answer is not None:
            not_assessed = without_answer.filter(nw.col("outcome") == NOT_ASSESSED).select("patient_id")
            everyone = everyone.join(not_assessed, on="patient_id", how="anti")
        parts.append(_rows(everyone, f"{endpoint.label} looked for"))
    return parts
