"""How many had it, of how many who could be judged, and between which bounds?"""

from __future__ import annotations

import pytest

from seriatim.analyses._keys import GROUP, OUTCOME, endpoint_key
from seriatim.analyses._risk import first_and_last, mean_case_numbers, risk_rows, risks
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, tally_from_rows

SUBJECT = Subject("incidence", "sepsis", unit="patient")


def tally(*groups: dict[str, int]) -> Tally:
    key = Key("group", Role.PARTITION, tuple(f"group {place}" for place in range(1, len(groups) + 1)))
    rows = [(key.levels[place], name, n) for place, group in enumerate(groups) for name, n in group.items()]
    return tally_from_rows("incidence", Unit.PATIENT, "patients", (key, OUTCOME), rows)


# Of 20 patients 3 certainly had it, 2 perhaps before treatment, 4 lack a grade, 6 did not, 3 + 2 cannot be judged.
MIXED = {"yes": 3, "onset unclear": 2, "not graded": 4, "no": 6, "not assessed": 3, "window open": 2}


def test_unclear_onset_counts_and_a_missing_grade_does_not():
    found = risks(tally(MIXED))
    assert (found.events.tolist(), found.assessed.tolist(), found.missing.tolist()) == ([5], [15], [5])
    assert found.patients.tolist() == [20]


def test_bounds_run_from_the_certain_to_everything_that_could_be():
    found = risks(tally(MIXED))
    assert found.lowest.tolist() == [3]
    assert found.highest.tolist() == [5 + 4 + 5]


def test_risk_row_has_numerator_denominator_missing_and_the_exact_interval():
    (row,) = risk_rows(SUBJECT, risks(tally({"yes": 28, "no": 127})), 0.95)
    assert (row.numerator, row.denominator, row.missing, row.group) == (28, 155, 0, "group 1")
    assert row.value == 28 / 155
    assert (round(row.lower, 3), round(row.upper, 3), row.convention) == (0.124, 0.250, "Clopper-Pearson")


def test_bounds_are_rows_over_all_patients_where_something_is_missing():
    _, lowest, highest = risk_rows(SUBJECT, risks(tally(MIXED)), 0.95)
    assert (lowest.statistic, lowest.value, lowest.numerator, lowest.denominator) == ("risk_lowest", 3 / 20, 3, 20)
    assert (highest.statistic, highest.value, highest.missing) == ("risk_highest", 14 / 20, 0)
    assert highest.method == "bound over all completions of what is missing"


@pytest.mark.parametrize("missing", ["onset unclear", "not graded", "not assessed", "window open"])
def test_each_kind_of_missing_alone_opens_the_bounds(missing):
    assert len(risk_rows(SUBJECT, risks(tally({"yes": 3, "no": 6, missing: 1})), 0.95)) == 3


def test_group_in_which_nobody_could_be_judged_has_a_reason_and_bounds_from_nobody_to_all():
    risk, lowest, highest = risk_rows(SUBJECT, risks(tally({"not assessed": 4})), 0.95)
    assert (risk.value, risk.reason, risk.missing) == (None, "there are no patients", 4)
    assert (lowest.value, highest.value) == (0.0, 1.0)


def test_empty_group_has_a_reason_and_no_bounds():
    rows = risk_rows(SUBJECT, risks(tally({"yes": 1, "no": 1}, {})), 0.95)
    assert [(row.group, row.value) for row in rows] == [("group 1", 0.5), ("group 2", None)]


def test_printed_table_of_yes_and_no_alone_has_nothing_missing():
    keys = (Key("group", Role.PARTITION, ("first", "last")), Key("outcome", Role.PARTITION, ("yes", "no")))
    lines = [("first", "yes", 5), ("first", "no", 150), ("last", "no", 156)]
    found = risks(tally_from_rows("incidence", Unit.PATIENT, "printed", keys, lines))
    assert (found.events.tolist(), found.assessed.tolist()) == ([5, 0], [155, 156])
    assert found.missing.tolist() == found.not_graded.tolist() == [0, 0]


def test_first_and_last_group_are_compared_and_not_the_ones_between():
    assert first_and_last(risks(tally({"yes": 1, "no": 4}, {"no": 9}, {"yes": 2, "no": 5}))) == (1, 5, 2, 7)


def test_series_of_one_group_has_nobody_to_compare_it_with():
    assert first_and_last(risks(tally({"yes": 1, "no": 4}))) == (0, 0, 1, 5)


def test_mean_case_number_is_the_middle_of_each_group():
    assert mean_case_numbers([3, 1, 2]) == [2.0, 4.0, 5.5]


def test_key_of_endpoints_has_their_labels():
    plan = Plan(title="t", grouping={"by": "blocks", "size": 5}, endpoints=[{"id": "a", "label": "Line sepsis"}])
    assert endpoint_key(plan).label("a") == "Line sepsis"
    assert GROUP.role is Role.PARTITION
