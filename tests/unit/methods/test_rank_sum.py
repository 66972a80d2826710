"""Does the test along case number see the order, and only the order?"""

from __future__ import annotations

import pytest

from seriatim.methods.rank_sum import rank_sum, rank_sum_trend
from seriatim.methods.values import NotEstimable, PValue


def p(result: PValue | NotEstimable) -> PValue:
    assert isinstance(result, PValue)
    return result


def test_events_among_the_first_cases_have_a_negative_z() -> None:
    assert (p(rank_sum_trend([1, 2, 3], n=20)).statistic or 0) < 0


def test_the_only_three_events_in_the_first_three_of_ten_are_2_of_120_orders() -> None:
    assert p(rank_sum_trend([1, 2, 3], n=10)).value == pytest.approx(2 / 120)


def test_a_balanced_order_has_p_one() -> None:
    balanced = p(rank_sum_trend([1, 4], n=4))
    assert (balanced.value, balanced.statistic, balanced.flags) == (1.0, 0.0, ("exact",))


def test_cases_not_assessed_only_leave_gaps() -> None:
    assert rank_sum([10, 20], others=[5, 40, 41]) == rank_sum_trend([2, 3], n=5)


def test_most_cases_with_the_event_is_read_from_those_without() -> None:
    few, many = p(rank_sum_trend([1, 2], n=9)), p(rank_sum_trend(range(3, 10), n=9))
    assert few.value == pytest.approx(many.value)
    assert (few.statistic or 0) == pytest.approx(-(many.statistic or 0))


def test_beyond_the_work_allowed_the_normal_approximation_is_flagged() -> None:
    earlier = [case for case in range(1, 200) if case % 7 < 3 or case < 20]
    approximate = p(rank_sum_trend(earlier, n=200, max_work=10))
    assert approximate.flags == ("asymptotic",)
    assert approximate.value == pytest.approx(p(rank_sum_trend(earlier, n=200)).value, rel=0.05)
    assert "no continuity" in approximate.convention


def test_work_just_above_the_bound_is_measured_before_it_is_done() -> None:
    assert p(rank_sum_trend([3, 9, 30, 31], n=60, max_work=100)).flags == ("asymptotic",)
    assert p(rank_sum_trend([3, 9, 30, 31], n=60, max_work=10_000)).flags == ("exact",)


def test_no_events_and_only_events_have_no_order() -> None:
    assert isinstance(rank_sum_trend([], n=5), NotEstimable)
    assert isinstance(rank_sum([1, 2], others=[]), NotEstimable)


@pytest.mark.parametrize("positions", [[0, 3], [2, 11], [3, 3], [1.5, 2]])
def test_impossible_case_numbers_are_refused(positions: list[float]) -> None:
    with pytest.raises(ValueError, match="case numbers"):
        rank_sum_trend(positions, n=10)


def test_a_case_cannot_have_the_event_and_not_have_it() -> None:
    with pytest.raises(ValueError, match="only once"):
        rank_sum([1, 2], others=[2, 3])
