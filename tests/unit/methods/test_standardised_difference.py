"""Is the distance between groups in units of their own spread, and told where there is none?"""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from seriatim.methods.standardised_difference import binary, categorical, numeric
from seriatim.methods.values import Estimate, NotEstimable


def value(result: object) -> float:
    assert isinstance(result, Estimate)
    return result.value


def test_two_levels_are_the_size_of_the_binary_difference() -> None:
    assert value(categorical([60, 95], [31, 124])) == pytest.approx(abs(value(binary(60, 155, 31, 155))), rel=1e-12)


def test_the_order_of_levels_and_levels_that_nobody_has_do_not_matter() -> None:
    assert value(categorical([90, 60, 5], [60, 85, 10])) == pytest.approx(
        value(categorical([5, 0, 90, 60], [10, 0, 60, 85])), rel=1e-12
    )


def test_a_histogram_gives_what_its_patients_one_by_one_give() -> None:
    first, last = np.repeat([0, 1, 2], [80, 60, 15]), np.repeat([0, 1, 2], [110, 40, 5])
    expected = (last.mean() - first.mean()) / sqrt((first.var(ddof=1) + last.var(ddof=1)) / 2)
    assert value(numeric([0, 1, 2], [80, 60, 15], [110, 40, 5])) == pytest.approx(expected, rel=1e-12)


def test_the_direction_is_last_minus_first() -> None:
    assert value(binary(10, 50, 20, 50)) > 0
    assert value(numeric([1, 2], [5, 5], [2, 8])) > 0


def test_groups_that_are_all_alike_do_not_differ() -> None:
    assert value(binary(0, 9, 0, 7)) == 0
    assert value(categorical([9, 0], [7, 0])) == 0
    assert value(numeric([3], [5], [4])) == 0


def test_groups_without_spread_that_differ_have_no_scale() -> None:
    assert isinstance(binary(0, 9, 7, 7), NotEstimable)
    assert isinstance(categorical([9, 0, 3], [0, 7, 0]), NotEstimable)
    assert isinstance(numeric([3, 4], [5, 0], [0, 4]), NotEstimable)


def test_groups_without_patients_give_a_reason() -> None:
    assert binary(0, 0, 3, 9) == NotEstimable("a group has no patients")
    assert categorical([0, 0], [3, 4]) == NotEstimable("a group has no patients")
    assert numeric([1, 2], [1, 0], [3, 4]) == NotEstimable("a group has fewer than two patients")


def test_counts_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="a count for each level"):
        categorical([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="of one length"):
        numeric([1, 2], [1, 2, 3], [1, 2, 3])
    with pytest.raises(ValueError, match="finite"):
        numeric([1, float("nan")], [1, 2], [1, 2])
