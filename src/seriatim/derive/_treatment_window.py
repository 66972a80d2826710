"""When did the treatment of each case begin, and when did its first course end?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._doses import SIDES, doses_by_cycle, is_given
from seriatim.series.series import TreatmentSeries


def treatment_windows(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """One row per case: `patient_id`, `case_number`, and by both sides of their dates `begun_*` (first dose) and
    `until_*` (last dose of the first course).

    From the doses given; where none is dated from the course, then from its cycles; else the date of accrual.
    """
    windows = cases.frame.select("patient_id", "case_number", *(f"accrual_{side}" for side in SIDES))
    tables = []
    if series.has("dose"):
        rows = doses_by_cycle(series, cases).filter(is_given())
        windows = windows.join(
            _first_course(rows, "dose", "first", "last", "case_number"), on="case_number", how="left"
        )
        tables.append("dose")
    for table in ("course", "cycle"):
        if series.has(table):
            dates = _first_course(series.tables[table], table, "start", "end", "patient_id")
            windows = windows.join(dates, on="patient_id", how="left")
            tables.append(table)
    ends = {
        f"{name}_{side}": nw.coalesce(
            *(nw.col(f"{table}_{name}_{side}") for table in tables), nw.col(f"accrual_{side}")
        )
        for name in ("begun", "until")
        for side in SIDES
    }
    return windows.with_columns(**ends).select("patient_id", "case_number", *ends)


def _first_course(rows: nw.LazyFrame[Any], table: str, first: str, last: str, key: str) -> nw.LazyFrame[Any]:
    begun = (nw.col(f"{first}_{side}").min().alias(f"{table}_begun_{side}") for side in SIDES)
    until = (nw.col(f"{last}_{side}").max().alias(f"{table}_until_{side}") for side in SIDES)
    return rows.filter(nw.col("course") == 1).group_by(key).agg(*begun, *until)
