"""How many courses, and how many cycles, was this patient given?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._doses import doses_by_cycle, is_given
from seriatim.derive._first_cycle import NO_RECORD, RECORDED
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

LEVELS = {"courses": ("course",), "cycles": ("course", "cycle")}


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per case and `counted` (courses, cycles): `patient_id`, `group`, `counted`, `record`, `number`.

    A course or cycle counts if a dose of it was given, in whole or in part. Without a dose table the rows of the
    cycle table are counted instead.
    """
    return nw.concat([_one_level(series, cases, counted) for counted in LEVELS])


def _one_level(series: TreatmentSeries, cases: Cases, counted: str) -> nw.LazyFrame[Any]:
    everyone = cases.frame.select("patient_id", "case_number", "group", nw.lit(counted).alias("counted"))
    rows = _treatment_rows(series, cases)
    if rows is None:
        return everyone.with_columns(record=nw.lit(NO_RECORD), number=nw.lit(0).cast(nw.Int64))
    seen = rows.select("case_number", *LEVELS[counted], "treated").group_by("case_number", *LEVELS[counted])
    distinct = seen.agg(nw.col("treated").max())
    number = distinct.group_by("case_number").agg(nw.col("treated").sum().cast(nw.Int64).alias("number"))
    joined = everyone.join(number, on="case_number", how="left")
    record = nw.when(nw.col("number").is_null()).then(nw.lit(NO_RECORD)).otherwise(nw.lit(RECORDED))
    return joined.select("patient_id", "group", "counted", record.alias("record"), nw.col("number").fill_null(0))


def _treatment_rows(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any] | None:
    if series.has("dose"):
        treated = nw.when(is_given()).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
        return doses_by_cycle(series, cases).select("case_number", "course", "cycle", treated.alias("treated"))
    if series.has("cycle"):
        one = nw.lit(1).cast(nw.Int64).alias("treated")
        numbers = cases.frame.select("patient_id", "case_number")
        rows = series.tables["cycle"].select("patient_id", "course", "cycle", one)
        return rows.join(numbers, on="patient_id", how="inner")
    return None
