"""Which grade has one value on each scale, what do the options change, and why has it none?"""

from __future__ import annotations

import csv
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from seriatim.errors import Misuse
from seriatim.grading.age_groups import age_group
from seriatim.grading.criteria import (
    FOLDER,
    SCALES,
    criteria_of,
    lab_test,
    name_on,
    read_scale,
    unverified,
    why_no_numbers,
)
from seriatim.grading.grade_value import Graded, Measurement, grade_value
from seriatim.grading.options import BaselineRule, Gaps, Options
from seriatim.grading.regrade import regrade

MILLION = 1_000_000
NCI = ("ctc-v1", "ctc-v2", "ctcae-v3", "ctcae-v4", "ctcae-v5", "ctcae-v6")


def measured(value: float, unit: str | None, **reference: object) -> Measurement:
    """Limits and baseline are given as numbers in the unit of the value."""
    whole = {
        name: round(number * MILLION) if isinstance(number, (int, float)) and not isinstance(number, bool) else number
        for name, number in reference.items()
    }
    told = {"baseline_unit": unit} | whole
    return Measurement(round(value * MILLION), unit, **told)


def grades(measurement: Measurement, term: str, options: Options = Options()) -> list[int | None]:  # noqa: B008
    return [grade_value(measurement, term, scale, options).grade for scale in NCI]


# The same value, six scales: facts of clinical grading, section 3.2.
PLATELETS = measured(20, "10^9/L", lower_limit=150)
NEUTROPHILS = measured(0.4, "10^9/L", lower_limit=1.8)
BILIRUBIN = measured(2.5, "mg/dL", upper_limit=1.2, baseline=0.8, baseline_was="normal")
HIGH_BILIRUBIN = measured(4.0, "mg/dL", upper_limit=1.2, baseline=0.8, baseline_was="normal")
CREATININE = measured(1.0, "mg/dL", upper_limit=1.2, baseline=0.6, baseline_was="normal")
ALT = measured(112, "U/L", upper_limit=40, baseline=30, baseline_was="normal")
ALT_OVER = measured(180, "U/L", upper_limit=40, baseline=80, baseline_was="abnormal")
SODIUM = measured(127, "mmol/L", lower_limit=135)
PHOSPHATE = measured(1.5, "mg/dL", lower_limit=2.7)


@pytest.mark.parametrize(
    ("measurement", "term", "expected"),
    [
        (PLATELETS, "platelet count decreased", [4, 3, 4, 4, 4, 3]),
        (NEUTROPHILS, "neutrophil count decreased", [4, 4, 4, 4, 4, 3]),
        (BILIRUBIN, "blood bilirubin increased", [3, 2, 2, 2, 2, 2]),
        (HIGH_BILIRUBIN, "blood bilirubin increased", [4, 3, 3, 3, 3, 3]),
        (CREATININE, "creatinine increased", [0, 0, 0, 2, 2, 0]),
        (ALT, "alanine aminotransferase increased", [2, 2, 2, 1, 1, 1]),
        (ALT_OVER, "alanine aminotransferase increased", [2, 2, 2, 2, 1, 3]),
        (SODIUM, "hyponatremia", [None, 3, 3, 3, 2, 2]),
        (PHOSPHATE, "hypophosphatemia", [None, 3, 3, 3, None, None]),
    ],
)
def test_same_value_has_another_grade_on_another_scale(measurement: Measurement, term: str, expected: list) -> None:
    assert grades(measurement, term) == expected


def test_phosphate_is_graded_by_treatment_from_version_5_on_and_says_so() -> None:
    found = grade_value(PHOSPHATE, "hypophosphatemia", "ctcae-v5")
    assert found.reason == "cannot be graded, because the scale does not grade this term from a number"
    assert why_no_numbers("ctcae-v5", "hypophosphatemia") == "it is graded by the treatment given"
    assert why_no_numbers("ctcae-v4", "hypophosphatemia") is None


def test_two_gradings_of_the_same_platelets_are_crossed_with_what_neither_can_grade() -> None:
    frame = pl.DataFrame(
        {"value_micro": [n * MILLION for n in (5, 20, 20, 60, 200)] + [None], "value_unit": ["10^9/L"] * 6}
    ).with_columns(
        pl.lit(150 * MILLION).alias("lower_limit_micro"),
        *(pl.lit(None, pl.Int64).alias(name) for name in ("upper_limit_micro", "baseline_micro")),
        *(
            pl.lit(None, pl.String).alias(name)
            for name in ("value_censored", "lower_limit_unit", "upper_limit_unit", "baseline_unit", "baseline_was")
        ),
    )
    table = regrade(nw.from_native(frame.lazy()), "platelet count decreased", "ctcae-v5", "ctcae-v6")
    none = "not graded: there is no number in it"
    assert table.counts == {("0", "0"): 1, ("2", "2"): 1, ("4", "3"): 2, ("4", "4"): 1, (none, none): 1}
    assert (table.changed, table.graded_by_both) == (2, 5)


def test_term_renamed_between_versions_is_found_by_either_name() -> None:
    assert name_on("ctcae-v6", "platelet count decreased") == "thrombocytopenia"
    assert criteria_of("ctcae-v4", "thrombocytopenia")[0].term == "platelet count decreased"


def test_term_that_no_scale_grades_by_number_is_misuse() -> None:
    with pytest.raises(Misuse, match="no scale grades 'lassitude'"):
        grade_value(PLATELETS, "lassitude")


# What an option changes.


def sodium(value: float, **options: object) -> Graded:
    return grade_value(measured(value, "mmol/L", lower_limit=135), "hyponatremia", "ctcae-v5", Options(**options))


def test_symptoms_that_are_not_recorded_are_absent_unless_the_review_says_otherwise() -> None:
    assert sodium(127).rule == "grade 2: < 130 mmol/L"
    assert sodium(127, assume_symptomatic=True).rule == "grade 3: < 130 mmol/L, symptomatic"
    assert sodium(127, assume_symptomatic=None).reason.endswith("circumstance that is not recorded")


def test_symptoms_that_cannot_change_the_grade_need_not_be_known() -> None:
    assert sodium(122, assume_symptomatic=None).grade == 3
    assert sodium(133, assume_symptomatic=None).grade == 1


def test_recorded_symptoms_go_before_what_the_option_assumes() -> None:
    told = measured(127, "mmol/L", lower_limit=135, circumstance=False)
    assert grade_value(told, "hyponatremia", "ctcae-v5", Options(assume_symptomatic=True)).grade == 2


@pytest.mark.parametrize(("gaps", "grade"), [(Gaps.HIGHER, 2), (Gaps.LOWER, 1), (Gaps.NOT_GRADED, None)])
def test_sodium_between_two_printed_whole_numbers_has_the_grade_of_the_chosen_reading(gaps: Gaps, grade: int) -> None:
    assert sodium(129.5, gaps=gaps).grade == grade
    assert sodium(129, gaps=gaps).grade == 2
    assert sodium(130, gaps=gaps).grade == 1


def test_gap_that_version_6_closed_is_no_choice_there() -> None:
    value = measured(129.5, "mmol/L", lower_limit=135)
    found = {grade_value(value, "hyponatremia", "ctcae-v6", Options(gaps=gaps)).grade for gaps in Gaps}
    assert found == {2}


def test_creatinine_by_limits_alone_is_not_compared_with_the_baseline() -> None:
    limits = Options(baseline_rule=BaselineRule.LIMITS_ONLY)
    assert grade_value(CREATININE, "creatinine increased", "ctcae-v5").grade == 2
    assert grade_value(CREATININE, "creatinine increased", "ctcae-v5", limits).grade == 0
    assert grade_value(ALT_OVER, "alanine aminotransferase increased", "ctcae-v5", limits).grade == 2


def test_weight_gain_has_nothing_but_a_baseline_and_keeps_it() -> None:
    gained = measured(77, "kg", baseline=70)
    assert grade_value(gained, "weight gain", "ctcae-v5", Options(baseline_rule=BaselineRule.LIMITS_ONLY)).grade == 2


def test_unknown_baseline_is_taken_as_normal_only_where_the_review_says_so() -> None:
    alone = measured(112, "U/L", upper_limit=40)
    term = "alanine aminotransferase increased"
    assert "whether the baseline was normal" in grade_value(alone, term, "ctcae-v5").reason
    assert grade_value(alone, term, "ctcae-v5", Options(baseline_rule=BaselineRule.UNKNOWN_IS_NORMAL)).grade == 1


def test_creatinine_of_version_6_is_compared_only_with_a_baseline_below_its_limits() -> None:
    low = measured(1.0, "mg/dL", upper_limit=1.2, baseline=0.4, baseline_was="low")
    assert grade_value(low, "creatinine increased", "ctcae-v6").rule == "grade 2: > 1.5 x baseline, baseline low"
    assert grade_value(CREATININE, "creatinine increased", "ctcae-v6").grade == 0


# Version 4 compares creatinine with the baseline at every grade.


def test_creatinine_of_version_4_without_a_baseline_has_a_grade_but_no_grade_0() -> None:
    assert grade_value(measured(2.0, "mg/dL", upper_limit=1.2), "creatinine increased", "ctcae-v4").grade == 2
    within = grade_value(measured(1.0, "mg/dL", upper_limit=1.2), "creatinine increased", "ctcae-v4")
    assert within.reason == "cannot be graded, because there is no baseline in its unit"


@pytest.mark.parametrize(("value", "grade"), [(1.35, 1), (1.5, 1), (1.6, 1), (2.1, 2), (3.1, 3), (4.1, 3)])
def test_acute_kidney_injury_of_version_4_counts_a_rise_or_a_multiple(value: float, grade: int) -> None:
    assert grade_value(measured(value, "mg/dL", baseline=1.0), "acute kidney injury", "ctcae-v4").grade == grade


def test_alkaline_phosphatase_of_version_6_must_exceed_both_its_limit_and_the_baseline() -> None:
    def grade(value: float, baseline: float | None) -> Graded:
        told = measured(value, "U/L", upper_limit=120, baseline=baseline)
        return grade_value(told, "alkaline phosphatase increased", "ctcae-v6")

    assert grade(500, 100).rule == "grade 1: > 1 x baseline, and above ULN"
    assert grade(130, 140).grade == 0
    assert grade(110, None).grade == 0
    assert grade(130, None).grade is None


def test_clearance_below_ten_is_graded_under_another_term() -> None:
    found = [grade_value(measured(n, "mL/min"), "creatinine clearance decreased", "ctcae-v6") for n in (9, 10, 26, 50)]
    assert [graded.grade for graded in found] == [None, 3, 2, 0]
    assert found[0].reason.endswith("the scale grades such a value under another term")


def test_haemoglobin_of_version_4_is_measured_from_the_baseline_where_that_was_high() -> None:
    high = measured(20.5, "g/dL", upper_limit=17, baseline=18, baseline_was="abnormal")
    assert grade_value(high, "hemoglobin increased", "ctcae-v4").rule == (
        "grade 2: > 2 g/dL over baseline, baseline abnormal"
    )
    assert grade_value(high, "hemoglobin increased", "ctcae-v5").rule == "grade 2: > 2 g/dL over ULN"


def test_fibrinogen_is_graded_by_its_limit_or_by_its_fall_whichever_is_worse() -> None:
    fallen = measured(1.6, "g/L", lower_limit=1.8, baseline=6.4)
    assert grade_value(fallen, "fibrinogen decreased", "ctcae-v4").grade == 4
    normal = measured(2.0, "g/L", lower_limit=1.8, baseline=8.0)
    assert grade_value(normal, "fibrinogen decreased", "ctcae-v4").grade == 4
    assert grade_value(normal, "fibrinogen decreased", "ctcae-v5").grade == 0


# Each value in the unit in which it was reported.


@pytest.mark.parametrize("scale", ["ctcae-v4", "ctcae-v5", "ctcae-v6"])
def test_magnesium_is_graded_by_the_cut_points_of_its_own_unit_which_are_not_the_same_amount(scale: str) -> None:
    in_mg, in_mmol = measured(1.21, "mg/dL", lower_limit=1.7), measured(0.499, "mmol/L", lower_limit=0.7)
    assert 1.21 * 0.4114 < 0.499  # the same patient would be lower in mg/dL
    assert grade_value(in_mg, "hypomagnesemia", scale).grade == 1
    assert grade_value(in_mmol, "hypomagnesemia", scale).grade == 2


def test_ionised_calcium_in_a_unit_that_the_scale_does_not_print_is_not_converted() -> None:
    found = grade_value(measured(3.9, "mg/dL", lower_limit=4.5), "hypocalcemia (ionized)", "ctcae-v5")
    assert found.reason.endswith("the scale has no cut-points in its unit")


@pytest.mark.parametrize("unit", [None, "1"])
def test_inr_and_ph_need_no_unit(unit: str | None) -> None:
    assert grade_value(measured(7.25, unit, lower_limit=7.35), "acidosis", "ctcae-v5").grade == 3
    assert grade_value(measured(1.6, unit), "inr increased", "ctcae-v5").grade == 2


def test_inr_is_compared_with_the_baseline_only_on_anticoagulation() -> None:
    treated = measured(2.4, None, baseline=0.9, circumstance=True)
    untreated = measured(2.4, None, baseline=0.9, circumstance=False)
    assert grade_value(treated, "inr increased", "ctcae-v5").rule == "grade 3: > 2.5 x baseline, on anticoagulation"
    assert grade_value(untreated, "inr increased", "ctcae-v5").grade == 2


@pytest.mark.parametrize(("celsius", "grade"), [(37.9, 0), (38.0, 1), (39.0, 1), (39.1, 2), (40.0, 2), (40.1, 3)])
def test_fever_on_a_cut_point_has_the_lower_grade_but_for_the_first(celsius: float, grade: int) -> None:
    assert grade_value(measured(celsius, "C"), "fever", "ctcae-v5").grade == grade


def test_fever_above_40_for_more_than_a_day_is_grade_4() -> None:
    assert grade_value(measured(40.5, "C", circumstance=True), "fever", "ctcae-v5").grade == 4
    assert grade_value(measured(104.5, "F", circumstance=True), "fever", "ctcae-v5").grade == 4
    assert [grade_value(measured(102.25, "F"), "fever", options=Options(gaps=gaps)).grade for gaps in Gaps] == [
        2,
        1,
        None,
    ]
    assert grade_value(measured(40.5, "C"), "fever", "ctc-v1", Options(assume_symptomatic=None)).grade is None


def test_urine_output_is_graded_by_eight_hours_or_by_a_day() -> None:
    assert grade_value(measured(79, "mL/8h"), "urine output decreased", "ctcae-v5").grade == 3
    assert grade_value(measured(239, "mL/24h"), "urine output decreased", "ctcae-v5").grade == 4
    assert grade_value(measured(79, "mL/h"), "urine output decreased", "ctcae-v5").grade is None


@pytest.mark.parametrize(("kg", "grade"), [(66.6, 0), (66.5, 1), (63.0, 2), (56.0, 3), (75, 0)])
def test_weight_loss_on_a_cut_point_has_the_higher_grade(kg: float, grade: int) -> None:
    assert grade_value(measured(kg, "kg", baseline=70), "weight loss", "ctcae-v5").grade == grade


# Groups by age and sex.


@pytest.mark.parametrize(
    ("sex", "born", "group"),
    [
        ("F", date(1985, 7, 2), "57 days to 12 years"),
        ("F", date(1985, 7, 1), "female, 13 years or more"),
        (None, date(1985, 7, 1), None),
        (None, date(1998, 5, 5), "57 days to 12 years"),
        (None, date(1998, 5, 6), "36 to 56 days"),
        ("M", None, None),
    ],
)
def test_group_is_by_completed_days_and_years(sex: str | None, born: date | None, group: str | None) -> None:
    assert age_group("daids-2.1", "anemia", sex, born, date(1998, 7, 1)) == group


def test_scale_with_groups_does_not_grade_a_patient_of_unknown_age() -> None:
    low = measured(9.2, "g/dL")
    assert "age or sex" in grade_value(low, "anemia", "daids-2.1").reason
    woman = measured(9.2, "g/dL", group="female, 13 years or more")
    assert grade_value(woman, "anemia", "daids-2.1").grade == 2


def test_age_for_which_a_scale_has_no_criteria_is_a_reason() -> None:
    child = measured(100, "mg/dL", group="2 years or less")
    assert grade_value(child, "ldl increased", "daids-2.1").reason.endswith("the scale has no criteria for this age")


# The criteria themselves.


def test_each_laboratory_test_has_a_term_and_no_spelling_is_of_two_tests() -> None:
    with (FOLDER / "tests.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    spellings = [row["spelling"] for row in rows]
    assert len(set(spellings)) == len(spellings) > 30
    assert all(spelling == spelling.lower() for spelling in spellings)
    assert {lab_test(row["test"]).term for row in rows} <= read_scale("ctcae-v5").keys()


def test_removed_term_has_its_own_reason_and_an_unlisted_one_a_general_one() -> None:
    assert why_no_numbers("ctcae-v6", "cpk increased") == "the term was removed"
    assert why_no_numbers("ctc-v1", "leukocytosis") == "the scale has no criteria for it here"


@pytest.mark.parametrize(
    ("scale", "terms", "rows", "unsure"),
    [
        ("ctc-v1", 21, 101, 88), ("ctc-v2", 41, 227, 218), ("ctcae-v3", 42, 237, 223), ("ctcae-v4", 47, 286, 0),
        ("ctcae-v5", 45, 275, 0), ("ctcae-v6", 48, 273, 0), ("daids-2.1", 42, 430, 0),
    ],
)  # fmt: skip
def test_scale_has_so_many_terms_and_rows_and_so_many_of_them_are_not_verified(
    scale: str, terms: int, rows: int, unsure: int
) -> None:
    criteria = read_scale(scale)
    assert (len(criteria), sum(map(len, criteria.values())), len(unverified(scale))) == (terms, rows, unsure)


def test_grade_by_a_row_that_nobody_compared_with_the_print_says_so() -> None:
    assert grade_value(BILIRUBIN, "blood bilirubin increased", "ctc-v2").rule == "grade 2: > 1.5 x ULN (not verified)"


@pytest.mark.parametrize("scale", SCALES)
def test_criteria_of_a_term_point_one_way_and_name_their_source(scale: str) -> None:
    for rows in read_scale(scale).values():
        assert len({row.direction for row in rows}) == 1
        assert {row.source for row in rows} == {scale.replace("-", "_").replace(".", "_")}
        assert {row.evidence for row in rows} <= {"V", "M"}


def test_options_are_sentences_for_a_report() -> None:
    told = Options(assume_symptomatic=True, baseline_rule=BaselineRule.LIMITS_ONLY, gaps=Gaps.NOT_GRADED).sentences
    assert told == (
        "Symptoms and other circumstances that are not recorded are taken to be present.",
        "Limits of normal alone are used where a grade has criteria by limit and by baseline.",
        "A value in a gap between two printed grades is not graded.",
    )
