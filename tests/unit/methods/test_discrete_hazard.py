"""Is risk counted dose by dose among those still at risk, and are the edges given honestly?"""

from __future__ import annotations

from fractions import Fraction

import pytest

from seriatim.methods.clopper_pearson import clopper_pearson
from seriatim.methods.discrete_hazard import cumulative_difference, cumulative_risk, hazards
from seriatim.methods.values import Estimate, Interval, NotEstimable


def known(result: Estimate | NotEstimable) -> tuple[Estimate, Interval]:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result, result.interval


def test_hazard_of_each_dose_is_the_exact_proportion_of_those_at_risk_at_it() -> None:
    found = hazards([10, 8, 3], [0, 2, 3])
    assert found == (clopper_pearson(0, 10), clopper_pearson(2, 8), clopper_pearson(3, 3))


def test_hazard_of_a_dose_that_nobody_was_given_has_a_reason_with_its_number() -> None:
    assert hazards([2, 0], [1, 0])[1] == NotEstimable("no patient was at risk at dose 2")


def test_cumulative_risk_is_one_minus_the_product_of_what_is_left_after_each_dose() -> None:
    risk, _ = known(cumulative_risk([10, 8, 4], [1, 2, 1]))
    assert risk.value == pytest.approx(float(1 - Fraction(9, 10) * Fraction(6, 8) * Fraction(3, 4)))


def test_patients_who_stop_leave_the_risk_set_but_do_not_count_as_free_of_the_event() -> None:
    # Five of ten stop after dose 1; at dose 2 one of the other five has the event: 20 %, not 1 of 10.
    risk, _ = known(cumulative_risk([10, 5], [0, 1]))
    assert risk.value == pytest.approx(0.2)


def test_without_an_event_the_upper_bound_is_exact_at_those_who_had_every_dose() -> None:
    risk, interval = known(cumulative_risk([155, 140, 100], [0, 0, 0]))
    _, exact = known(clopper_pearson(0, 100))
    assert (risk.value, interval.lower, interval.upper) == (0.0, 0.0, exact.upper)
    assert risk.flags == ("no_event",)


def test_once_all_at_risk_had_it_the_risk_is_certain_and_only_the_lower_bound_is_in_doubt() -> None:
    risk, interval = known(cumulative_risk([10, 2, 0], [1, 2, 0]))
    _, exact = known(clopper_pearson(2, 2))
    assert (risk.value, interval.lower, interval.upper) == (1.0, exact.lower, 1.0)
    assert risk.flags == ("all_at_risk_had_it",)


def test_risk_at_more_doses_than_anybody_was_given_is_not_extrapolated() -> None:
    assert cumulative_risk([3, 2, 0], [0, 1, 0]) == NotEstimable("no patient was at risk at dose 3")


def test_risk_after_no_dose_is_not_a_number() -> None:
    assert cumulative_risk([], []) == NotEstimable("there are no doses")


def test_difference_squares_and_adds_the_distances_to_the_bounds_of_both_risks() -> None:
    change, interval = known(cumulative_difference([155, 140], [7, 10], [156, 130], [1, 2]))
    (first, at_first), (last, at_last) = (
        known(cumulative_risk([155, 140], [7, 10])),
        known(cumulative_risk([156, 130], [1, 2])),
    )
    assert change.value == last.value - first.value
    below = ((last.value - at_last.lower) ** 2 + (at_first.upper - first.value) ** 2) ** 0.5
    above = ((at_last.upper - last.value) ** 2 + (first.value - at_first.lower) ** 2) ** 0.5
    assert (interval.lower, interval.upper) == pytest.approx((change.value - below, change.value + above))


def test_difference_between_two_groups_without_an_event_still_has_a_width() -> None:
    change, interval = known(cumulative_difference([20], [0], [30], [0]))
    assert change.value == 0
    assert interval.lower < 0 < interval.upper
    assert change.flags == ("no_event",)


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (([2, 0], [1, 0]), ([2, 2], [0, 0]), "first group: no patient was at risk at dose 2"),
        (([2, 2], [0, 0]), ([2, 0], [1, 0]), "last group: no patient was at risk at dose 2"),
    ],
)
def test_difference_names_the_group_that_was_not_given_so_many_doses(
    first: tuple[list[int], list[int]], last: tuple[list[int], list[int]], reason: str
) -> None:
    assert cumulative_difference(*first, *last) == NotEstimable(reason)


@pytest.mark.parametrize(
    ("at_risk", "events", "message"),
    [
        ([5, 4], [0], "same length"),
        ([5], [6], "must not exceed"),
        ([5, 5], [1, 0], "at most those without an event before it"),
    ],
)
def test_counts_that_cannot_follow_one_another_are_refused(at_risk: list[int], events: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cumulative_risk(at_risk, events)


def test_risks_by_different_numbers_of_doses_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same number of doses"):
        cumulative_difference([5], [1], [5, 4], [1, 0])
