"""Is the first group compared with the last by every convention, and said where they disagree?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.analyses._risk import Risks
from seriatim.analyses._two_groups import P_STATISTICS, first_against_last
from seriatim.results.build import Subject
from seriatim.results.row import ResultRow

SUBJECT = Subject("incidence", "sepsis")


def compared(first: tuple[int, int], last: tuple[int, int], level: float = 0.95, **tests) -> dict[str, ResultRow]:
    zero = np.zeros(2, dtype=np.int64)
    events, n = np.array([first[0], last[0]]), np.array([first[1], last[1]])
    risk = Risks(("first", "last"), events, n, zero, zero, np.array([2, 3]))
    return {row.statistic: row for row in first_against_last(SUBJECT, risk, level, **tests)}


def test_direction_is_last_minus_first_and_the_groups_are_named():
    row = compared((28, 155), (6, 155))["risk_difference"]
    assert row.value == pytest.approx(-22 / 155, abs=1e-15)
    assert (row.direction, row.group, row.reference_group, row.unit) == ("last minus first", "last", "first", "patient")
    assert row.missing == 5


def test_ratios_are_last_over_first():
    rows = compared((28, 155), (6, 155))
    assert rows["risk_ratio"].value == pytest.approx(6 / 28)
    assert {rows[name].direction for name in ("risk_ratio", "odds_ratio")} == {"last over first"}


def test_every_convention_is_a_row_of_the_same_comparison():
    rows = compared((28, 155), (6, 155))
    assert set(P_STATISTICS) <= set(rows)
    assert len({rows[name].convention for name in P_STATISTICS}) == len(P_STATISTICS)
    assert len({rows[name].comparison_id for name in P_STATISTICS}) == 1


def test_cardiac_ischaemia_of_the_abstract_is_not_told_by_one_test_alone():
    rows = compared((5, 155), (0, 155))
    assert round(rows["p_fisher_minimum_likelihood"].value, 4) == 0.0605
    assert round(rows["p_mid"].value, 4) == 0.0302
    assert round(rows["p_boschloo"].value, 4) == 0.0471
    verdict = rows["verdict_depends"]
    assert (verdict.value, verdict.flags) == (1.0, "verdict-depends-on-convention")
    assert "the verdict depends on the choice" in verdict.warning


def test_verdict_that_all_tests_share_has_no_warning():
    verdict = compared((28, 155), (6, 155))["verdict_depends"]
    assert (verdict.value, verdict.flags, verdict.warning) == (0.0, "", "")


def test_verdict_is_asked_at_the_level_of_the_plan():
    # P runs from 0.024 (score) to 0.060 (Fisher): both sides of 0.05, one side of 0.10.
    assert compared((5, 155), (0, 155), level=0.90)["verdict_depends"].value == 0.0


def test_only_the_tests_asked_for_stand_beside_the_two_paired_ones():
    assert [name for name in compared((5, 155), (0, 155), tests={}) if name.startswith("p_")] == [
        "p_score",
        "p_fisher_central",
    ]


def test_group_without_patients_gives_every_row_its_reason():
    rows = compared((5, 155), (0, 0))
    assert {row.reason for name, row in rows.items() if name != "verdict_depends"} == {"a group has no patients"}
    assert rows["verdict_depends"].reason == "no P value could be computed"


def test_series_of_one_group_is_not_compared_with_itself():
    one = np.array([5])
    zero = np.zeros(1, dtype=np.int64)
    rows = first_against_last(SUBJECT, Risks(("all",), one, np.array([155]), zero, zero, zero), 0.95)
    assert {row.value for row in rows} == {None}
