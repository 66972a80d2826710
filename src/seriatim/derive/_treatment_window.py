"""When did the treatment of each case begin, and when did its first course end?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.series.series import TreatmentSeries

_SIDES = ("earliest", "latest")
GIVEN = ("given", "partial")


def treatment_windows(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """One row per case: `patient_id`, and by both sides of their dates `begun_*` (first dose) and `until_*` (last dose
    of the first course).

    From the doses given; where none is dated from the course, then from its cycles; else the date of accrual.
    """
    windows = cases.frame.select("patient_id", *(f"accrual_{side}" for side in _SIDES))
    tables = []
    for table, first, last in (("dose", "started", "started"), ("course", "start", "end"), ("cycle", "start", "end")):
        if series.has(table):
            windows = windows.join(_first_course(series, table, first, last), on="patient_id", how="left")
            tables.append(table)
    ends = {
        f"{name}_{side}": nw.coalesce(
            *(nw.col(f"{table}_{name}_{side}") for table in tables), nw.col(f"accrual_{side}")
        )
        for name in ("begun", "until")
        for side in _SIDES
    }
    return windows.with_columns(**ends).select("patient_id", *ends)


def _first_course(series: TreatmentSeries, table: str, first: str, last: str) -> nw.LazyFrame[Any]:
    rows = series.tables[table].filter(nw.col("course") == 1)
    if table == "dose":
        rows = rows.filter(nw.col("status").is_in(GIVEN))
    begun = (nw.col(f"{first}_{side}").min().alias(f"{table}_begun_{side}") for side in _SIDES)
    until = (nw.col(f"{last}_{side}").max().alias(f"{table}_until_{side}") for side in _SIDES)
    return rows.group_by("patient_id").agg(*begun, *until)
