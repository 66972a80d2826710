"""Was this patient first treated before or after each dated change of practice?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.engines.choose import collect
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

COLUMNS = ("changed_earliest", "domain", "description")


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per case and change: `patient_id`, `change` (date, domain and description), `period` before or after."""
    parts = [_one_change(cases, *row) for row in _changes(series)]
    if not parts:
        nothing = cases.frame.filter(nw.col("patient_id").is_null())
        return nothing.select("patient_id", nw.lit("").alias("change"), nw.lit("").alias("period"))
    return nw.concat(parts)


def _changes(series: TreatmentSeries) -> list[tuple[Any, ...]]:
    if not series.has("practice_change"):
        return []
    dated = series.tables["practice_change"].filter(~nw.col("changed_earliest").is_null())
    return collect(dated.select(*COLUMNS), COLUMNS).rows()


def _one_change(cases: Cases, changed: Any, domain: str, description: str) -> nw.LazyFrame[Any]:
    label = f"{changed:%Y-%m-%d} {domain}: {description}"
    period = nw.when(nw.col("accrual_earliest") >= changed).then(nw.lit("after")).otherwise(nw.lit("before"))
    return cases.frame.select("patient_id", nw.lit(label).alias("change"), period.alias("period"))
