"""Which records count towards an endpoint, for certain or only if what is missing were so?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
_COLUMNS = {
    "adverse_event": ("grade", "onset_earliest", "onset_latest", "treatment_emergent", "relatedness", "serious"),
    "intervention": ("start_earliest", "start_latest"),
}
_Words = tuple[tuple[str, tuple[str, ...]], ...]


def qualifying_records(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    """Records of cases that count or may count: `case_number`, `outcome`, `onset_earliest`, `onset_latest`, `grade`.

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
    """Patients with any record on treatment of the endpoint's words, whether it counts or not: `case_number`."""
    parts = []
    if endpoint.counts_events:
        parts.append(_within_window(_events(series, cases, endpoint), endpoint).select("case_number"))
    if endpoint.interventions:
        parts.append(_within_window(_interventions(series, cases, endpoint), endpoint).select("case_number"))
    return distinct(nw.concat(parts), "case_number")


def keep_records(series: TreatmentSeries, cases: Cases, endpoints: Sequence[Endpoint]) -> None:
    """Keep the records of the words of these endpoints with the cases: one pass over a table, however many endpoints
    and tallies ask for them. Nothing is different without it, but slower."""
    for table in _COLUMNS:
        asked = {
            _named_by(words) for words in (_words(table, endpoint) for endpoint in endpoints) if any(words.values())
        }
        if series.has(table) and not asked <= set(cases.kept.get(table, _NOTHING).named):
            cases.kept[table] = _kept(series, cases, table, sorted(asked))


@dataclass(frozen=True)
class _Kept:
    """Records of some words, with a column for each that says whether the record is one of theirs."""

    named: Mapping[_Words, str]
    frame: Any


_NOTHING = _Kept({}, None)


def _kept(series: TreatmentSeries, cases: Cases, table: str, asked: Sequence[_Words]) -> _Kept:
    named = {words: f"is_{place}" for place, words in enumerate(asked)}
    ones = {name: _are_those(dict(words)) for words, name in named.items()}
    found = _of_cases(series.tables[table].with_columns(**ones), cases, [*_COLUMNS[table], *ones])
    wanted = reduce(lambda one, other: one | other, (nw.col(name) for name in ones))
    return _Kept(named, worked_out_once(found.filter(wanted)))


def _of_words(series: TreatmentSeries, cases: Cases, table: str, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    words = _words(table, endpoint)
    kept = cases.kept.get(table, _NOTHING)
    if _named_by(words) in kept.named:
        frame: nw.LazyFrame[Any] = kept.frame
        return frame.filter(nw.col(kept.named[_named_by(words)]))
    return _of_cases(series.tables[table].filter(_are_those(words)), cases, _COLUMNS[table])


def _of_cases(rows: nw.LazyFrame[Any], cases: Cases, columns: Sequence[str]) -> nw.LazyFrame[Any]:
    begun = cases.frame.select("patient_id", "case_number", "accrual_earliest")
    joined = rows.select("patient_id", *columns).join(begun, on="patient_id", how="inner")
    return joined.select("case_number", "accrual_earliest", *columns)


def _words(table: str, endpoint: Endpoint) -> dict[str, Sequence[str]]:
    if table == "adverse_event":
        return {"term": endpoint.terms, "system_organ_class": endpoint.system_organ_classes}
    return {"intervention": endpoint.interventions, "reason": endpoint.intervention_reasons}


def _named_by(words: Mapping[str, Sequence[str]]) -> _Words:
    return tuple((column, tuple(named)) for column, named in words.items())


def _are_those(words: Mapping[str, Sequence[str]]) -> nw.Expr:
    return reduce(lambda both, one: both & _is_one_of(*one), words.items(), EVERY_ROW)


def _events(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    named = _of_words(series, cases, "adverse_event", endpoint)
    if endpoint.emergent == "source flag":
        named = named.filter(nw.col("treatment_emergent") == "yes")
    counts = ~nw.col("case_number").is_null()
    if endpoint.related:
        # Unknown relatedness counts as related: the safer reading, and the one regulators ask for.
        counts = counts & ((nw.col("relatedness") != "not_related") | nw.col("relatedness").is_null())
    if endpoint.serious:
        counts = counts & (nw.col("serious") == "yes")
    outcome = nw.when(counts).then(_grade_outcome(endpoint)).otherwise(nw.lit(NO))
    return named.select(
        "case_number", "accrual_earliest", "grade", "onset_earliest", "onset_latest", outcome.alias("outcome")
    )


def _interventions(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    done = _of_words(series, cases, "intervention", endpoint)
    return done.select(
        "case_number",
        "accrual_earliest",
        nw.lit(None, nw.Int64).alias("grade"),
        nw.col("start_earliest").alias("onset_earliest"),
        nw.col("start_latest").alias("onset_latest"),
        nw.lit(YES).alias("outcome"),
    )


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
    by_latest = by_earliest = ~nw.col("case_number").is_null()
    if endpoint.emergent == "first dose":
        by_latest = by_latest & ((nw.col("onset_latest") >= start) | nw.col("onset_latest").is_null())
        by_earliest = by_earliest & (nw.col("onset_earliest") >= start)
    if endpoint.window_days is not None:
        end = start + timedelta(days=endpoint.window_days)
        by_latest = by_latest & ((nw.col("onset_earliest") < end) | nw.col("onset_earliest").is_null())
        by_earliest = by_earliest & (nw.col("onset_latest") < end)
    sure = nw.when(by_earliest).then(nw.col("outcome")).otherwise(_less_sure())
    kept = dated.filter(by_latest).with_columns(outcome=sure)
    return kept.select("case_number", "outcome", "onset_earliest", "onset_latest", "grade")


def _less_sure() -> nw.Expr:
    return nw.when(nw.col("outcome") == YES).then(nw.lit(ONSET_UNCLEAR)).otherwise(nw.col("outcome"))


def _none(cases: Cases) -> nw.LazyFrame[Any]:
    empty = cases.frame.filter(nw.col("patient_id").is_null())
    return empty.select(
        "case_number",
        nw.lit(YES).alias("outcome"),
        nw.col("accrual_earliest").alias("onset_earliest"),
        nw.col("accrual_latest").alias("onset_latest"),
        nw.lit(None, nw.Int64).alias("grade"),
    )
