"""How many thousandths of the baseline weight did this patient gain in a cycle?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._cycle_weights import gains
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case and cycle: `patient_id`, `cycle`, `record` ("recorded", "no baseline weight", "no weight in the
    cycle", "cycle not given"), `gain` in thousandths, rounded down, below zero for a loss."""
    return gains(series, cases, spec.key("cycle").levels, spec.options["days_after"])
