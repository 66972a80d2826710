"""Is the risk of a dose shown for those who were given it?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures.hazard_by_dose import CumulativeRisk, DoseRisk, HazardGroup, hazard_by_dose

FIRST = HazardGroup("1–4", (DoseRisk(1, 4, 1, 0.01, 0.81), DoseRisk(2, 3, 0, 0.0, 0.71)))
LAST = HazardGroup("5–6", (DoseRisk(1, 2, 0, 0.0, 0.84),), (CumulativeRisk(1, 0.0),))


def test_risk_is_the_share_of_those_given_the_dose() -> None:
    rows = hazard_by_dose([FIRST], event="hypotension").spec["datasets"]["doses"]
    assert [(row["x"], row["risk"]) for row in rows] == [(1.0, 0.25), (2.0, 0.0)]


def test_groups_stand_side_by_side_at_one_dose() -> None:
    rows = hazard_by_dose([FIRST, LAST], event="hypotension").spec["datasets"]["doses"]
    assert [row["x"] for row in rows] == [0.9, 1.9, 1.1]


def test_doses_given_are_printed_below_their_dose_number() -> None:
    rows = hazard_by_dose([FIRST, LAST], event="hypotension").spec["datasets"]["given"]
    assert [(row["x"], row["n"], row["row"]) for row in rows] == [(1, 4, 0), (2, 3, 0), (1, 2, 1)]


def test_cumulative_risk_has_a_panel_only_where_it_was_given() -> None:
    assert len(hazard_by_dose([FIRST], event="hypotension").spec["hconcat"]) == 1
    assert len(hazard_by_dose([FIRST, LAST], event="hypotension").spec["hconcat"]) == 2


def test_last_cumulative_risk_holds_beyond_the_last_dose() -> None:
    rows = hazard_by_dose([LAST], event="hypotension").spec["datasets"]["cumulative"]
    assert [row["x"] for row in rows] == [1, 1.5]


def test_alternative_counts_events_and_doses() -> None:
    assert "1–4: 1 events in 7 doses, from dose 1 to dose 2." in hazard_by_dose([FIRST], event="rash").alternative


@pytest.mark.parametrize("groups", [[], [HazardGroup("1", ())], [FIRST] * 5])
def test_no_group_an_empty_one_or_too_many_to_tell_apart_are_refused(groups: list[HazardGroup]) -> None:
    with pytest.raises(ValueError, match="risk per dose needs"):
        hazard_by_dose(groups, event="hypotension")
