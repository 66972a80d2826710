"""What became of each planned dose?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._first_cycle import planned_in_first_cycle
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

FIRST_CYCLE, ALL_CYCLES = "first cycle", "all cycles"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per planned dose of a case: `patient_id`, `cycles` (first cycle, all cycles: a view), `status`."""
    if not series.has("dose"):
        nothing = cases.frame.filter(nw.col("patient_id").is_null()).select("patient_id")
        return nothing.with_columns(cycles=nw.lit(FIRST_CYCLE), status=nw.lit("planned"))
    columns = ("patient_id", "cycles", "status")
    first = planned_in_first_cycle(series, cases).with_columns(cycles=nw.lit(FIRST_CYCLE)).select(*columns)
    ours = series.tables["dose"].join(cases.frame.select("patient_id"), on="patient_id", how="inner")
    return nw.concat([first, ours.with_columns(cycles=nw.lit(ALL_CYCLES)).select(*columns)])
