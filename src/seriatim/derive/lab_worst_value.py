"""What was the worst value of each laboratory test of this patient on treatment, in the unit reported?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._graded_labs import tests_of
from seriatim.derive._lab_window import BEFORE, lab_values
from seriatim.grading.criteria import LabTest, criteria_of
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

NO_UNIT = "unit not recorded"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per patient, test and unit with a value on treatment: `patient_id`, `test_in_unit` ("creatinine, mg/dL"),
    `worst`, in millionths of the unit.

    The highest value where the scale grades high values, else the lowest; a bound such as > 40 is taken at its number.
    Units are never converted: a patient with values in two units has a worst value in each. Doubtful samples
    are read as before treatment.
    """
    tests = tests_of(spec.options)
    if not series.has("lab_result"):
        return _none(cases)
    values = lab_values(series, cases, tests, spec.options["window_days"])
    on = values.filter(nw.col("is_on") & (nw.col("reading") == BEFORE) & ~nw.col("value_micro").is_null())
    return nw.concat([_one_test(on, test, spec.options) for test in tests])


def _one_test(on: nw.LazyFrame[Any], test: LabTest, options: Mapping[str, Any]) -> nw.LazyFrame[Any]:
    known = ~nw.col("value_unit").is_null()
    unit = nw.when(known).then(nw.col("value_unit")).otherwise(nw.lit(NO_UNIT))
    value = nw.col("value_micro")
    worst = value.max() if criteria_of(options["scale"], test.term)[0].direction == "high" else value.min()
    rows = on.filter(nw.col("name") == test.name).with_columns(
        test_in_unit=nw.concat_str(nw.lit(test.name), unit, separator=", ")
    )
    return rows.group_by("patient_id", "test_in_unit").agg(worst.alias("worst"))


def _none(cases: Cases) -> nw.LazyFrame[Any]:
    nobody = cases.frame.filter(nw.col("patient_id").is_null())
    return nobody.select("patient_id", nw.lit("").alias("test_in_unit"), nw.lit(0).cast(nw.Int64).alias("worst"))
