"""Which records count towards an endpoint, for certain or only if what is missing were so?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import reduce
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import EVERY_ROW, Cases
from seriatim.engines.choose import distinct, worked_out_once
from seriatim.plans.endpoints import GRADES, Endpoint, grades_in
from seriatim.series.series import TreatmentSeries

YES = "yes"
NO = "no"
NOT_GRADED = "not graded"
ONSET_UNCLEAR = "onset unclear"


def qualifying_records(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    """Records of cases that count or may count: `patient_id`, `outcome`, `onset_earliest`, `onset_latest`, `grade`.

    `outcome` is "yes", "onset unclear" (counts unless a partial onset means before treatment), or "not graded"
    (would count if its grade were one of the endpoint's).
    """
    parts = []
    if endpoint.counts_events and series.has("adverse_event"):
        events = _events(series, cases, endpoint).filter(nw.col("outcome") != NO)
        parts.append(_within_window(events, endpoint))
    if endpoint.interventions and series.has("intervention"):
        parts.append(_within_window(_interventions(series, cases, endpoint), endpoint))
    return nw.concat(parts) if parts else _none(cases)


def patients_with_a_record(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    """Patients with any record on treatment of the endpoint's words, whether it counts or not: `patient_id`."""
    parts = []
    if endpoint.counts_events:
        parts.append(_within_window(_events(series, cases, endpoint), endpoint).select("patient_id"))
    if endpoint.interventions:
        parts.append(_within_window(_interventions(series, cases, endpoint), endpoint).select("patient_id"))
    return distinct(nw.concat(parts), "patient_id")


def _events(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    words = {"term": endpoint.terms, "system_organ_class": endpoint.system_organ_classes}
    columns = ("grade", "onset_earliest", "onset_latest", "treatment_emergent", "relatedness", "serious")
    named = _of_cases(series, cases, "adverse_event", words, columns)
    if endpoint.emergent == "source flag":
        named = named.filter(nw.col("treatment_emergent") == "yes")
    counts = EVERY_ROW
    if endpoint.related:
        # Unknown relatedness counts as related: the safer reading, and the one regulators ask for.
        counts = counts & ((nw.col("relatedness") != "not_related") | nw.col("relatedness").is_null())
    if endpoint.serious:
        counts = counts & (nw.col("serious") == "yes")
    outcome = nw.when(counts).then(_grade_outcome(endpoint)).otherwise(nw.lit(NO))
    return named.select(
        "patient_id", "accrual_earliest", "grade", "onset_earliest", "onset_latest", outcome.alias("outcome")
    )


def _interventions(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    words = {"intervention": endpoint.interventions, "reason": endpoint.intervention_reasons}
    done = _of_cases(series, cases, "intervention", words, ("start_earliest", "start_latest"))
    return done.select(
        "patient_id",
        "accrual_earliest",
        nw.lit(None, nw.Int64).alias("grade"),
        nw.col("start_earliest").alias("onset_earliest"),
        nw.col("start_latest").alias("onset_latest"),
        nw.lit(YES).alias("outcome"),
    )


def _of_cases(
    series: TreatmentSeries, cases: Cases, table: str, words: Mapping[str, Sequence[str]], columns: Sequence[str]
) -> nw.LazyFrame[Any]:
    """Records of cases by their words; kept with the cases, since several tallies ask for the same few of them."""
    wanted = reduce(lambda both, one: both & _is_one_of(*one), words.items(), EVERY_ROW)
    begun = cases.frame.select("patient_id", "accrual_earliest")
    found = series.tables[table].filter(wanted).select("patient_id", *columns).join(begun, on="patient_id", how="inner")
    if not any(words.values()):
        return found  # all records: they would be kept a second time
    key = (table, *(tuple(named) for named in words.values()))
    if key not in cases.kept:
        cases.kept[key] = worked_out_once(found)
    kept: nw.LazyFrame[Any] = cases.kept[key]
    return kept


def _grade_outcome(endpoint: Endpoint) -> nw.Expr:
    grades = grades_in(endpoint.grades)
    if grades == GRADES:
        # Any grade: a record counts although it is not graded, but grade 0 says that there was none.
        return nw.when(nw.col("grade") == 0).then(nw.lit(NO)).otherwise(nw.lit(YES))
    known = nw.when(nw.col("grade").is_in(grades)).then(nw.lit(YES)).otherwise(nw.lit(NO))
    return nw.when(nw.col("grade").is_null()).then(nw.lit(NOT_GRADED)).otherwise(known)


def _is_one_of(column: str, words: Sequence[str]) -> nw.Expr:
    if not words:
        return EVERY_ROW
    return nw.col(column).str.to_lowercase().is_in([word.lower() for word in words])


def _within_window(dated: nw.LazyFrame[Any], endpoint: Endpoint) -> nw.LazyFrame[Any]:
    """Records on treatment; `onset unclear` where the earliest and the latest reading of a date disagree."""
    start = nw.col("accrual_earliest")
    by_latest, by_earliest = EVERY_ROW, EVERY_ROW
    if endpoint.emergent == "first dose":
        by_latest = by_latest & ((nw.col("onset_latest") >= start) | nw.col("onset_latest").is_null())
        by_earliest = by_earliest & (nw.col("onset_earliest") >= start)
    if endpoint.window_days is not None:
        end = start + timedelta(days=endpoint.window_days)
        by_latest = by_latest & ((nw.col("onset_earliest") < end) | nw.col("onset_earliest").is_null())
        by_earliest = by_earliest & (nw.col("onset_latest") < end)
    sure = nw.when(by_earliest).then(nw.col("outcome")).otherwise(_less_sure())
    kept = dated.filter(by_latest).with_columns(outcome=sure)
    return kept.select("patient_id", "outcome", "onset_earliest", "onset_latest", "grade")


def _less_sure() -> nw.Expr:
    return nw.when(nw.col("outcome") == YES).then(nw.lit(ONSET_UNCLEAR)).otherwise(nw.col("outcome"))


def _none(cases: Cases) -> nw.LazyFrame[Any]:
    empty = cases.frame.filter(nw.col("patient_id").is_null())
    return empty.select(
        "patient_id",
        nw.lit(YES).alias("outcome"),
        nw.col("accrual_earliest").alias("onset_earliest"),
        nw.col("accrual_latest").alias("onset_latest"),
        nw.lit(None, nw.Int64).alias("grade"),
    )
