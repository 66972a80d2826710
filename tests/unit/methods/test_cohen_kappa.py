"""What does kappa say of tables whose answer is known, and of those that have none?"""

from __future__ import annotations

import pytest

from seriatim.methods.cohen_kappa import cohen_kappa
from seriatim.methods.values import Estimate, NotEstimable


def test_published_kappa_of_marital_satisfaction_is_reached_with_its_standard_error() -> None:
    table = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
    plain, linear = cohen_kappa(table), cohen_kappa(table, "linear")
    assert (round(plain.value, 4), round(linear.value, 4)) == (0.1293, 0.2374)
    half = [(found.interval.upper - found.interval.lower) / 2 / 1.959964 for found in (plain, linear)]
    assert [round(error, 5) for error in half] == [0.06860, 0.07832]


def test_graders_who_never_differ_have_kappa_1_and_no_interval() -> None:
    found = cohen_kappa([[40, 0], [0, 3]])
    assert (found.value, found.interval) == (1.0, None)
    assert found.warning == "The graders never differ: no interval."


def test_graders_whose_grades_are_unrelated_have_kappa_0() -> None:
    assert cohen_kappa([[9, 9], [9, 9]]).value == pytest.approx(0)


def test_interval_stays_inside_minus_1_to_1() -> None:
    apart, close = cohen_kappa([[0, 3], [2, 1]]), cohen_kappa([[9, 0], [1, 9]])
    assert apart.interval.lower == -1
    assert close.interval.upper == 1


def test_weights_make_no_difference_between_two_levels() -> None:
    values = {round(cohen_kappa([[20, 5], [4, 11]], weights).value, 12) for weights in ("none", "linear", "quadratic")}
    assert len(values) == 1


def test_high_agreement_on_a_rare_event_can_be_little_beyond_chance() -> None:
    found = cohen_kappa([[0, 3], [2, 150]])
    assert 150 / 155 > 0.96
    assert found.value < 0


def test_swapping_the_graders_changes_nothing() -> None:
    table = [[30, 6, 1], [5, 22, 7], [1, 8, 19]]
    turned = [list(column) for column in zip(*table, strict=True)]
    one, other = cohen_kappa(table, "quadratic"), cohen_kappa(turned, "quadratic")
    assert other.value == pytest.approx(one.value, abs=1e-12)
    assert other.interval.lower == pytest.approx(one.interval.lower, abs=1e-12)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([[0, 0], [0, 0]], "nobody was graded by both"),
        ([[12, 0], [0, 0]], "both graders gave one and the same grade throughout"),
        ([[12]], "both graders gave one and the same grade throughout"),
    ],
)
@pytest.mark.parametrize("weights", ["none", "linear"])
def test_table_that_cannot_show_agreement_is_a_reason(table: list, reason: str, weights: str) -> None:
    assert cohen_kappa(table, weights) == NotEstimable(reason)


@pytest.mark.parametrize("table", [[[1, 2, 3], [1, 2, 3]], [1, 2], [[1, -1], [0, 2]], [[1, 0.5], [0, 2]]])
def test_what_is_no_square_table_of_counts_is_refused(table: list) -> None:
    with pytest.raises(ValueError, match=r"square|whole numbers"):
        cohen_kappa(table)


def test_level_is_that_of_the_interval() -> None:
    table = [[30, 6], [5, 22]]
    wide, narrow = cohen_kappa(table, level=0.99), cohen_kappa(table, level=0.8)
    assert isinstance(wide, Estimate)
    assert wide.interval.lower < narrow.interval.lower < wide.value < narrow.interval.upper < wide.interval.upper
