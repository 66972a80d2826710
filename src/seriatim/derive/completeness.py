"""Which items of the record does this patient have, so that a toxicity could be seen if there was one?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._cycle_weights import RECORDED, gains
from seriatim.derive._lab_summary import BEFORE, lab_summary
from seriatim.derive._qualifying import keep_records, qualifying_records
from seriatim.derive._unanswered import NOT_ASSESSED, unanswered
from seriatim.engines.choose import distinct, worked_out_once
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

YES, NO, NOT_ASKED = "yes", "no", "does not apply"
FOLLOWED_DAYS = 30


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """Patients counted by `group`, `item` and `complete` ("yes" or "does not apply", all but "no"), with the count `n`.

    Items are the levels of the key `item`; `spec.options` has tests, window_days, days_after and the endpoints of which
    the plan asks that they be looked for. Counted here, because the summary of laboratory values is in memory and the
    rest need not be.
    """
    parts = [*_events(series, cases), _response(series, cases)]
    parts += [_followed(series, cases), _weight(series, cases, spec.options["days_after"])]
    parts += _endpoints(series, cases, spec)
    frames = [nw.concat(parts), *(part.lazy() for part in _labs(series, cases, spec))]
    return nw.concat([_counted(frame).collect("polars") for frame in frames]).lazy()


def _counted(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    return rows.group_by("group", "item", "complete").agg(nw.len().cast(nw.Int64).alias("n"))


def _rows(frame: nw.LazyFrame[Any], item: str, answer: str = YES) -> nw.LazyFrame[Any]:
    return frame.select("group", nw.lit(item).alias("item"), nw.lit(answer).alias("complete"))


def _nobody(cases: Cases) -> nw.LazyFrame[Any]:
    return cases.frame.filter(nw.col("patient_id").is_null())


def _events(series: TreatmentSeries, cases: Cases) -> list[nw.LazyFrame[Any]]:
    """Grading does not apply to a patient without any record: there is nothing to grade."""
    recorded, graded = "any adverse event record", "all adverse events graded"
    if not series.has("adverse_event"):
        return [_rows(_nobody(cases), recorded), _rows(cases.frame, graded, NOT_ASKED)]
    lacks = nw.when(nw.col("grade").is_null()).then(nw.lit(1)).otherwise(nw.lit(0))
    events = series.tables["adverse_event"].select("patient_id", lacks=lacks).group_by("patient_id")
    everyone = cases.frame.select("patient_id", "group")
    joined = worked_out_once(everyone.join(events.agg(nw.col("lacks").max()), on="patient_id", how="left"))
    lacks = nw.col("lacks")
    return [
        _rows(joined.filter(~lacks.is_null()), recorded),
        _rows(joined.filter(lacks == 0), graded),
        _rows(joined.filter(lacks.is_null()), graded, NOT_ASKED),
    ]


def _response(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """Not evaluable is a record, but not an assessment that could have shown a response."""
    item = "response assessed"
    if not series.has("response"):
        return _rows(_nobody(cases), item)
    found = distinct(series.tables["response"].filter(nw.col("best_response") != "NE"), "patient_id")
    return _rows(cases.frame.join(found, on="patient_id", how="inner"), item)


def _followed(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """Followed for the first days, or died in them: no longer follow-up was to be had."""
    item = f"followed for {FOLLOWED_DAYS} days"
    if not series.has("follow_up"):
        return _rows(_nobody(cases), item)
    contact = series.tables["follow_up"].select("patient_id", "last_contact_latest", "died")
    known = cases.frame.select("patient_id", "group", "accrual_earliest").join(contact, on="patient_id", how="inner")
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
    both = summary.group_by("case_number", "group", "test").agg(nw.col("baseline").max(), nw.col("highest").max())
    there = both.filter(~nw.col("baseline").is_null() & ~nw.col("highest").is_null())
    item = nw.concat_str("test", nw.lit("before and on treatment"), separator=" ")
    return [there.select("group", item.alias("item"), nw.lit(YES).alias("complete"))]


def _endpoints(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> list[nw.LazyFrame[Any]]:
    """Endpoints of which the absence of a record does not mean absence: was it looked for?"""
    endpoints = spec.options["endpoints"]
    keep_records(series, cases, endpoints)
    parts = []
    for endpoint in endpoints:
        had = distinct(qualifying_records(series, cases, endpoint), "case_number")
        without_answer = unanswered(series, cases, endpoint, had)
        everyone = cases.frame.select("case_number", "group")
        if without_answer is not None:
            not_assessed = without_answer.filter(nw.col("outcome") == NOT_ASSESSED).select("case_number")
            everyone = everyone.join(not_assessed, on="case_number", how="anti")
        parts.append(_rows(everyone, f"{endpoint.label} looked for"))
    return parts
