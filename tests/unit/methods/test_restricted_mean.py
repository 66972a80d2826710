"""Is the restricted mean an area, with the error of the estimate, and refused beyond follow-up?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.restricted_mean import Gain, restricted_mean, restricted_mean_gain
from seriatim.methods.values import Estimate, NotEstimable


def mean(*arguments: object) -> Estimate:
    result = restricted_mean(*arguments)  # type: ignore[arg-type]
    assert isinstance(result, Estimate)
    return result


def test_without_anyone_lost_it_is_the_plain_mean_of_the_times_cut_at_the_horizon() -> None:
    times = np.array([3, 5, 8, 12, 20])
    found = mean(times, [1] * 5, [0] * 5, 10)
    cut = np.minimum(times, 10)
    assert found.value == pytest.approx(cut.mean())
    assert found.interval is not None
    # The error of a mean of five, not the spread of the times, which lifelines gives under this name.
    assert found.interval.upper - found.value == pytest.approx(1.959964 * cut.std() / 5**0.5, rel=1e-6)


def test_the_bounds_stay_between_zero_and_the_horizon() -> None:
    found = mean([1, 9], [1, 1], [0, 0], 10)
    assert found.interval is not None
    assert (found.interval.lower, found.interval.upper) == (0, 10)


def test_a_horizon_beyond_follow_up_is_refused_unless_nobody_is_left_free() -> None:
    assert isinstance(restricted_mean([10, 20], [1, 0], [0, 4], 30), NotEstimable)
    assert mean([10, 20], [1, 4], [0, 0], 30).value == pytest.approx(18)


def test_no_patients_no_event_and_an_empty_group_give_reasons() -> None:
    assert restricted_mean([10], [0], [0], 5) == NotEstimable("there are no patients")
    nothing = restricted_mean_gain([10, 20], [[0, 0], [0, 0]], [[0, 3], [0, 4]], 15)
    assert nothing == NotEstimable("no event before the horizon in either group")
    for groups, name in (([0, 3], "first"), ([3, 0], "last")):
        empty = restricted_mean_gain([10], [[0], [0]], [[n] for n in groups], 5)
        assert empty == NotEstimable(f"{name} group: there are no patients")


def test_swapping_the_groups_turns_the_gain_over() -> None:
    gain = restricted_mean_gain([1, 2, 3], [[2, 1, 0], [0, 1, 1]], [[0, 0, 1], [0, 0, 2]], 3)
    loss = restricted_mean_gain([1, 2, 3], [[0, 1, 1], [2, 1, 0]], [[0, 0, 2], [0, 0, 1]], 3)
    assert isinstance(gain, Gain)
    assert isinstance(loss, Gain)
    assert gain.difference.value == pytest.approx(-loss.difference.value)


def test_three_groups_and_a_horizon_at_the_start_are_refused() -> None:
    with pytest.raises(ValueError, match="two groups"):
        restricted_mean_gain([1], [[1], [1], [1]], [[0], [0], [0]], 1)
    with pytest.raises(ValueError, match="horizon"):
        restricted_mean([1], [1], [0], 0)
