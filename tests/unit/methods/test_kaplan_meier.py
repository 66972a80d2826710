"""What does the survival curve do at its edges?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.kaplan_meier import kaplan_meier, median
from seriatim.methods.values import NotEstimable


def test_without_censoring_the_curve_is_one_minus_the_share_that_had_the_event() -> None:
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 0, 0]).survival == pytest.approx([0.75, 0.5, 0.25, 0])


def test_patient_censored_on_the_day_of_an_event_was_still_at_risk_on_it() -> None:
    assert kaplan_meier([5], [1], [1]).at_risk.tolist() == [2]


def test_no_patients_is_a_reason_and_so_is_their_median() -> None:
    curve = kaplan_meier([], [], [])
    assert isinstance(curve, NotEstimable)
    assert isinstance(median(curve), NotEstimable)


def test_nobody_with_the_event_leaves_the_curve_without_a_step_and_the_median_unreached() -> None:
    curve = kaplan_meier([10, 20], [0, 0], [3, 2])
    assert curve.time.size == 0
    assert "more than half" in median(curve).reason


def test_curve_that_falls_to_nought_has_the_whole_range_as_interval_there() -> None:
    curve = kaplan_meier([1, 2], [1, 1], [0, 0])
    assert (curve.lower[-1], curve.upper[-1]) == (0.0, 1.0)


def test_half_that_only_rounding_misses_is_half() -> None:
    # 6/7 x 5/6 x 4/5 x 7/8 is one half exactly, though not in floating point.
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 0], [0, 0, 0, 4])
    share = np.prod(1 - np.array([1, 1, 1]) / np.array([7, 6, 5]))
    assert curve.survival[-1] == pytest.approx(share)
    assert kaplan_meier([1, 2, 3], [1, 1, 1], [0, 0, 3]).survival[-1] == pytest.approx(0.5)
    assert median(kaplan_meier([1, 2, 3], [1, 1, 1], [0, 0, 3])).value == 3


def test_times_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="ascend"):
        kaplan_meier([2, 1], [1, 1], [0, 0])
