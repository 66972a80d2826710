"""In which calendar month was this patient first treated?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._local_days import on_local_clock, span
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per case: `patient_id`, `month` as year × 100 + month (local, earliest reading of the accrual date)."""
    zone = series.provenance.zone
    start = nw.col("accrual_earliest")
    if zone != "UTC" and (ends := span(cases.frame, "accrual_earliest")):
        start = on_local_clock(start, zone, *ends)
    month = start.dt.year().cast(nw.Int64) * 100 + start.dt.month().cast(nw.Int64)
    return cases.frame.select("patient_id", month.alias("month"))
