"""Is the median that of the patients behind the histogram?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.median_interval import median, quantile
from seriatim.methods.values import Estimate, NotEstimable


def of(result: Estimate | NotEstimable) -> Estimate:
    assert isinstance(result, Estimate)
    return result


def test_an_even_number_of_patients_takes_the_mean_of_the_two_middle_ones() -> None:
    assert of(median([7, 13], [2, 2])).value == 10.0


def test_the_order_of_the_values_does_not_matter() -> None:
    assert of(median([13, 7, 9], [1, 1, 1])).value == 9.0


def test_values_that_nobody_has_do_not_matter() -> None:
    assert median([0, 7, 8, 99], [0, 4, 5, 0]) == median([7, 8], [4, 5])


def test_ten_patients_have_the_interval_from_the_second_to_the_ninth() -> None:
    # P(at most 1 of 10 below the median) = 11/1024, P(at most 2) = 56/1024.
    interval = of(median(range(10), [1] * 10)).interval
    assert interval is not None
    assert (interval.lower, interval.upper) == (1.0, 8.0)


def test_five_patients_are_too_few_for_an_interval_at_95_percent() -> None:
    few = of(median([1, 2, 3, 4, 5], [1] * 5))
    assert (few.value, few.interval, few.flags) == (3.0, None, ("too_few_for_interval",))
    assert of(median([1, 2, 3, 4, 5], [1] * 5, level=0.9)).interval is not None


def test_a_quantile_between_two_patients_is_their_mean() -> None:
    assert of(quantile([1, 2, 3, 4], [1] * 4, 0.25)).value == 1.5
    assert of(quantile([1, 2, 3, 4], [1] * 4, 0.3)).value == 2.0


def test_29_of_100_is_29_in_spite_of_its_float() -> None:
    assert of(quantile(range(1, 101), [1] * 100, 0.29)).value == 29.5


def test_the_ends_are_the_smallest_and_the_largest() -> None:
    assert [of(quantile([3, 5, 9], [1, 1, 1], q)).value for q in (0, 1)] == [3.0, 9.0]


def test_nobody_has_no_median() -> None:
    assert isinstance(median([1, 2], [0, 0]), NotEstimable)
    assert isinstance(quantile([], [], 0.5), NotEstimable)


@pytest.mark.parametrize(
    ("values", "counts"), [([1, 2], [1]), ([1, np.nan], [1, 1]), ([1, 2], [1, -1]), ([1, 2], [1, 0.5])]
)
def test_impossible_histograms_are_refused(values: list[float], counts: list[float]) -> None:
    with pytest.raises(ValueError, match="counts"):
        median(values, counts)


@pytest.mark.parametrize(("call", "wrong"), [(median, 1.0), (quantile, 1.5)])
def test_levels_and_shares_outside_0_to_1_are_refused(call: object, wrong: float) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match="between 0 and 1"):
        call([1], [1], wrong)
