"""Do values of methods become rows that keep everything the method said?"""

from __future__ import annotations

from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue
from seriatim.results.build import Subject, estimate_row, number_row, p_value_row

SEPSIS = Subject(
    "incidence", "line_sepsis", group="cases 1–155", unit="patient", tally="incidence", assumptions="no repeats"
)


def test_rows_of_one_comparison_share_its_id_and_differ_by_their_statistic():
    about = SEPSIS.about(stratum="renal cell", reference_group="a/b")
    assert about.comparison_id == "incidence/line_sepsis/renal_cell/cases_1–155/a_b"
    assert number_row(about, "patients", 155).result_id == about.comparison_id + "/patients"
    assert SEPSIS.comparison_id == "incidence/line_sepsis/-/cases_1–155/-"


def test_several_rows_of_one_statistic_are_told_apart_by_a_suffix():
    row = number_row(SEPSIS, "worst_grade", 3.0, id_suffix="not_graded")
    assert row.result_id == "incidence/line_sepsis/-/cases_1–155/-/worst_grade/not_graded"


def test_row_carries_what_its_subject_and_its_columns_say():
    row = number_row(SEPSIS, "patients", 155.0, denominator=155, missing=2)
    assert (row.group, row.unit, row.tally, row.assumptions) == ("cases 1–155", "patient", "incidence", "no repeats")
    assert (row.denominator, row.missing) == (155, 2)
    assert number_row(SEPSIS, "patients", 155.0, assumptions="scores").assumptions == "scores"


def test_estimate_brings_its_interval_method_flags_and_warning():
    interval = Interval(0.124, 0.25, 0.95, "Clopper-Pearson", sides=1)
    row = estimate_row(SEPSIS, "risk", Estimate(0.18, "proportion", interval, ("small", "exact"), "few events"))
    assert (row.value, row.lower, row.upper, row.level, row.sides) == (0.18, 0.124, 0.25, 0.95, 1)
    assert (row.method, row.convention, row.flags, row.warning) == (
        "proportion",
        "Clopper-Pearson",
        "small exact",
        "few events",
    )


def test_estimate_without_an_interval_has_no_bounds():
    row = estimate_row(SEPSIS, "shift", Estimate(-6.0, "Hodges-Lehmann"))
    assert (row.value, row.lower, row.level, row.convention, row.warning) == (-6.0, None, None, "", "")


def test_p_value_brings_its_convention_and_sides():
    p = PValue(0.0374, "Fisher's exact test", "central", sides=2, seed=7, mc_error=0.001, flags=("exact",))
    row = p_value_row(SEPSIS, "p_fisher_central", p, missing=0)
    assert (row.value, row.method, row.convention, row.sides) == (0.0374, "Fisher's exact test", "central", 2)
    assert (row.seed, row.mc_error, row.flags, row.warning, row.missing) == (7, 0.001, "exact", "", 0)


def test_what_cannot_be_estimated_is_a_row_with_its_reason():
    nothing = NotEstimable("a group has no patients")
    for row in (estimate_row(SEPSIS, "risk", nothing, missing=3), p_value_row(SEPSIS, "p_score", nothing, missing=3)):
        assert (row.value, row.reason, row.missing) == (None, "a group has no patients", 3)
