"""Which grade had the weight that this patient gained in a cycle?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._cycle_weights import NOT_GIVEN, RECORDED, gains
from seriatim.grading.expression import grade_code
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

NOT_ASSESSED = "not assessed"
HIGHEST_GRADE = 3  # weight gain has no grade 4 or 5


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case and cycle: `patient_id`, `cycle`, `worst_grade` ("0" to "3", "not assessed", "cycle not given").

    The gain in whole thousandths, rounded down, reaches a cut-point of whole percents just where the gain itself does.
    """
    found = gains(series, cases, spec.key("cycle").levels, spec.options["days_after"])
    no_text = nw.when(nw.col("patient_id").is_null()).then(nw.col("cycle"))
    no_number = nw.when(nw.col("patient_id").is_null()).then(nw.col("gain"))
    as_measured = found.with_columns(
        value_micro=nw.col("gain") + 1000, value_unit=nw.lit("kg"), value_censored=no_text,
        baseline_micro=nw.lit(1000).cast(nw.Int64), baseline_unit=nw.lit("kg"), baseline_was=no_text,
        lower_limit_micro=no_number, lower_limit_unit=no_text, upper_limit_micro=no_number, upper_limit_unit=no_text,
    )  # fmt: skip
    coded = as_measured.with_columns(code=grade_code("weight gain", spec.options["scale"]))
    lacking = nw.when(nw.col("record") == NOT_GIVEN).then(nw.lit(NOT_GIVEN)).otherwise(nw.lit(NOT_ASSESSED))
    words = lacking
    for grade in range(HIGHEST_GRADE + 1):
        has_it = (nw.col("record") == RECORDED) & (nw.col("code") == grade)
        words = nw.when(has_it).then(nw.lit(str(grade))).otherwise(words)
    return coded.select("patient_id", "cycle", words.alias("worst_grade"))
