"""Does the curve follow the risk, and refuse where there is nothing to follow?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods import logistic_spline as module
from seriatim.methods.logistic_spline import Curve, logistic_spline
from seriatim.methods.values import NotEstimable

CASE = np.arange(1, 401)
EVERY_FOURTH = (CASE % 4 == 0).astype(int)


def curve(result: Curve | NotEstimable) -> Curve:
    assert isinstance(result, Curve)
    return result


def test_a_constant_risk_gives_a_flat_curve_and_no_small_p() -> None:
    flat = curve(logistic_spline(CASE, EVERY_FOURTH, np.ones(400), at=[1, 200, 400]))
    assert flat.fitted == pytest.approx(0.25, abs=0.02)
    assert flat.p_overall.value > 0.9
    assert np.all(flat.lower < 0.25)
    assert np.all(flat.upper > 0.25)


def test_bins_of_equal_case_number_are_the_same_as_their_cases() -> None:
    blocks = (CASE - 1) // 10 * 10 + 5.5
    binned = np.unique(blocks)
    events = np.array([EVERY_FOURTH[blocks == block].sum() for block in binned])
    one_by_one = curve(logistic_spline(blocks, EVERY_FOURTH, np.ones(400), at=[55.5]))
    in_bins = curve(logistic_spline(binned, events, np.full(40, 10), at=[55.5]))
    assert in_bins.fitted == pytest.approx(one_by_one.fitted)
    assert in_bins.upper == pytest.approx(one_by_one.upper)


def test_a_risk_that_turns_has_a_bend() -> None:
    risk = np.where(CASE <= 200, 0.1 + 0.004 * CASE, 0.9 - 0.004 * (CASE - 200))
    turning = curve(logistic_spline(CASE, np.round(risk * 20), np.full(400, 20), at=[200]))
    assert turning.p_nonlinear.value < 1e-10


def test_a_straight_logit_has_none() -> None:
    risk = 1 / (1 + np.exp(1 + CASE / 200))
    straight = curve(logistic_spline(CASE, np.round(risk * 10_000), np.full(400, 10_000), at=[1]))
    assert straight.p_nonlinear.value > 0.5
    assert straight.p_overall.value <= 1e-290


def test_outside_the_cases_the_curve_is_flagged() -> None:
    assert curve(logistic_spline(CASE, EVERY_FOURTH, np.ones(400), at=[1, 400])).flags == ()
    assert curve(logistic_spline(CASE, EVERY_FOURTH, np.ones(400), at=[450])).flags == ("extrapolated",)


def test_nineteen_events_are_too_few_for_four_terms() -> None:
    refused = logistic_spline(CASE, CASE % 21 == 0, np.ones(400), at=[1])
    assert isinstance(refused, NotEstimable)
    assert refused.reason.startswith("19 events among 400")


def test_nineteen_events_are_enough_for_three_terms() -> None:
    assert len(curve(logistic_spline(CASE, CASE % 21 == 0, np.ones(400), at=[1], df=3)).knots) == 4


def test_all_events_before_all_others_are_separated() -> None:
    refused = logistic_spline(CASE, CASE <= 60, np.ones(400), at=[1])
    assert isinstance(refused, NotEstimable)
    assert "separation" in refused.reason


def test_a_fit_that_does_not_settle_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 1)
    assert isinstance(logistic_spline(CASE, EVERY_FOURTH, np.ones(400), at=[1]), NotEstimable)


def test_four_different_case_numbers_cannot_carry_four_terms() -> None:
    assert isinstance(logistic_spline([1, 2, 3, 4], [30, 20, 10, 5], [50] * 4, at=[1]), NotEstimable)


def test_case_numbers_heaped_on_one_value_leave_no_room_for_knots() -> None:
    heaped = np.where(CASE < 350, 1, CASE)
    assert isinstance(logistic_spline(heaped, EVERY_FOURTH, np.ones(400), at=[1]), NotEstimable)


def test_bins_without_patients_change_nothing() -> None:
    padded = curve(logistic_spline([*CASE, 999], [*EVERY_FOURTH, 0], [*np.ones(400), 0], at=[7]))
    assert padded.fitted == curve(logistic_spline(CASE, EVERY_FOURTH, np.ones(400), at=[7])).fitted


@pytest.mark.parametrize(
    ("x", "events", "n", "df"),
    [([1, 2], [1], [1], 4), ([1], [2], [1], 4), ([np.inf], [1], [1], 4), ([1], [1], [1], 1)],
)
def test_impossible_input_is_refused(x: list[float], events: list[int], n: list[int], df: int) -> None:
    with pytest.raises(ValueError, match=r"got|shape"):
        logistic_spline(x, events, n, at=[1], df=df)
