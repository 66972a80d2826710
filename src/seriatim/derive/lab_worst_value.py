"""What was the worst value of each laboratory test of this patient on treatment, in the unit reported?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._lab_summary import BEFORE, lab_summary, tests_of
from seriatim.grading.criteria import criteria_of
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

NO_UNIT = "unit not recorded"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per patient, test and unit with a value on treatment: `patient_id`, `group`, `test_in_unit`
    ("creatinine, mg/dL"), `worst`, in millionths of the unit.

    The highest value where the scale grades high values, else the lowest; a bound such as > 40 is taken at its number.
    Units are never converted: a patient with values in two units has a worst value in each. Doubtful samples
    are read as before treatment.
    """
    if not series.has("lab_result"):
        nobody = cases.frame.filter(nw.col("patient_id").is_null())
        return nobody.select(
            "patient_id", "group", nw.lit("").alias("test_in_unit"), nw.lit(0).cast(nw.Int64).alias("worst")
        )
    scale = spec.options["scale"]
    low = [test.name for test in tests_of(spec.options) if criteria_of(scale, test.term)[0].direction == "low"]
    worst = nw.when(nw.col("test").is_in(low)).then(nw.col("lowest")).otherwise(nw.col("highest"))
    unit = nw.when(~nw.col("unit").is_null()).then(nw.col("unit")).otherwise(nw.lit(NO_UNIT))
    summary = lab_summary(series, cases, spec.options).lazy()
    on = summary.filter((nw.col("reading") == BEFORE) & ~nw.col("highest").is_null())
    return on.select(
        "patient_id",
        "group",
        nw.concat_str("test", unit, separator=", ").alias("test_in_unit"),
        worst.alias("worst"),
    )
