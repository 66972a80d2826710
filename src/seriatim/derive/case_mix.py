"""What was this patient like before treatment: sex, performance status, diagnosis, other treatment?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

NOT_RECORDED = "not recorded"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case and variable that the series has: `patient_id`, `variable`, `level`.

    The variables are columns of the patient table, by the levels of the key `variable`; their values are the levels as
    written. An empty value is "not recorded", which is a level and not a reason to leave the patient out.
    """
    patients = series.tables["patient"]
    known = patients.collect_schema().names()
    joined = cases.frame.select("patient_id").join(
        patients.select("patient_id", *(name for name in spec.key("variable").levels if name in known)),
        on="patient_id",
        how="left",
    )
    parts = [_one_variable(joined, name) for name in spec.key("variable").levels if name in known]
    return nw.concat(parts) if parts else _none(cases)


def _one_variable(joined: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
    value = nw.col(name).cast(nw.String)
    level = nw.when(nw.col(name).is_null()).then(nw.lit(NOT_RECORDED)).otherwise(value)
    return joined.select("patient_id", nw.lit(name).alias("variable"), level.alias("level"))


def _none(cases: Cases) -> nw.LazyFrame[Any]:
    nobody = cases.frame.filter(nw.col("patient_id").is_null())
    return nobody.select("patient_id", nw.lit("").alias("variable"), nw.lit("").alias("level"))
