"""What became of each planned dose?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._doses import doses_by_cycle
from seriatim.derive._first_cycle import of_first_cycle
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

FIRST_CYCLE, ALL_CYCLES = "first cycle", "all cycles"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """Planned doses of cases counted by `group`, `cycles` (first cycle, all cycles: a view) and `status`, with their
    number `n`: they outnumber the patients by far."""
    if not series.has("dose"):
        nothing = cases.frame.filter(nw.col("patient_id").is_null()).select("group")
        zero = nw.lit(0).cast(nw.Int64)
        return nothing.with_columns(cycles=nw.lit(FIRST_CYCLE), status=nw.lit("planned"), n=zero)
    planned = doses_by_cycle(series, cases)
    parts = {FIRST_CYCLE: of_first_cycle(planned), ALL_CYCLES: planned}
    return nw.concat([_counted(part, cycles) for cycles, part in parts.items()])


def _counted(planned: nw.LazyFrame[Any], cycles: str) -> nw.LazyFrame[Any]:
    counted = planned.group_by("group", "status").agg(nw.col("doses").sum().cast(nw.Int64).alias("n"))
    return counted.select("group", nw.lit(cycles).alias("cycles"), "status", "n")
