"""How old was this patient at the first treatment?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per case: `patient_id`, `age` in whole years, `recorded` ("yes", or "no" with age 0)."""
    ages = series.tables["patient"].select("patient_id", "age")
    joined = cases.frame.select("patient_id").join(ages, on="patient_id", how="left")
    missing = nw.col("age").is_null()
    return joined.select(
        "patient_id",
        nw.when(missing).then(nw.lit(0)).otherwise(nw.col("age")).cast(nw.Int64).alias("age"),
        nw.when(missing).then(nw.lit("no")).otherwise(nw.lit("yes")).alias("recorded"),
    )
