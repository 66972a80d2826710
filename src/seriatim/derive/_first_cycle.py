"""Which doses were planned and given in the first cycle of the first course?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._doses import doses_by_cycle, in_first_cycle, is_given
from seriatim.series.series import TreatmentSeries

RECORDED, NO_RECORD = "recorded", "no dose record"


def of_first_cycle(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The rows of course 1, cycle 1."""
    return rows.filter(in_first_cycle())


def planned_in_first_cycle(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """The planned doses of the first cycle of cases, with all columns of the dose table and `case_number`; `series` has
    that table."""
    ours = cases.frame.select("patient_id", "case_number")
    return of_first_cycle(series.tables["dose"]).join(ours, on="patient_id", how="inner")


def doses_in_first_cycle(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """One row per case: `patient_id`, `group`, `record` ("recorded" or "no dose record"), `doses`.

    0 doses of a patient with a record means that some were planned and none was given; without a record the
    number is not known, and `doses` is 0 only because a number must stand there.
    """
    everyone = cases.frame.select("patient_id", "case_number", "group")
    if not series.has("dose"):
        return everyone.with_columns(record=nw.lit(NO_RECORD), doses=nw.lit(0).cast(nw.Int64))
    number = nw.when(is_given()).then(nw.col("doses")).otherwise(nw.lit(0)).cast(nw.Int64)
    planned = of_first_cycle(doses_by_cycle(series, cases)).select("case_number", number.alias("doses"))
    counted = planned.group_by("case_number").agg(nw.col("doses").sum().cast(nw.Int64))
    joined = everyone.join(counted, on="case_number", how="left")
    record = nw.when(nw.col("doses").is_null()).then(nw.lit(NO_RECORD)).otherwise(nw.lit(RECORDED))
    return joined.select("patient_id", "group", record.alias("record"), nw.col("doses").fill_null(0))
