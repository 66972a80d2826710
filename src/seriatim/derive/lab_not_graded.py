"""For which reasons could values of this patient on treatment not be graded?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._lab_summary import BEFORE, lab_summary, reason_column
from seriatim.grading.reasons import NotGraded
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per patient, test and reason with at least one such value: `patient_id`, `group`, `test`, `reason`,
    `had`.

    Doubtful samples are read as before treatment.
    """
    if not series.has("lab_result"):
        nobody = cases.frame.filter(nw.col("patient_id").is_null())
        return nobody.select("patient_id", "group", *(nw.lit("").alias(name) for name in ("test", "reason", "had")))
    summary = lab_summary(series, cases, spec.options).lazy().filter(nw.col("reading") == BEFORE)
    return nw.concat([_lacking(summary, reason) for reason in NotGraded])


def _lacking(summary: nw.LazyFrame[Any], reason: NotGraded) -> nw.LazyFrame[Any]:
    had = summary.filter(nw.col(reason_column(reason)) == 1)
    people = had.select("patient_id", "group", "test").unique()  # a patient may have the test in two units
    return people.with_columns(reason=nw.lit(reason.words), had=nw.lit("yes"))
