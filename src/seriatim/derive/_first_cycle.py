"""Which doses were planned and given in the first cycle of the first course?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.series.series import TreatmentSeries

# Part of a dose is a dose: the patient was exposed, and toxicity may follow. A held one is not.
GIVEN = ("given", "partial")
RECORDED, NO_RECORD = "recorded", "no dose record"


def of_first_cycle(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The rows of course 1, cycle 1. A patient whose records begin later has no first cycle on record."""
    return rows.filter((nw.col("course") == 1) & (nw.col("cycle") == 1))


def planned_in_first_cycle(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """The planned doses of the first cycle of cases, with all columns of the dose table; `series` has that table."""
    ours = cases.frame.select("patient_id")
    return of_first_cycle(series.tables["dose"]).join(ours, on="patient_id", how="inner")


def is_given() -> nw.Expr:
    """Was this planned dose given, in whole or in part?"""
    return nw.col("status").is_in(GIVEN)


def doses_in_first_cycle(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """One row per case: `patient_id`, `record` ("recorded" or "no dose record"), `doses`.

    0 doses of a patient with a record means that some were planned and none was given; without a record the
    number is not known, and `doses` is 0 only because a number must stand there.
    """
    everyone = cases.frame.select("patient_id")
    if not series.has("dose"):
        return everyone.with_columns(record=nw.lit(NO_RECORD), doses=nw.lit(0).cast(nw.Int64))
    one = nw.when(is_given()).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
    planned = planned_in_first_cycle(series, cases).select("patient_id", one.alias("doses"))
    counted = planned.group_by("patient_id").agg(nw.col("doses").sum().cast(nw.Int64))
    joined = everyone.join(counted, on="patient_id", how="left")
    record = nw.when(nw.col("doses").is_null()).then(nw.lit(NO_RECORD)).otherwise(nw.lit(RECORDED))
    return joined.select("patient_id", record.alias("record"), nw.col("doses").fill_null(0))
