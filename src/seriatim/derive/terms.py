"""Which adverse event terms did this patient have, related or serious, and at which severity?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.engines.choose import distinct, worked_out_once
from seriatim.plans.endpoints import GRADES, grades_in
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

YES, UNCLEAR, NOT_GRADED = "yes", "onset unclear", "not graded"
ANY_TERM = "any"
NO_CLASS = "no system organ class"
# One certain record is enough, whatever the others lack.
_RANKS: Mapping[str, int] = MappingProxyType({YES: 3, UNCLEAR: 2, NOT_GRADED: 1})
_BASE = 4
_A_NUMBER = 30  # so many digits of base 4 fit into 64 bits
_WORDS = ("system_organ_class", "term")


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
    codes = worked_out_once(_codes(_events(series)))
    names = codes.collect("polars")
    ranks = {f"rank_{place}": _rank(*view).cast(nw.Int8) for place, view in enumerate(views)}
    records = _records(series, cases, spec.options["emergent"]).join(codes, on=list(_WORDS), how="inner")
    keys = _Keys(len(names) + 1, int(cases.frame.select(nw.col("case_number").max()).collect("polars").item()) + 1)
    by_term = worked_out_once(_best(records.with_columns(key=keys.key("code"), **ranks), ranks))
    in_class = by_term.with_columns(code=keys.code).join(codes.select("code", "class_code"), on="code", how="inner")
    by_class = worked_out_once(_best(in_class.with_columns(key=keys.with_code(nw.col("class_code"))), ranks))
    anything = _best(by_class.with_columns(key=keys.with_code(nw.lit(0))), ranks)
    organ_class, label = nw.col("system_organ_class"), nw.concat_str(*_WORDS, separator=" / ")
    levels = (
        (by_term, names.select("code", term=label)),
        (by_class, names.select(nw.col("class_code").alias("code"), term=organ_class).unique()),
        (anything, names.head(1).select(code=nw.col("code") * 0, term=nw.lit(ANY_TERM))),
    )
    return nw.concat([_counted(frame, keys, list(ranks), views, labels) for frame, labels in levels]).lazy()


@dataclass(frozen=True)
class _Keys:
    """One whole number for patient and term: one is faster to group by than several, and than words by far."""

    codes: int  # more than any code
    cases: int  # more than any case number

    def key(self, code: str) -> nw.Expr:
        return (nw.col("group") * self.cases + nw.col("case_number")) * self.codes + nw.col(code)

    def with_code(self, code: nw.Expr) -> nw.Expr:
        return (nw.col("key") // self.codes) * self.codes + code

    @property
    def code(self) -> nw.Expr:
        return nw.col("key") % self.codes

    @property
    def group(self) -> nw.Expr:
        return nw.col("key") // (self.codes * self.cases)


def _codes(events: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The terms numbered from 1 in the order of class and term; `class_code` is the first number of the class."""
    terms = distinct(events, *_WORDS).with_columns(one=nw.lit(1).cast(nw.Int64))
    numbered = terms.select(*_WORDS, code=nw.col("one").cum_sum().over(order_by=list(_WORDS)).cast(nw.Int64))
    return numbered.with_columns(class_code=nw.col("code").min().over("system_organ_class"))


def _events(series: TreatmentSeries) -> nw.LazyFrame[Any]:
    known = ~nw.col("system_organ_class").is_null()
    named = nw.when(known).then(nw.col("system_organ_class")).otherwise(nw.lit(NO_CLASS))
    return series.tables["adverse_event"].with_columns(system_organ_class=named)


def _records(series: TreatmentSeries, cases: Cases, emergent: str) -> nw.LazyFrame[Any]:
    """The records that count, with `sure`: the rank that a record has where its grade and reading fit."""
    named = _events(series).select(
        "patient_id", *_WORDS, "grade", "relatedness", "serious",
        "onset_earliest", "onset_latest", "treatment_emergent",
    )  # fmt: skip
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


def _best(frame: nw.LazyFrame[Any], ranks: Iterable[str]) -> nw.LazyFrame[Any]:
    return frame.group_by("key").agg(*(nw.col(name).max() for name in ranks))


def _counted(
    frame: nw.LazyFrame[Any],
    keys: _Keys,
    ranks: Sequence[str],
    views: Sequence[tuple[str, str]],
    labels: nw.DataFrame[Any],
) -> nw.DataFrame[Any]:
    """Patients by group, code and their answers to all views at once; there are few such answers."""
    answers = {
        f"answers_{start}": _digits(ranks[start : start + _A_NUMBER]) for start in range(0, len(ranks), _A_NUMBER)
    }
    answered = frame.select(group=keys.group, code=keys.code, **answers).group_by("group", "code", *answers)
    counted = answered.agg(nw.len().cast(nw.Int64).alias("n")).collect("polars").join(labels, on="code", how="inner")
    parts = []
    for place, (reading, severity) in enumerate(views):
        answer = nw.col(f"answers_{place // _A_NUMBER * _A_NUMBER}") // _BASE ** (place % _A_NUMBER) % _BASE
        summed = counted.with_columns(rank=answer).group_by("group", "term", "rank").agg(nw.col("n").sum())
        words = {"reading": nw.lit(reading), "severity": nw.lit(severity)}
        parts += [
            summed.filter(nw.col("rank") == rank).select("group", "term", "n", outcome=nw.lit(outcome), **words)
            for outcome, rank in _RANKS.items()
        ]
    return nw.concat(parts)


def _digits(ranks: Sequence[str]) -> nw.Expr:
    """Several ranks as the digits of one number."""
    return reduce(lambda total, name: total * _BASE + nw.col(name), reversed(ranks), nw.lit(0).cast(nw.Int64))


def _none(cases: Cases) -> nw.LazyFrame[Any]:
    nobody = cases.frame.filter(nw.col("patient_id").is_null())
    words = [nw.lit("").alias(name) for name in ("term", "reading", "severity", "outcome")]
    return nobody.select("group", nw.lit(0).cast(nw.Int64).alias("n"), *words)
