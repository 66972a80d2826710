"""Do whole-number scores keep the spacing of the scores they stand for?"""

from __future__ import annotations

from fractions import Fraction

import pytest

from seriatim.methods.kernels.integer_scores import integer_scores


def test_mean_case_numbers_of_eight_groups_of_155_become_0_to_7() -> None:
    assert integer_scores([78 + 155 * group for group in range(8)]).tolist() == list(range(8))


def test_a_last_group_of_156_moves_its_mean_by_one_part_in_310() -> None:
    means = [78 + 155 * group for group in range(7)] + [1163.5]
    assert integer_scores(means).tolist() == [*range(0, 2170, 310), 2171]


def test_a_mean_of_three_case_numbers_is_read_as_thirds() -> None:
    assert integer_scores([10 / 3, 20 / 3, 10.0]).tolist() == [0, 1, 2]


def test_a_fraction_is_taken_as_it_is() -> None:
    assert integer_scores([Fraction(1, 10_000_019), Fraction(2, 10_000_019)]).tolist() == [0, 1]


def test_one_score_for_all_groups_is_zero() -> None:
    assert integer_scores([5, 5, 5]).tolist() == [0, 0, 0]


def test_no_groups_have_no_scores() -> None:
    assert integer_scores([]).tolist() == []


def test_scores_without_a_common_unit_are_refused() -> None:
    with pytest.raises(ValueError, match="round them"):
        integer_scores([0.0, 3.14159265, 2.718281828, 1.41421356])


def test_a_missing_score_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        integer_scores([1.0, float("nan")])
