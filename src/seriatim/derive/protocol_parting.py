"""At which decision of this patient do two protocols first say different things, and which is the stricter?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._replayed import nothing, of_cases, replay_of
from seriatim.protocols.replay.comparison import partings
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row a case with a decision: `patient_id`, `parting`, `at_dose` (which of its planned doses; 0: never)."""
    replayed = replay_of(series, cases, spec)
    if replayed is None:
        return nothing(cases, {"parting": "", "at_dose": 0})
    return of_cases(partings(replayed), cases)
