"""How many doses was this patient given in the first cycle of the first course?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._first_cycle import doses_in_first_cycle
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per case: `patient_id`, `group`, `record` ("recorded" or "no dose record"), `doses` (0 without a record).

    A dose given in part counts; one held, skipped, refused or only planned does not.
    """
    return doses_in_first_cycle(series, cases)
