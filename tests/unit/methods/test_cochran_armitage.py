"""Does the trend test say what it should, and refuse what it must?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.cochran_armitage import (
    cochran_armitage,
    cochran_armitage_exact,
    cochran_armitage_many,
    exact_work,
)
from seriatim.methods.values import NotEstimable, PValue

EIGHT = [155] * 8
INFECTIONS = [28, 25, 21, 18, 14, 11, 8, 6]


def p(result: PValue | NotEstimable) -> PValue:
    assert isinstance(result, PValue)
    return result


def test_a_falling_rate_has_a_negative_z() -> None:
    assert p(cochran_armitage(INFECTIONS, EIGHT, range(8))).statistic == pytest.approx(-5.5015774591)
    assert p(cochran_armitage_exact(INFECTIONS, EIGHT, range(8))).statistic == pytest.approx(-5.5015774591)


def test_the_two_variances_are_named() -> None:
    hypergeometric = p(cochran_armitage(INFECTIONS, EIGHT, range(8)))
    binomial = p(cochran_armitage(INFECTIONS, EIGHT, range(8), variance="binomial"))
    assert hypergeometric.method != binomial.method
    assert abs(binomial.statistic or 0) > abs(hypergeometric.statistic or 0)


def test_no_event_and_only_events_are_no_trend() -> None:
    for events in ([0, 0], [9, 9]):
        assert isinstance(cochran_armitage(events, [9, 9], [1, 2]), NotEstimable)
        assert isinstance(cochran_armitage_exact(events, [9, 9], [1, 2]), NotEstimable)


def test_a_single_group_with_patients_is_no_trend() -> None:
    assert isinstance(cochran_armitage([3, 0], [9, 0], [1, 2]), NotEstimable)


def test_equal_rates_have_p_one_exactly() -> None:
    exact = p(cochran_armitage_exact([3, 3, 3], [10, 10, 10], [1, 2, 3]))
    assert exact.value == 1.0
    assert p(cochran_armitage_exact([3, 3, 3], [10, 10, 10], [1, 2, 3], "mid_p")).value < 1.0


def test_mid_p_is_smaller_and_says_so() -> None:
    exact = p(cochran_armitage_exact([5, 3, 1, 0], [155] * 4, range(4)))
    mid = p(cochran_armitage_exact([5, 3, 1, 0], [155] * 4, range(4), convention="mid_p"))
    assert mid.value < exact.value
    assert "mid-P" in mid.convention


def test_mean_case_numbers_with_a_last_group_of_156_are_not_rounded_to_equal_steps() -> None:
    means = [78 + 155 * group for group in range(7)] + [1163.5]
    sizes = [155] * 7 + [156]
    assert p(cochran_armitage_exact(INFECTIONS, sizes, means)).value != pytest.approx(
        p(cochran_armitage_exact(INFECTIONS, sizes, range(8))).value, rel=1e-6
    )


def test_600_events_in_the_review_of_1241_stay_within_the_default_work() -> None:
    means = [78 + 155 * group for group in range(7)] + [1163.5]
    events = [90, 85, 80, 75, 72, 69, 66, 63]
    exact = p(cochran_armitage_exact(events, [155] * 7 + [156], means))
    assert exact.value == pytest.approx(p(cochran_armitage(events, [155] * 7 + [156], means)).value, rel=0.1)


def test_too_much_work_is_a_reason_and_not_a_wait() -> None:
    refused = cochran_armitage_exact(INFECTIONS, EIGHT, range(8), max_work=1000)
    assert isinstance(refused, NotEstimable)
    assert "1e+03" in refused.reason
    assert exact_work(INFECTIONS, EIGHT, range(8)) > 1000


def test_a_p_below_the_smallest_float_is_a_bound() -> None:
    bound = p(cochran_armitage_exact([155, 155, 155, 155, 0, 0, 0, 0], EIGHT, range(8)))
    assert bound.flags == ("exact", "upper_bound")
    assert bound.value <= 1e-290


def test_rows_without_a_trend_are_nan_among_the_others() -> None:
    z, p_values = cochran_armitage_many([[3, 1], [0, 0], [9, 9], [2, 0]], [[9, 9], [9, 9], [9, 9], [9, 0]], [1, 2])
    assert np.isnan(z).tolist() == np.isnan(p_values).tolist() == [False, True, True, True]


def test_a_row_without_patients_is_nan() -> None:
    z, _ = cochran_armitage_many([[0, 0]], [[0, 0]], [1, 2])
    assert np.isnan(z[0])


@pytest.mark.parametrize(
    ("events", "n", "scores"),
    [([1, 2], [5, 5, 5], [1, 2, 3]), ([6, 1], [5, 5], [1, 2]), ([-1, 1], [5, 5], [1, 2]), ([0.5, 1], [5, 5], [1, 2])],
)
def test_impossible_counts_are_refused(events: list[int], n: list[int], scores: list[float]) -> None:
    with pytest.raises(ValueError, match="got"):
        cochran_armitage(events, n, scores)


def test_hundreds_of_groups_are_answered_with_a_reason_and_not_with_an_overflow():
    answer = cochran_armitage_exact([50] * 640, [155] * 640, range(640))
    assert isinstance(answer, NotEstimable)
    assert "more than" in answer.reason


def test_groups_of_hundreds_of_thousands_are_answered_with_a_reason():
    answer = cochran_armitage_exact([60_000] * 90, [125_000] * 90, range(90))
    assert isinstance(answer, NotEstimable)
