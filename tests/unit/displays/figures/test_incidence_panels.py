"""Do the small multiples show what was counted, and say it in words?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures.incidence_panels import (
    CurvePoint,
    EndpointPanel,
    GroupProportion,
    PracticeChange,
    incidence_panels,
)

GROUPS = (GroupProportion(1, 3, 2, 3, 0.09, 0.99), GroupProportion(4, 6, 0, 3, 0.0, 0.71))
SEPSIS = EndpointPanel("Line sepsis", (1, 3), GROUPS, (CurvePoint(1, 0.6, 0.2, 0.9), CurvePoint(6, 0.1, 0.0, 0.5)))


def test_each_event_is_one_tick_at_its_case_number() -> None:
    assert incidence_panels([SEPSIS]).spec["datasets"]["events_0"] == [{"case": 1}, {"case": 3}]


def test_group_is_drawn_at_its_middle_case_with_its_interval() -> None:
    first = incidence_panels([SEPSIS]).spec["datasets"]["groups_0"][0]
    assert (first["case"], first["risk"], first["lower"], first["upper"]) == (2.0, 2 / 3, 0.09, 0.99)


def test_alternative_gives_first_and_last_group_with_counts() -> None:
    words = incidence_panels([SEPSIS]).alternative
    assert "Line sepsis: 2 of 3 (67 %) in the first group, 0 of 3 (0 %) in the last." in words


def test_practice_changes_are_lettered_in_the_order_of_cases() -> None:
    changes = [PracticeChange(5, "stress test"), PracticeChange(2, "oxacillin")]
    figure = incidence_panels([SEPSIS], changes)
    assert figure.spec["datasets"]["changes"] == [{"case": 2, "letter": "A"}, {"case": 5, "letter": "B"}]
    assert "A, oxacillin (case 2); B, stress test (case 5)." in figure.caption


def test_own_scales_are_confessed_in_the_caption() -> None:
    assert "own vertical scale" in incidence_panels([SEPSIS], shared_scale=False).caption
    assert "own vertical scale" not in incidence_panels([SEPSIS]).caption


def test_series_without_a_curve_or_an_event_is_drawn_all_the_same() -> None:
    figure = incidence_panels([EndpointPanel("Cardiac ischaemia", (), GROUPS[1:])])
    assert figure.spec["datasets"]["events_0"] == []
    assert "curve_0" not in figure.spec["datasets"]


@pytest.mark.parametrize("panels", [[], [EndpointPanel("Line sepsis", (), ())]])
def test_picture_of_nothing_is_refused(panels: list[EndpointPanel]) -> None:
    with pytest.raises(ValueError, match="at least one endpoint"):
        incidence_panels(panels)


def test_single_group_is_not_told_as_first_and_last() -> None:
    figure = incidence_panels([EndpointPanel("Line sepsis", (1, 3), GROUPS[:1])])
    assert (
        figure.alternative == "Share of patients with each event along case numbers 1 to 3. Line sepsis: 2 of 3 (67 %)."
    )
    assert "→" not in str(figure.spec)
