"""From which grade before treatment to which worst grade on it did each laboratory test of this patient go?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._graded_labs import graded_baselines, graded_values, tests_of
from seriatim.derive._lab_window import READINGS
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

NOT_GRADED, NOT_KNOWN, NOT_ASSESSED = "not graded", "not known", "not assessed"
HIGHEST_GRADE = 4  # laboratory terms have no grade 5


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case, test and reading of doubtful dates: `patient_id`, `test`, `reading`, `baseline_grade`,
    `worst_grade`.

    Baseline: "0" to "4", "not graded", or "not known" where no value precedes treatment. Worst on treatment: "0" to
    "4"; "not graded" where there are values and none has a grade; "not assessed" where there is no value.
    """
    tests = tests_of(spec.options)
    everyone = nw.concat(
        [
            cases.frame.select("patient_id", nw.lit(test.name).alias("name"), nw.lit(reading).alias("reading"))
            for test in tests
            for reading in READINGS
        ]
    )
    if not series.has("lab_result"):
        return _named(everyone.with_columns(before=nw.lit(NOT_KNOWN), worst=nw.lit(NOT_ASSESSED)))
    keys = ["patient_id", "name", "reading"]
    before = _highest(graded_baselines(series, cases, spec.options), "before")
    worst = _highest(graded_values(series, cases, spec.options), "worst")
    joined = everyone.join(before, on=keys, how="left").join(worst, on=keys, how="left")
    return _named(joined.with_columns(before=_words("before", NOT_KNOWN), worst=_words("worst", NOT_ASSESSED)))


def _highest(graded: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
    """The highest code of a patient: codes below zero say why a value has no grade, so that any grade outranks them."""
    return graded.group_by("patient_id", "name", "reading").agg(nw.col("code").max().alias(name))


def _words(column: str, without: str) -> nw.Expr:
    words = nw.when(nw.col(column).is_null()).then(nw.lit(without)).otherwise(nw.lit(NOT_GRADED))
    for grade in range(HIGHEST_GRADE + 1):
        words = nw.when(nw.col(column) == grade).then(nw.lit(str(grade))).otherwise(words)
    return words


def _named(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    return rows.select(
        "patient_id",
        nw.col("name").alias("test"),
        "reading",
        nw.col("before").alias("baseline_grade"),
        nw.col("worst").alias("worst_grade"),
    )
