"""Is there a trend over groups and along the case number?"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from seriatim.analyses._curve import MOST_BINS, curve_rows
from seriatim.analyses._keys import OUTCOME
from seriatim.analyses._risk import Risks
from seriatim.analyses._trend import case_trend_row, group_trend_rows, scores, split_by_case
from seriatim.methods.cochran_armitage import cochran_armitage
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, select, tally_from_rows

SUBJECT = Subject("incidence", "sepsis", exploratory=True)
BLOCKS = Plan(title="t", grouping={"by": "blocks", "size": 10})
ARMS = Plan(title="t", grouping={"by": "levels", "column": "arm", "levels": ["A", "B", "C"]})


def risk(events: list[int], assessed: list[int], missing: list[int] | None = None) -> Risks:
    zero = np.zeros(len(events), dtype=np.int64)
    groups = tuple(f"g{place}" for place in range(len(events)))
    lost = zero if missing is None else np.array(missing)
    return Risks(groups, np.array(events), np.array(assessed), zero, zero, lost)


def by_case(**cases: list[int]) -> Tally:
    """Case numbers by outcome; `not_assessed` for "not assessed"."""
    keys = (Key("case_number", Role.ORDER), Key("endpoint", Role.VIEW, ("sepsis",)), OUTCOME)
    rows = [(case, "sepsis", name.replace("_", " "), 1) for name, numbers in cases.items() for case in numbers]
    return tally_from_rows("incidence_by_case", Unit.PATIENT, "patients by case", keys, rows)


def test_scores_are_mean_case_numbers_with_the_missing_patients_in_them():
    everybody = risk([0, 0], [8, 10], [2, 0]).patients
    assert scores(BLOCKS, everybody) == ([5.5, 15.5], "mean case number of each group")


def test_scores_of_groups_that_are_not_consecutive_are_their_places():
    assert scores(ARMS, np.array([3, 3, 3])) == ([1.0, 2.0, 3.0], "place of the level in the plan")


def test_plan_may_ask_for_equally_spaced_scores_and_the_row_says_so():
    evenly = Plan(title="t", grouping={"by": "blocks", "size": 10}, trend_scores="equally spaced")
    assert scores(evenly, np.array([10, 10, 14])) == ([1.0, 2.0, 3.0], "equally spaced, 1 to 3")
    assert group_trend_rows(SUBJECT, risk([3, 0], [3, 9]), evenly)[0].assumptions == "scores: equally spaced, 1 to 2"


def test_stratum_is_scored_by_the_case_numbers_of_the_whole_series():
    # Of ten patients in each group of the series, the stratum has 1, 9 and 2; its own mean places would be 1, 6, 11.5.
    part, whole = risk([1, 3, 0], [1, 9, 2]), np.array([10, 10, 10])
    row = group_trend_rows(SUBJECT, part, BLOCKS, whole)[0]
    assert row.value == pytest.approx(cochran_armitage([1, 3, 0], [1, 9, 2], [5.5, 15.5, 25.5]).value)
    assert row.value != pytest.approx(cochran_armitage([1, 3, 0], [1, 9, 2], [1, 6, 11.5]).value)


def test_exact_trend_of_two_groups_is_the_two_sided_hypergeometric_probability():
    # 3 of 3 against 0 of 3: the two tables at the ends, of 20 equally likely ones.
    rows = {row.statistic: row for row in group_trend_rows(SUBJECT, risk([3, 0], [3, 3]), BLOCKS)}
    assert rows["p_trend_groups_exact"].value == pytest.approx(float(Fraction(2, comb(6, 3))))
    assert rows["p_trend_groups_mid"].value == pytest.approx(float(Fraction(1, comb(6, 3))))
    assert rows["p_trend_groups"].assumptions == "scores: mean case number of each group"
    assert rows["p_trend_groups"].group == "all groups"


def test_group_in_which_nobody_could_be_judged_is_left_out_of_the_trend_and_counted_as_missing():
    with_it = group_trend_rows(SUBJECT, risk([3, 0, 0], [3, 0, 3], [0, 3, 0]), BLOCKS)
    assert with_it[1].value == pytest.approx(0.1)
    assert {row.missing for row in with_it} == {3}


def test_one_group_has_no_trend():
    assert {row.value for row in group_trend_rows(SUBJECT, risk([3], [10]), BLOCKS)} == {None}


def test_cases_are_split_into_those_with_and_without_and_the_missing():
    tally = by_case(yes=[1, 4], onset_unclear=[2], not_graded=[3], no=[6, 7], not_assessed=[5], window_open=[8])
    events, others, missing = split_by_case(tally, endpoint="sepsis")
    assert (events.tolist(), others.tolist(), missing) == ([1, 2, 4], [3, 6, 7], 2)


def test_trend_along_case_numbers_is_the_exact_rank_sum_test():
    row = case_trend_row(SUBJECT, by_case(yes=[1, 2, 3], no=[4, 5, 6], not_assessed=[7]), endpoint="sepsis")
    assert row.value == pytest.approx(float(Fraction(2, comb(6, 3))))
    assert (row.group, row.tally, row.missing) == ("all cases", "incidence_by_case", 1)


def test_trend_without_any_event_has_a_reason():
    assert case_trend_row(SUBJECT, by_case(no=[1, 2, 3]), endpoint="sepsis").reason.startswith("0 events among 3")


def test_curve_falls_where_the_events_come_first_and_stays_within_its_band():
    had = [case for case in range(1, 121) if case % (3 if case <= 60 else 8) == 0]
    tally = by_case(yes=had, no=sorted(set(range(1, 121)) - set(had)))
    rows = curve_rows(SUBJECT, select(tally, endpoint="sepsis"), BLOCKS, 5)
    assert [row.group for row in rows] == ["case 1", "case 31", "case 60", "case 90", "case 120"]
    assert rows[1].value > 0.25 > rows[3].value
    assert all(row.lower <= row.value <= row.upper for row in rows)
    assert rows[0].level == BLOCKS.level


def test_curve_is_left_out_where_no_points_are_asked_for():
    assert curve_rows(SUBJECT, select(by_case(no=[1]), endpoint="sepsis"), BLOCKS, 0) == []


@pytest.mark.parametrize("cases", [{"no": [1, 2, 3]}, {"not_assessed": [1, 2, 3]}, {"yes": [1], "no": [2]}])
def test_curve_that_cannot_be_fitted_is_one_row_with_its_reason(cases):
    (row,) = curve_rows(SUBJECT, select(by_case(**cases), endpoint="sepsis"), BLOCKS, 5)
    assert (row.value, row.group) == (None, "all cases")
    assert row.reason


def test_curve_of_very_many_cases_is_fitted_to_bins_and_says_nearly_the_same():
    several = range(1, MOST_BINS * 2 + 1)
    events = [case for case in several if case % 4 == 0]
    tally = by_case(yes=events, no=sorted(set(several) - set(events)))
    rows = curve_rows(SUBJECT, select(tally, endpoint="sepsis"), BLOCKS, 3)
    assert [row.group for row in rows] == ["case 1", f"case {MOST_BINS}", f"case {MOST_BINS * 2}"]
    assert [row.value for row in rows] == pytest.approx([0.25] * 3, abs=0.01)
