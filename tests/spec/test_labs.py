"""Which values are before treatment and which on it, and what is the worst of them?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.analyses.labs import Options, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.errors import Misuse
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.tallies.tally import Tally, counts, numbers, select

PLAN = Plan(title="labs", grouping={"by": "equal groups", "groups": 2})
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


def value(
    collected: str | None, amount: str, test: str = "creatinine", unit: str | None = "mg/dL", **columns: object
) -> dict:
    limits = {"creatinine": "1.2", "bilirubin": "1.2"}
    return {
        "patient_id": "1", "test": test, "value": amount, "value_unit": unit, "collected": collected,
        "upper_limit": limits.get(test), "lower_limit": "150" if test == "platelets" else None,
    } | columns  # fmt: skip


def tallies(*labs: dict, doses: list | None = None, engine: str = "polars", **options: object) -> dict[str, Tally]:
    """Tallies of one patient with three doses, 1 to 3 January 1990 at 08:00."""
    tables = {"patient": [{"patient_id": "1", "accrual": "1990-01-01"}], "dose": DOSES if doses is None else doses}
    tables |= {"lab_result": list(labs)} if labs else {}
    raw = tuple(
        RawTable(name, f"{name}.csv", pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for name, rows in tables.items()
        if rows
    )
    series = take_in(RawSource("ward", "by hand", raw, ""), engine=engine)
    cases = derive_cases(series, PLAN)
    return {spec.name: count(series, cases, spec) for spec in needs(PLAN, Options(**options))}


def shift(
    *labs: dict, test: str = "creatinine", reading: str = "before treatment", **options: object
) -> tuple[str, str]:
    """Baseline and worst grade of the one patient."""
    tally = tallies(*labs, **options)["lab_shift"]
    table = counts(tally, "baseline_grade", "worst_grade", test=test, reading=reading)
    ((before, worst),) = zip(*table.nonzero(), strict=True)
    return tally.levels("baseline_grade")[before], tally.levels("worst_grade")[worst]


def test_worst_grade_is_the_highest_of_the_values_on_treatment() -> None:
    labs = (
        value("1989-12-30", "0.9"),
        value("1990-01-02", "2.0"),
        value("1990-01-05", "4.0"),
        value("1990-01-09", "1.0"),
    )
    assert shift(*labs) == ("0", "3")


def test_baseline_is_the_last_value_before_the_first_dose() -> None:
    labs = (value("1989-12-01", "2.0"), value("1989-12-31", "1.0"), value("1990-01-02", "1.4"))
    assert shift(*labs) == ("0", "1")


def test_patient_without_a_value_before_treatment_has_a_baseline_not_known() -> None:
    assert shift(value("1990-01-02", "2.0")) == ("not known", "2")


def test_patient_without_a_value_on_treatment_is_not_assessed_and_not_grade_0() -> None:
    assert shift(value("1989-12-30", "1.0")) == ("0", "not assessed")


def test_series_without_laboratory_values_has_everybody_not_assessed() -> None:
    found = tallies()
    assert counts(found["lab_shift"], test="bilirubin", reading="on treatment", worst_grade="not assessed") == 1
    assert len(found["lab_worst_value"].n) == 0


def test_values_without_a_limit_are_not_graded_with_the_reason_counted() -> None:
    lab = value("1990-01-02", "2.0", upper_limit=None)
    assert shift(lab) == ("not known", "not graded")
    tally = tallies(lab)["lab_not_graded"]
    reason = "its limit of normal is not recorded"
    assert counts(tally, test="creatinine", reason=reason, had="yes") == 1


def test_values_out_of_range_hide_no_other_value_and_no_other_reason() -> None:
    labs = [value(f"1990-01-0{day}", amount) for day, amount in ((2, "-1"), (3, "2.0"), (4, "2000000000"))]
    assert shift(*labs) == ("not known", "2")
    tally = tallies(*labs, value("1990-01-05", "1.0", upper_limit=None))["lab_not_graded"]
    told = {
        reason: int(counts(tally, test="creatinine", reason=reason, had="yes")) for reason in tally.levels("reason")
    }
    assert {reason for reason, n in told.items() if n} == {
        "it is below zero", "it is too large to be compared exactly", "its limit of normal is not recorded",
    }  # fmt: skip


def test_one_graded_value_outweighs_others_that_cannot_be_graded() -> None:
    assert shift(value("1990-01-02", "1.0"), value("1990-01-03", "9.0", unit=None)) == ("not known", "0")


def test_worst_platelets_are_the_lowest() -> None:
    labs = (
        value("1989-12-30", "200", "platelets", "10^9/L"),
        value("1990-01-02", "60", "platelets", "10^9/L"),
        value("1990-01-04", "120", "platelets", "10^9/L"),
    )
    assert shift(*labs, test="platelets") == ("0", "2")
    tally = tallies(*labs)["lab_worst_value"]
    assert numbers(select(tally, test_in_unit="platelets, 10^9/L"), "worst").tolist() == [60_000_000]


def test_bilirubin_after_an_abnormal_baseline_is_judged_by_the_baseline() -> None:
    labs = (value("1989-12-30", "2.0", "bilirubin"), value("1990-01-02", "2.4", "bilirubin"))
    # By the upper limit 2.4 would be grade 2; it is 1.2 times the baseline. The baseline itself is graded by its limit.
    assert shift(*labs, test="bilirubin") == ("2", "1")


def test_creatinine_rise_over_the_baseline_counts_although_it_is_within_normal_limits() -> None:
    assert shift(value("1989-12-30", "0.6"), value("1990-01-02", "1.0")) == ("0", "2")


def test_baseline_in_another_unit_is_no_baseline_for_multiples() -> None:
    labs = (value("1989-12-30", "53", unit="umol/L", upper_limit="106"), value("1990-01-02", "1.0"))
    assert shift(*labs) == ("0", "0")


def test_value_after_the_window_does_not_count() -> None:
    assert shift(value("1990-02-02T09:00", "9.0")) == ("not known", "not assessed")
    assert shift(value("1990-02-02T07:00", "9.0")) == ("not known", "4")
    assert shift(value("1990-01-09", "9.0"), window_days=5) == ("not known", "not assessed")


def test_held_dose_does_not_prolong_the_window() -> None:
    held = [*DOSES[:1], DOSES[1] | {"status": "held", "started": "1990-06-01T08:00"}]
    assert shift(value("1990-06-02", "9.0"), doses=held) == ("not known", "not assessed")


def test_doses_of_a_second_course_do_not_prolong_the_window_of_the_first() -> None:
    again = [*DOSES, DOSES[0] | {"course": "2", "started": "1991-01-01T08:00"}]
    assert shift(value("1991-01-02", "9.0"), doses=again) == ("not known", "not assessed")


def test_sample_of_the_first_day_without_a_time_is_doubtful_and_read_both_ways() -> None:
    lab = value("1990-01-01", "2.0")
    assert shift(lab) == ("2", "not assessed")
    assert shift(lab, reading="on treatment") == ("not known", "2")


def test_sample_with_a_time_is_before_or_after_the_first_dose_without_doubt() -> None:
    for reading in ("before treatment", "on treatment"):
        assert shift(value("1990-01-01T06:00", "2.0"), reading=reading) == ("2", "not assessed")
        assert shift(value("1990-01-01T09:00", "2.0"), reading=reading) == ("not known", "2")


def test_without_doses_the_window_runs_from_the_day_of_accrual() -> None:
    assert shift(value("1989-12-31", "1.0"), value("1990-01-20", "2.0"), doses=[]) == ("0", "2")


def test_value_without_a_date_is_on_neither_side() -> None:
    assert shift(value(None, "2.0")) == ("not known", "not assessed")


def test_of_two_baselines_at_one_instant_the_one_nearer_to_normal_is_taken() -> None:
    labs = (value("1989-12-31T06:00", "2.0"), value("1989-12-31T06:00", "1.0"), value("1990-01-02", "1.0"))
    assert shift(*labs) == ("0", "0")


def test_worst_values_in_two_units_stand_apart_and_are_not_converted() -> None:
    labs = (value("1990-01-02", "2.0"), value("1990-01-03", "200", unit="umol/L", upper_limit="106"))
    tally = tallies(*labs)["lab_worst_value"]
    assert tally.levels("test_in_unit") == ("creatinine, mg/dL", "creatinine, umol/L")


def test_test_is_found_by_the_spellings_of_the_vocabulary_and_others_are_left_alone() -> None:
    labs = (value("1990-01-02", "2.0", "CREAT", upper_limit="1.2"), value("1990-01-02", "9.0", "urine creatinine"))
    assert shift(*labs) == ("not known", "2")


def test_unknown_test_is_misuse() -> None:
    with pytest.raises(Misuse, match="sodium"):
        tallies(value("1990-01-02", "130"), tests=("sodium",))
