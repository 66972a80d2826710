"""What became of the doses of each cycle, and between which instants were they started? The dose table, read once."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.engines.choose import worked_out_once
from seriatim.series.series import TreatmentSeries

# Part of a dose is a dose: the patient was exposed, and toxicity may follow. A held one is not.
GIVEN = ("given", "partial")
SIDES = ("earliest", "latest")


def is_given() -> nw.Expr:
    """Was this planned dose given, in whole or in part?"""
    return nw.col("status").is_in(GIVEN)


def in_first_cycle() -> nw.Expr:
    """Is this course 1, cycle 1? A patient whose records begin later has no first cycle on record."""
    return (nw.col("course") == 1) & (nw.col("cycle") == 1)


def doses_by_cycle(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """One row per case, course, cycle and status: `case_number`, `group`, `course`, `cycle`, `status`, the number of
    `doses`, and by both sides of their starts the `first_*`, the `last_*` and how many are `dated_*`; `series` has
    that table.

    Kept with the cases: whatever is asked of doses, but for the dose before an event, is asked of these few rows.
    """
    if "doses_by_cycle" not in cases.kept:
        numbers = cases.frame.select("patient_id", "case_number", "group")
        columns = ("course", "cycle", "status", *(f"started_{side}" for side in SIDES))
        doses = series.tables["dose"].select("patient_id", *columns).join(numbers, on="patient_id", how="inner")
        starts = {side: nw.col(f"started_{side}") for side in SIDES}
        summed = doses.group_by("case_number", "group", "course", "cycle", "status").agg(
            nw.len().cast(nw.Int64).alias("doses"),
            *(start.min().alias(f"first_{side}") for side, start in starts.items()),
            *(start.max().alias(f"last_{side}") for side, start in starts.items()),
            *(start.count().cast(nw.Int64).alias(f"dated_{side}") for side, start in starts.items()),
        )
        cases.kept["doses_by_cycle"] = worked_out_once(summed)
    kept: nw.LazyFrame[Any] = cases.kept["doses_by_cycle"]
    return kept
