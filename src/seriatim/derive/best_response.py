"""What was the best response that this patient reached: CR, PR, SD, PD, not evaluable, or was none recorded?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

NOT_ASSESSED = "not assessed"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per case: `patient_id`, `best_response`; a case without a record of response is "not assessed".

    "NE" (a record that says not evaluable) stays apart from "not assessed" (no record at all).
    """
    everyone = cases.frame.select("patient_id")
    if not series.has("response"):
        return everyone.with_columns(best_response=nw.lit(NOT_ASSESSED))
    recorded = series.tables["response"].select("patient_id", "best_response")
    joined = everyone.join(recorded, on="patient_id", how="left")
    known = ~nw.col("best_response").is_null()
    return joined.select(
        "patient_id",
        nw.when(known).then(nw.col("best_response")).otherwise(nw.lit(NOT_ASSESSED)).alias("best_response"),
    )
