"""Is the shift that of all pairs, with the interval that the rank-sum test leaves?"""

from __future__ import annotations

import pytest

from seriatim.methods.hodges_lehmann import shift
from seriatim.methods.values import Estimate, Interval, NotEstimable


def of(result: Estimate | NotEstimable) -> Estimate:
    assert isinstance(result, Estimate)
    return result


def bounds(result: Estimate | NotEstimable) -> tuple[float, float]:
    interval = of(result).interval
    assert isinstance(interval, Interval)
    return interval.lower, interval.upper


def test_fewer_doses_in_the_last_group_are_a_negative_shift() -> None:
    assert of(shift([7, 13], [0, 20], [20, 0])).value == -6.0


def test_two_middle_differences_are_averaged() -> None:
    # Differences 0, 1, 2 and 3, one pair each.
    assert of(shift([0, 1, 3], [1, 1, 0], [0, 1, 1])).value == 1.5


def test_exchanging_first_and_last_turns_the_interval_round() -> None:
    values, first, last = [1, 2, 3, 4, 5, 6], [1, 2, 5, 4, 2, 1], [6, 5, 4, 1, 1, 0]
    lower, upper = bounds(shift(values, first, last))
    assert bounds(shift(values, last, first)) == (-upper, -lower)
    assert lower <= of(shift(values, first, last)).value <= upper


def test_moving_the_last_group_moves_estimate_and_interval() -> None:
    first, last = [1, 2, 5, 4, 2, 1, 0, 0, 0], [2, 5, 4, 1, 1, 0, 0, 0, 0]
    moved = [0, 0, 0, *last[:6]]
    lower, upper = bounds(shift(range(9), first, last))
    assert bounds(shift(range(9), first, moved)) == (lower + 3, upper + 3)


def test_decimals_that_differ_only_in_their_last_bit_are_one_difference() -> None:
    tenths = [0.1, 0.2, 0.3, 0.4]
    ints = [1, 2, 3, 4]
    first, last = [4, 3, 3, 2], [1, 2, 4, 6]
    lower, upper = bounds(shift(ints, first, last))
    assert bounds(shift(tenths, first, last)) == pytest.approx((lower / 10, upper / 10))


def test_groups_of_two_are_too_few_for_an_interval() -> None:
    few = of(shift([1, 2, 3, 4], [1, 1, 0, 0], [0, 0, 1, 1]))
    assert (few.value, few.interval, few.flags) == (2.0, None, ("too_few_for_interval",))


def test_one_and_the_same_value_in_both_groups_is_no_shift_at_all() -> None:
    assert bounds(shift([7], [30], [30])) == (0.0, 0.0)


def test_an_empty_group_has_no_shift() -> None:
    assert isinstance(shift([1, 2], [0, 0], [1, 1]), NotEstimable)


def test_too_many_different_values_are_refused_with_a_reason() -> None:
    refused = shift(range(5000), [1] * 5000, [1] * 5000)
    assert isinstance(refused, NotEstimable)
    assert "round" in refused.reason


@pytest.mark.parametrize(
    ("values", "first", "last"), [([1, 2], [1], [1, 1]), ([1, 1], [1, 2], [2, 1]), ([1, 2], [-1, 2], [1, 1])]
)
def test_impossible_histograms_are_refused(values: list[float], first: list[int], last: list[int]) -> None:
    with pytest.raises(ValueError, match="got"):
        shift(values, first, last)


def test_where_ties_let_every_shift_be_rejected_the_interval_is_the_difference_at_which_the_test_turns() -> None:
    moved = shift([0, 1, 2], [1, 0, 19], [15, 5, 0])
    assert (moved.value, moved.interval.lower, moved.interval.upper) == (-2.0, -2.0, -2.0)
