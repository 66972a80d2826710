"""Which adverse event terms did this patient have, related or serious, and at which severity?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.engines.choose import worked_out_once
from seriatim.plans.endpoints import GRADES, grades_in
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

YES, UNCLEAR, NOT_GRADED = "yes", "onset unclear", "not graded"
ANY_TERM = "any"
NO_CLASS = "no system organ class"
# One certain record is enough, whatever the others lack.
_RANKS: Mapping[str, int] = MappingProxyType({YES: 3, UNCLEAR: 2, NOT_GRADED: 1})


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """Patients counted by `group`, `reading`, `severity`, `term` and `outcome` (all but "no"), with their count `n`.

    `term` is "any", a system organ class, or "class / term". `spec.options["emergent"]` says which records count, in
    the words of an endpoint. Each patient counts once per term, by the record that answers best: "yes",
    "onset unclear" (a partial onset that may mean before treatment), "not graded" (no grade that could tell).

    The one derivation that counts by itself: a row a patient, view and term would be many times the records.
    """
    views = [(reading, severity) for reading in spec.key("reading").levels for severity in spec.key("severity").levels]
    if not series.has("adverse_event"):
        return _none(cases)
    ranks = [f"rank_{place}" for place in range(len(views))]
    expressions = {name: _rank(*view) for name, view in zip(ranks, views, strict=True)}
    records = _records(series, cases, spec.options["emergent"]).with_columns(**expressions)
    by_term = worked_out_once(_best(records, ("system_organ_class", "term"), ranks))
    by_class = _best(by_term, ("system_organ_class",), ranks)
    anything = _best(by_class, (), ranks)
    label = nw.concat_str("system_organ_class", "term", separator=" / ")
    levels = ((by_term, label), (by_class, nw.col("system_organ_class")), (anything, nw.lit(ANY_TERM)))
    counted = nw.concat([_patients(frame, name, ranks) for frame, name in levels]).collect("polars")
    return _one_row_a_count(counted, dict(zip(ranks, views, strict=True))).lazy()


def _records(series: TreatmentSeries, cases: Cases, emergent: str) -> nw.LazyFrame[Any]:
    """The records that count, with `sure`: the rank that a record has where its grade and reading fit."""
    events = series.tables["adverse_event"].select(
        "patient_id", "system_organ_class", "term", "grade", "relatedness", "serious",
        "onset_earliest", "onset_latest", "treatment_emergent",
    )  # fmt: skip
    known = ~nw.col("system_organ_class").is_null()
    named = events.with_columns(
        system_organ_class=nw.when(known).then(nw.col("system_organ_class")).otherwise(nw.lit(NO_CLASS))
    )
    numbered = cases.frame.select("patient_id", "case_number", "group", "accrual_earliest")
    certain = nw.lit(_RANKS[YES])
    if emergent != "first dose":
        kept = named if emergent == "all records" else named.filter(nw.col("treatment_emergent") == "yes")
        return kept.join(numbered, on="patient_id", how="inner").with_columns(sure=certain)
    begun = named.join(numbered, on="patient_id", how="inner")
    start = nw.col("accrual_earliest")
    possible = begun.filter((nw.col("onset_latest") >= start) | nw.col("onset_latest").is_null())
    sure = nw.when(nw.col("onset_earliest") >= start).then(certain).otherwise(nw.lit(_RANKS[UNCLEAR]))
    return possible.with_columns(sure=sure)


def _rank(reading: str, severity: str) -> nw.Expr:
    rank = _rank_of_severity(severity)
    if reading == "related":
        # Unknown relatedness counts as related: the safer reading, and the one that endpoints use.
        fits = (nw.col("relatedness") != "not_related") | nw.col("relatedness").is_null()
    elif reading == "serious":
        fits = nw.col("serious") == "yes"
    else:
        return rank
    return nw.when(fits).then(rank).otherwise(nw.lit(0))


def _rank_of_severity(severity: str) -> nw.Expr:
    grades = grades_in(severity)
    if grades == GRADES:
        return nw.when(nw.col("grade") == 0).then(nw.lit(0)).otherwise(nw.col("sure"))
    known = nw.when(nw.col("grade").is_in(grades)).then(nw.col("sure")).otherwise(nw.lit(0))
    return nw.when(nw.col("grade").is_null()).then(nw.lit(_RANKS[NOT_GRADED])).otherwise(known)


def _best(frame: nw.LazyFrame[Any], keys: tuple[str, ...], ranks: list[str]) -> nw.LazyFrame[Any]:
    """One row a patient. The case number finds the patient as the identifier does, and is faster to group by."""
    return frame.group_by("case_number", "group", *keys).agg(*(nw.col(name).max() for name in ranks))


def _patients(frame: nw.LazyFrame[Any], term: nw.Expr, ranks: list[str]) -> nw.LazyFrame[Any]:
    """One row a group and term; for each view and outcome a column with the number of patients."""
    numbers = [
        nw.when(nw.col(name) == place)
        .then(nw.lit(1))
        .otherwise(nw.lit(0))
        .sum()
        .cast(nw.Int64)
        .alias(f"{name} {place}")
        for name in ranks
        for place in _RANKS.values()
    ]
    return frame.with_columns(term=term).group_by("group", "term").agg(*numbers)


def _one_row_a_count(counted: nw.DataFrame[Any], views: Mapping[str, tuple[str, str]]) -> nw.DataFrame[Any]:
    names = {place: outcome for outcome, place in _RANKS.items()}
    parts = []
    for rank, (reading, severity) in views.items():
        for place, outcome in names.items():
            column = nw.col(f"{rank} {place}")
            part = counted.filter(column > 0).select("group", "term", column.alias("n"))
            parts.append(
                part.with_columns(
                    nw.lit(reading).alias("reading"),
                    nw.lit(severity).alias("severity"),
                    nw.lit(outcome).alias("outcome"),
                )
            )
    return nw.concat(parts)


def _none(cases: Cases) -> nw.LazyFrame[Any]:
    nobody = cases.frame.filter(nw.col("patient_id").is_null())
    words = [nw.lit("").alias(name) for name in ("term", "reading", "severity", "outcome")]
    return nobody.select("group", nw.lit(0).cast(nw.Int64).alias("n"), *words)
