"""From which grade before treatment to which worst grade on it did each laboratory test of this patient go?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._lab_summary import HIGHEST_GRADE, READINGS, lab_summary, tests_of
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

NOT_GRADED, NOT_KNOWN, NOT_ASSESSED = "not graded", "not known", "not assessed"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case, test and reading of doubtful dates: `patient_id`, `group`, `test`, `reading`,
    `baseline_grade`, `worst_grade`.

    Baseline: "0" to "4", "not graded", or "not known" where no value precedes treatment. Worst on treatment: "0" to
    "4"; "not graded" where there are values and none has a grade; "not assessed" where there is no value.
    """
    people = cases.frame.select("patient_id", "case_number", "group").collect("polars").lazy()
    summary = lab_summary(series, cases, spec.options).lazy() if series.has("lab_result") else None
    parts = [_one(people, summary, test.name, reading) for test in tests_of(spec.options) for reading in READINGS]
    return nw.concat(parts).select(
        "patient_id",
        "group",
        "test",
        "reading",
        _words("baseline", NOT_KNOWN).alias("baseline_grade"),
        _words("worst", NOT_ASSESSED).alias("worst_grade"),
    )


def _one(people: nw.LazyFrame[Any], summary: nw.LazyFrame[Any] | None, test: str, reading: str) -> nw.LazyFrame[Any]:
    """Codes of everyone by one test and reading; a patient may have the test in two units."""
    if summary is None:
        nothing = nw.lit(None, nw.Int64)
        codes = people.with_columns(worst=nothing, baseline=nothing)
    else:
        theirs = summary.filter((nw.col("test") == test) & (nw.col("reading") == reading))
        summed = theirs.group_by("case_number").agg(nw.col("worst", "baseline").max())
        codes = people.join(summed, on="case_number", how="left")
    return codes.select(
        "patient_id", "group", nw.lit(test).alias("test"), nw.lit(reading).alias("reading"), "worst", "baseline"
    )


def _words(column: str, without: str) -> nw.Expr:
    """Codes below zero say why there is no grade; any grade outranks them, so the highest code of a patient counts."""
    words = nw.when(nw.col(column).is_null()).then(nw.lit(without)).otherwise(nw.lit(NOT_GRADED))
    for grade in range(HIGHEST_GRADE + 1):
        words = nw.when(nw.col(column) == grade).then(nw.lit(str(grade))).otherwise(words)
    return words
