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
    people = cases.frame.select("patient_id", "group").collect("polars")
    everyone = nw.concat(
        [
            people.with_columns(test=nw.lit(test.name), reading=nw.lit(reading))
            for test in tests_of(spec.options)
            for reading in READINGS
        ]
    )
    if series.has("lab_result"):
        keys = ["patient_id", "test", "reading"]
        summed = lab_summary(series, cases, spec.options).group_by(*keys).agg(nw.col("worst", "baseline").max())
        everyone = everyone.join(summed, on=keys, how="left")
    else:
        nothing = nw.lit(None, nw.Int64)
        everyone = everyone.with_columns(worst=nothing, baseline=nothing)
    return everyone.lazy().select(
        "patient_id",
        "group",
        "test",
        "reading",
        _words("baseline", NOT_KNOWN).alias("baseline_grade"),
        _words("worst", NOT_ASSESSED).alias("worst_grade"),
    )


def _words(column: str, without: str) -> nw.Expr:
    """Codes below zero say why there is no grade; any grade outranks them, so the highest code of a patient counts."""
    words = nw.when(nw.col(column).is_null()).then(nw.lit(without)).otherwise(nw.lit(NOT_GRADED))
    for grade in range(HIGHEST_GRADE + 1):
        words = nw.when(nw.col(column) == grade).then(nw.lit(str(grade))).otherwise(words)
    return words
