"""Does the comparison of durations count each day's events against those at risk?"""

from __future__ import annotations

import pytest

from seriatim.methods.log_rank import log_rank
from seriatim.methods.values import NotEstimable, PValue


def p(result: PValue | NotEstimable) -> PValue:
    assert isinstance(result, PValue)
    return result


def test_one_event_of_two_patients_is_the_toss_of_a_coin() -> None:
    # Observed 1, expected 1/2, variance 1/4.
    assert p(log_rank([10, 20], [[1, 0], [0, 0]], [[0, 0], [0, 1]])).statistic == pytest.approx(1.0)


def test_equal_groups_do_not_differ() -> None:
    assert p(log_rank([1, 2, 3], [[2, 1, 1]] * 2, [[0, 1, 2]] * 2)).value == 1.0


def test_who_is_censored_on_the_day_of_an_event_was_at_risk() -> None:
    with_tie = p(log_rank([1, 2], [[1, 0], [0, 0]], [[0, 0], [1, 1]]))
    # Expected 1/3 of one event in the first group: (2/3)^2 / (1/3 * 2/3).
    assert with_tie.statistic == pytest.approx(2.0)


def test_a_group_that_nobody_followed_counts_for_nothing() -> None:
    two = p(log_rank([1, 2], [[1, 1], [0, 1]], [[0, 0], [1, 1]]))
    three = p(log_rank([1, 2], [[1, 1], [0, 0], [0, 1]], [[0, 0], [0, 0], [1, 1]]))
    assert two == three


def test_three_groups_have_two_degrees_of_freedom() -> None:
    assert "2 degrees" in p(log_rank([1, 2, 3], [[2, 1, 0], [1, 1, 1], [0, 1, 2]], [[0, 0, 0]] * 3)).convention


def test_no_event_is_no_comparison() -> None:
    assert isinstance(log_rank([1], [[0], [0]], [[3], [3]]), NotEstimable)


def test_groups_never_at_risk_together_cannot_be_compared() -> None:
    # The first group ends on day 1, when the others were at risk but all of them had the event too.
    assert isinstance(log_rank([1], [[2], [3]], [[0], [0]]), NotEstimable)


@pytest.mark.parametrize(
    ("days", "events", "censored"),
    [
        ([1, 2], [[1], [1]], [[1], [1]]),
        ([2, 1], [[1, 0]] * 2, [[0, 1]] * 2),
        ([1], [[-1], [1]], [[1], [1]]),
        ([1], 1, 1),
    ],
)
def test_impossible_counts_are_refused(days: list[int], events: object, censored: object) -> None:
    with pytest.raises(ValueError, match="got"):
        log_rank(days, events, censored)  # type: ignore[arg-type]
