"""Which laboratory values were drawn before the first treatment, and which on it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.grading.criteria import LabTest
from seriatim.series.series import TreatmentSeries

# A sample that by its date may be either is read as before treatment, then as on it: BEFORE is the main reading,
# because the sample of the first day is drawn in the morning.
BEFORE, ON = "before treatment", "on treatment"
READINGS = (BEFORE, ON)
_SIDES = ("earliest", "latest")
GIVEN = ("given", "partial")


def lab_values(series: TreatmentSeries, cases: Cases, tests: Sequence[LabTest], days: int) -> nw.LazyFrame[Any]:
    """Values of the tests, once for each reading of doubtful dates, with the stored columns of the laboratory table and
    `name` (of the test), `reading`, `at`, `is_before`, `is_on`.

    Before is before the first dose; on treatment from there until `days` days after the last dose of the first course.
    A sample whose date, or that of the first dose, leaves both open is `reading`.
    """
    named = _named(series.tables["lab_result"], tests)
    joined = named.join(treatment_windows(series, cases), on="patient_id", how="inner")
    return nw.concat([_by_reading(joined, reading, days) for reading in READINGS])


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


def _named(labs: nw.LazyFrame[Any], tests: Sequence[LabTest]) -> nw.LazyFrame[Any]:
    name: nw.Expr = nw.lit("")
    for test in tests:
        spelled = nw.col("test").str.to_lowercase().is_in(list(test.spellings))
        name = nw.when(spelled).then(nw.lit(test.name)).otherwise(name)
    return labs.with_columns(name=name).filter(nw.col("name") != "")


def _by_reading(joined: nw.LazyFrame[Any], reading: str, days: int) -> nw.LazyFrame[Any]:
    earliest, latest = nw.col("collected_earliest"), nw.col("collected_latest")
    surely_before, maybe_before = latest <= nw.col("begun_earliest"), earliest <= nw.col("begun_latest")
    is_before = maybe_before if reading == BEFORE else surely_before
    in_time = earliest <= nw.col("until_latest") + timedelta(days=days)
    measured = [
        f"{name}_{part}" for name in ("value", "lower_limit", "upper_limit") for part in ("micro", "unit", "censored")
    ]
    return joined.filter(~earliest.is_null()).select(
        "patient_id", "name", "source_row", *measured,
        nw.lit(reading).alias("reading"), earliest.alias("at"),
        is_before.alias("is_before"), (~is_before & in_time).alias("is_on"),
    )  # fmt: skip
