"""Do the colours hold up in grey, against paper and in the dark?"""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from seriatim.displays.figures import theme

DARK_PAPER = theme.DARK[theme.PAPER]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [theme.INK, theme.MUTED])
def test_words_can_be_read_on_both_papers(colour: str) -> None:
    assert contrast(colour, theme.PAPER) >= 4.5
    assert contrast(theme.DARK[colour], DARK_PAPER) >= 4.5


@pytest.mark.parametrize("colour", theme.SERIES)
def test_marks_stand_out_from_both_papers(colour: str) -> None:
    assert contrast(colour, theme.PAPER) >= 3
    assert contrast(theme.DARK[colour], DARK_PAPER) >= 3


@pytest.mark.parametrize("grade", theme.GRADES)
def test_number_can_be_read_on_its_grade(grade: int) -> None:
    fill, ink = theme.GRADES[grade], theme.GRADE_INKS[grade]
    assert contrast(fill, ink) >= 4.5
    assert contrast(theme.DARK[fill], theme.DARK[ink]) >= 4.5


def test_grades_are_ordered_by_lightness_alone() -> None:
    shades = [theme.GRADES[grade] for grade in sorted(theme.GRADES)]
    assert all(luminance(lighter) > luminance(darker) for lighter, darker in pairwise(shades))
    night = [theme.DARK[shade] for shade in shades]
    assert all(luminance(darker) < luminance(lighter) for darker, lighter in pairwise(night))


def test_series_differ_in_shape_and_dash_besides_colour() -> None:
    assert len(set(theme.SHAPES)) == len(theme.SERIES)
    assert not any(first == second for first, second in combinations(theme.DASHES, 2))


def test_every_colour_of_the_theme_has_its_dark_one() -> None:
    used = {value for value in vars(theme).values() if isinstance(value, str) and value.startswith("#")}
    assert used | set(theme.GRADES.values()) == set(theme.DARK)


def test_label_of_a_group_cannot_leave_its_expression() -> None:
    expression = theme.group_axis(['"]; alert(1) //']).to_dict()["axis"]["labelExpr"]
    assert expression == '["\\"]; alert(1) //"][datum.value]'


@pytest.mark.parametrize(("last", "marks"), [(3, [1, 2, 3]), (12, [1, 5, 12]), (155, [1, 50, 100, 155])])
def test_case_axis_is_marked_at_round_numbers_and_at_both_ends(last: int, marks: list[int]) -> None:
    assert theme.case_ticks(last) == marks
