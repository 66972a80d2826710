"""Was this patient first treated before or after each dated change of practice?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._practice import Change, practice_changes
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per case and change: `patient_id`, `change` (date, domain and description), `period` before or after."""
    parts = [_one_change(cases, change) for change in practice_changes(series)]
    if not parts:
        nothing = cases.frame.filter(nw.col("patient_id").is_null())
        return nothing.select("patient_id", nw.lit("").alias("change"), nw.lit("").alias("period"))
    return nw.concat(parts)


def _one_change(cases: Cases, change: Change) -> nw.LazyFrame[Any]:
    period = nw.when(nw.col("accrual_earliest") >= change.begins).then(nw.lit("after")).otherwise(nw.lit("before"))
    return cases.frame.select("patient_id", nw.lit(change.label).alias("change"), period.alias("period"))
