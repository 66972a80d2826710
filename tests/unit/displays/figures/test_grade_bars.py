"""Do the stacked bars keep apart what is severe, what is mild and what is unknown?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures import theme
from seriatim.displays.figures.grade_bars import GradedGroup, GradedTerm, grade_bars

FIRST = GradedGroup("1–4", 1, (0, 0, 1, 0, 0), not_graded=1, not_assessed=1)
LAST = GradedGroup("5–6", 2, (0, 0, 0, 0, 0))


def segments(*groups: GradedGroup) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = grade_bars([GradedTerm("Hypotension", groups)]).spec["datasets"]["grades_0"]
    return rows


def test_severe_grades_stand_on_the_base_line_and_the_unknown_hangs_from_the_top() -> None:
    assert [(row["level"], row["low"], row["high"]) for row in segments(FIRST)] == [
        ("grade 3", 0.0, 0.25),
        ("none", 0.25, 0.5),
        ("not graded", 0.5, 0.75),
        ("not assessed", 0.75, 1.0),
    ]


def test_none_not_graded_and_not_assessed_are_three_colours() -> None:
    ranges = grade_bars([GradedTerm("Hypotension", (FIRST,))]).spec["concat"][0]["layer"][0]["encoding"]["color"]
    colours = dict(zip(ranges["scale"]["domain"], ranges["scale"]["range"], strict=True))
    assert len({colours["none"], colours["not graded"], colours["not assessed"]}) == 3
    assert {colours["not graded"], colours["not assessed"]} == set(theme.HATCHED)


def test_level_that_no_patient_has_takes_no_room() -> None:
    assert [row["level"] for row in segments(LAST)] == ["none"]


def test_alternative_says_how_many_are_unknown() -> None:
    words = grade_bars([GradedTerm("Hypotension", (FIRST, LAST))]).alternative
    assert "grade 3 or worse in 1 of 4 in 1–4 and 0 of 2 in 5–6, unknown in 2 and 0." in words


def test_long_labels_give_way_to_numbers_that_the_axis_explains() -> None:
    groups = [GradedGroup(f"cases {100 * n} to {100 * n + 99}", 1, (0, 0, 0, 0, 0)) for n in range(4)]
    axis = grade_bars([GradedTerm("Rash", tuple(groups))]).spec["concat"][0]["layer"][0]["encoding"]["x"]["axis"]
    assert axis["title"] == "Group, from cases 0 to 99 to cases 300 to 399"
    assert axis["labelExpr"].startswith('["1", "2", "3", "4"]')


@pytest.mark.parametrize("terms", [[], [GradedTerm("Rash", ())]])
def test_picture_without_a_group_is_refused(terms: list[GradedTerm]) -> None:
    with pytest.raises(ValueError, match="at least one toxicity"):
        grade_bars(terms)
