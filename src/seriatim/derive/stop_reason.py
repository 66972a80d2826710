"""Why did this patient's first cycle end?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._first_cycle import of_first_cycle
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

NOT_RECORDED = "not recorded"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per case: `patient_id`, `stop_reason`. "unknown" was recorded as unknown, "not recorded" was not."""
    everyone = cases.frame.select("patient_id")
    if not series.has("cycle"):
        return everyone.with_columns(stop_reason=nw.lit(NOT_RECORDED))
    first = of_first_cycle(series.tables["cycle"]).select("patient_id", "stop_reason")
    joined = everyone.join(first, on="patient_id", how="left")
    return joined.select("patient_id", nw.col("stop_reason").fill_null(NOT_RECORDED))
