"""For which reasons could values of this patient on treatment not be graded?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._graded_labs import graded_values
from seriatim.derive._lab_window import BEFORE
from seriatim.grading.expression import reason_words
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per patient, test and reason with at least one such value: `patient_id`, `test`, `reason`, `had`.

    Doubtful samples are read as before treatment.
    """
    if not series.has("lab_result"):
        nobody = cases.frame.filter(nw.col("patient_id").is_null())
        return nobody.select("patient_id", *(nw.lit("").alias(name) for name in ("test", "reason", "had")))
    values = graded_values(series, cases, spec.options)
    lacking = values.filter((nw.col("code") < 0) & (nw.col("reading") == BEFORE))
    reasons = lacking.select(
        "patient_id", nw.col("name").alias("test"), reason_words(nw.col("code")).alias("reason")
    ).unique()
    return reasons.with_columns(had=nw.lit("yes"))
