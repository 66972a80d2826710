"""How much weight did a patient gain in a cycle, and when is that not known?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.analyses.weight import Options, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable

PLAN = Plan(title="weight", grouping={"by": "equal groups", "groups": 2})
DOSES = [
    {
        "patient_id": "1",
        "course": "1",
        "cycle": "1",
        "dose": str(i),
        "status": "given",
        "started": f"1990-01-0{i}T08:00",
    }
    for i in (1, 2, 3)
]


def weighed(at: str | None, amount: str, unit: str | None = "kg", test: str = "weight") -> dict:
    return {"patient_id": "1", "test": test, "value": amount, "value_unit": unit, "measured_at": at}


def cycle(baseline: str | None = None, unit: str = "kg", number: str = "1", **columns: str) -> dict:
    weight = {"baseline_weight": baseline, "baseline_weight_unit": unit}
    return {"patient_id": "1", "course": "1", "cycle": number} | weight | columns


def gain(*vitals: dict, cycles: list | None = None, doses: list | None = None, engine: str = "polars", number: int = 1,
         days_after: int = 3) -> tuple[str, int, str]:  # fmt: skip
    """Record, gain in thousandths and grade of one patient with three doses, 1 to 3 January 1990 at 08:00."""
    tables = {"patient": [{"patient_id": "1", "accrual": "1990-01-01"}], "dose": DOSES if doses is None else doses,
              "cycle": cycles or [], "vital": list(vitals)}  # fmt: skip
    raw = tuple(
        RawTable(name, f"{name}.csv", pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for name, rows in tables.items()
        if rows
    )
    series = take_in(RawSource("ward", "by hand", raw, ""), engine=engine)
    cases = derive_cases(series, PLAN)
    specs = needs(PLAN, Options(cycles=(number,), days_after=days_after))
    found = {spec.name: count(series, cases, spec) for spec in specs}
    gains, grades = found["weight_gain"], found["weight_gain_grade"]
    ((record, amount),) = zip(gains.columns["record"], gains.columns["gain"], strict=True)
    (grade,) = grades.columns["worst_grade"]
    return gains.levels("record")[record], int(amount), grades.levels("worst_grade")[grade]


def test_gain_is_the_highest_weight_of_the_cycle_over_the_weight_before_its_first_dose() -> None:
    vitals = (weighed("1989-12-31", "80"), weighed("1990-01-02T07:00", "86"), weighed("1990-01-03T07:00", "84"))
    assert gain(*vitals) == ("recorded", 75, "1")


def test_charted_baseline_of_the_cycle_goes_before_the_last_vital_sign() -> None:
    vitals = (weighed("1989-12-31", "70"), weighed("1990-01-02T07:00", "88"))
    assert gain(*vitals, cycles=[cycle("80")]) == ("recorded", 100, "2")


def test_weight_of_the_first_morning_is_the_baseline_and_not_a_gain() -> None:
    vitals = (weighed("1990-01-01T06:00", "80"), weighed("1990-01-01T20:00", "81"))
    assert gain(*vitals) == ("recorded", 12, "0")


def test_loss_of_weight_is_a_gain_below_zero_and_grade_0() -> None:
    assert gain(weighed("1989-12-31", "80"), weighed("1990-01-02T07:00", "78")) == ("recorded", -25, "0")


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    ("kg", "thousandths", "grade"),
    [("73.4", 48, "0"), ("73.499999", 49, "0"), ("73.5", 50, "1"), ("77", 100, "2"), ("84", 200, "3")],
)
def test_gain_on_a_cut_point_has_the_higher_grade_and_just_under_it_the_lower(
    engine: str, kg: str, thousandths: int, grade: str
) -> None:
    found = gain(weighed("1989-12-31", "70"), weighed("1990-01-02T07:00", kg), engine=engine)
    assert found == ("recorded", thousandths, grade)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_pounds_and_kilograms_are_compared_exactly(engine: str) -> None:
    # 165.3467 lb are 75.0000... kg: 75.000002 kg after it is no gain of a thousandth, 1 lb more is 6.
    assert (
        gain(weighed("1989-12-31", "165.3467", "lb"), weighed("1990-01-02T07:00", "75.000002"), engine=engine)[1] == 0
    )
    assert gain(weighed("1989-12-31", "75"), weighed("1990-01-02T07:00", "166.3467", "lb"), engine=engine)[1] == 6


def test_weight_without_a_unit_is_not_used() -> None:
    assert gain(weighed("1989-12-31", "80", None), weighed("1990-01-02T07:00", "86"))[0] == "no baseline weight"


def test_bound_is_no_weight() -> None:
    assert gain(weighed("1989-12-31", "80"), weighed("1990-01-02T07:00", ">86"))[0] == "no weight in the cycle"


def test_patient_without_a_weight_before_or_in_the_cycle_is_not_assessed() -> None:
    assert gain(weighed("1990-01-02T07:00", "86")) == ("no baseline weight", 0, "not assessed")
    assert gain(weighed("1989-12-31", "80")) == ("no weight in the cycle", 0, "not assessed")
    assert gain() == ("no baseline weight", 0, "not assessed")


def test_weight_after_the_days_that_follow_the_last_dose_does_not_count() -> None:
    vitals = (weighed("1989-12-31", "80"), weighed("1990-01-06T09:00", "88"))
    assert gain(*vitals)[0] == "no weight in the cycle"
    assert gain(*vitals, days_after=4) == ("recorded", 100, "2")


def test_second_cycle_that_was_not_given_has_no_gain_to_miss() -> None:
    assert gain(weighed("1989-12-31", "80"), number=2) == ("cycle not given", 0, "cycle not given")


def test_second_cycle_has_a_baseline_of_its_own() -> None:
    second = [dose | {"cycle": "2", "started": dose["started"].replace("01-0", "02-0")} for dose in DOSES]
    vitals = (weighed("1989-12-31", "80"), weighed("1990-01-30", "100"), weighed("1990-02-02T07:00", "106"))
    assert gain(*vitals, doses=DOSES + second, number=2) == ("recorded", 60, "1")


def test_other_vital_signs_are_no_weights() -> None:
    assert gain(weighed("1989-12-31", "80"), weighed("1990-01-02", "180", test="height"))[0] == "no weight in the cycle"
