"""What must a derivation be? The signature, and what must hold of its rows."""

from __future__ import annotations

from typing import Any, Protocol

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


class Derivation(Protocol):
    """`derive` of a module on the shelf.

    Returns a lazy frame with `patient_id` or `case_number` (a number is faster to join) and the keys of the spec that
    do not come from the case, one row per unit and level of each view, no nulls. Patients without a row take
    `spec.absent`. Only narwhals expressions that every engine has (no division, no rounding, no NaN); the same rows
    on every engine and in any order of the input.
    A derivation whose rows would outnumber the records may count by itself: then it returns all keys of the spec,
    those of the case too, and their count `n`.
    """

    def __call__(self, series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]: ...
