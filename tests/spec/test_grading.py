"""Which grade has a laboratory value by CTCAE 5.0, and why has it none?"""

from __future__ import annotations

import pytest

from seriatim.errors import Misuse
from seriatim.grading.criteria import criteria_of, lab_test, read_scale
from seriatim.grading.grade_value import Measurement, grade_value

MILLION = 1_000_000


def creatinine(value: float | None, uln: float | None = 1.2, baseline: float | None = None, **changes: object):
    measurement = Measurement(
        *(None if value is None else round(value * MILLION), "mg/dL"),
        upper_limit=None if uln is None else round(uln * MILLION),
        baseline=None if baseline is None else round(baseline * MILLION),
        baseline_unit="mg/dL",
    )
    return graded(measurement, "creatinine increased", **changes)


def bilirubin(
    value: float, uln: float = 1.2, baseline: float | None = 0.8, was: str | None = "normal", **changes: object
):
    measurement = Measurement(
        round(value * MILLION), "mg/dL", upper_limit=round(uln * MILLION), baseline_was=was,
        baseline=None if baseline is None else round(baseline * MILLION), baseline_unit="mg/dL",
    )  # fmt: skip
    return graded(measurement, "blood bilirubin increased", **changes)


def platelets(value: float, lln: float | None = 150, unit: str | None = "10^9/L", **changes: object):
    limit = None if lln is None else round(lln * MILLION)
    return graded(Measurement(round(value * MILLION), unit, lower_limit=limit), "platelet count decreased", **changes)


def graded(measurement: Measurement, term: str, **changes: object):
    fields = {name: getattr(measurement, name) for name in Measurement.__slots__} | changes
    return grade_value(Measurement(**fields), term)


@pytest.mark.parametrize(
    ("value", "grade"), [(1.2, 0), (1.21, 1), (1.8, 1), (1.81, 2), (3.6, 2), (3.61, 3), (7.2, 3), (7.21, 4)]
)
def test_creatinine_on_a_multiple_of_the_upper_limit_has_the_lower_grade(value: float, grade: int) -> None:
    assert creatinine(value).grade == grade


def test_creatinine_within_normal_limits_is_grade_2_where_it_is_over_one_and_a_half_times_the_baseline() -> None:
    found = creatinine(1.0, uln=1.2, baseline=0.6)
    assert found.grade == 2
    assert found.rule == "grade 2: > 1.5 x baseline"


def test_creatinine_over_one_times_the_baseline_alone_is_no_grade_1_in_version_5() -> None:
    assert creatinine(0.9, uln=1.2, baseline=0.7).grade == 0


def test_creatinine_without_a_baseline_is_judged_by_the_upper_limit_alone() -> None:
    assert creatinine(2.0).grade == 2


def test_creatinine_with_a_baseline_in_another_unit_is_judged_by_the_upper_limit_alone() -> None:
    assert creatinine(1.0, baseline=0.6, baseline_unit="umol/L").grade == 0


def test_creatinine_without_an_upper_limit_is_not_graded_even_where_the_baseline_would_give_a_grade() -> None:
    found = creatinine(2.0, uln=None, baseline=0.6)
    assert found.grade is None
    assert found.reason == "cannot be graded, because its limit of normal is not recorded"


def test_grade_0_is_not_the_same_as_not_graded() -> None:
    assert creatinine(1.0).grade == 0
    assert creatinine(None).grade is None


@pytest.mark.parametrize(("value", "grade"), [(2.5, 2), (4.0, 3), (12.0, 3), (12.1, 4)])
def test_bilirubin_after_a_normal_baseline_is_judged_by_the_upper_limit(value: float, grade: int) -> None:
    assert bilirubin(value).grade == grade


@pytest.mark.parametrize(("value", "grade"), [(2.0, 0), (2.1, 1), (3.1, 2), (6.1, 3), (20.1, 4)])
def test_bilirubin_after_an_abnormal_baseline_is_judged_by_the_baseline(value: float, grade: int) -> None:
    assert bilirubin(value, baseline=2.0, was="abnormal").grade == grade


def test_bilirubin_is_not_graded_where_nobody_knows_whether_the_baseline_was_normal() -> None:
    assert "whether the baseline was normal is not known" in bilirubin(2.5, was=None).reason


@pytest.mark.parametrize(
    ("value", "grade"), [(150, 0), (149, 1), (75, 1), (74.9, 2), (50, 2), (49, 3), (25, 3), (24, 4), (20, 4), (0, 4)]
)
def test_platelets_on_a_cut_point_have_the_lower_grade(value: float, grade: int) -> None:
    assert platelets(value).grade == grade


def test_platelets_are_graded_in_the_unit_reported() -> None:
    assert platelets(24_000, lln=150_000, unit="/mm3").grade == 4
    assert platelets(24_000, lln=150, unit="10^9/L").grade == 0


def test_platelets_under_an_absolute_cut_point_need_no_lower_limit() -> None:
    assert platelets(74, lln=None).grade == 2
    assert platelets(75, lln=None).grade is None


def test_unit_that_is_missing_or_unknown_to_the_scale_is_a_reason() -> None:
    assert platelets(24, unit=None).reason.endswith("its unit is not recorded")
    assert platelets(24, unit="mg/dL").reason.endswith("the scale has no cut-points in its unit")


def test_limit_in_another_unit_is_a_reason_and_never_converted() -> None:
    found = creatinine(2.0, upper_limit_unit="umol/L")
    assert found.reason.endswith("its limit of normal is in another unit")


def test_bound_is_graded_only_where_every_value_it_allows_has_one_grade() -> None:
    assert creatinine(0.2, censored="<").grade == 0
    assert creatinine(2.0, censored="<").reason.endswith("it is only a bound, and the grade lies on either side")
    assert creatinine(8.0, censored=">").grade == 4
    assert creatinine(2.0, censored=">").grade is None


def test_strict_bound_on_a_cut_point_differs_from_the_cut_point_itself() -> None:
    assert platelets(25).grade == 3
    assert platelets(25, censored="<").grade == 4
    assert platelets(25, censored="<=").grade is None
    assert platelets(150, censored=">=").grade == 0


def test_negative_value_and_one_beyond_exact_comparison_are_reasons() -> None:
    assert platelets(-1).reason.endswith("it is below zero")
    assert platelets(2e9).reason.endswith("it is too large to be compared exactly")


@pytest.mark.parametrize(("kg", "grade"), [(73.4, 0), (73.5, 1), (76.9, 1), (77.0, 2), (83.9, 2), (84.0, 3), (60, 0)])
def test_weight_gain_on_a_cut_point_has_the_higher_grade(kg: float, grade: int) -> None:
    measurement = Measurement(round(kg * MILLION), "kg", baseline=70 * MILLION, baseline_unit="kg")
    assert grade_value(measurement, "weight gain").grade == grade


def test_weight_gain_without_a_baseline_is_not_graded() -> None:
    assert grade_value(Measurement(70 * MILLION, "kg"), "weight gain").reason.endswith("no baseline in its unit")


def test_unknown_scale_term_and_test_are_misuse_that_names_what_there_is() -> None:
    with pytest.raises(Misuse, match="ctcae-v5"):
        read_scale("who-1979")
    with pytest.raises(Misuse, match="creatinine increased"):
        criteria_of("ctcae-v5", "lassitude")
    with pytest.raises(Misuse, match="platelets"):
        lab_test("sodium")


def test_each_criterion_names_its_source_and_how_it_is_known() -> None:
    rows = [row for rows in read_scale("ctcae-v5").values() for row in rows]
    assert {row.source for row in rows} == {"ctcae_v5"}
    assert {row.evidence for row in rows} <= {"V", "M"}
