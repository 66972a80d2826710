"""Do the restricted rates make the observed tables as likely as they can be?"""

from __future__ import annotations

from decimal import Decimal, getcontext

import numpy as np
import pytest

from seriatim.methods.kernels.restricted_rates import difference_variance, ratio_variance

getcontext().prec = 50


def slow_variance(e_1: int, n_1: int, e_2: int, n_2: int, delta: Decimal) -> Decimal:
    """Maximise the likelihood by bisection of its slope at 50 digits, with no cubic at all."""

    def slope(x: Decimal) -> Decimal:
        y = x + delta
        return e_1 / x - (n_1 - e_1) / (1 - x) + e_2 / y - (n_2 - e_2) / (1 - y)

    low, high = max(Decimal(0), -delta), min(Decimal(1), 1 - delta)
    for _ in range(150):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    x, y = low, low + delta
    return x * (1 - x) / n_1 + y * (1 - y) / n_2


@pytest.mark.parametrize(
    "table", [(28, 155, 6, 155), (6, 18, 12, 17), (5, 155, 0, 156), (0, 20, 10, 10), (26, 155, 23, 155), (1, 2, 1, 900)]
)
@pytest.mark.parametrize("delta", ["-0.9", "-0.2134", "-0.1", "-0.001", "0.0005", "0.0769", "0.5", "0.95"])
def test_the_variance_under_a_difference_is_that_of_the_likeliest_rates(
    table: tuple[int, int, int, int], delta: str
) -> None:
    expected = slow_variance(*table, Decimal(delta))
    found = difference_variance(*(np.array([float(x)]) for x in (*table, Decimal(delta))))
    assert found[0] == pytest.approx(float(expected), rel=1e-11)


def test_the_variance_under_no_difference_is_the_pooled_one() -> None:
    pooled = 34 / 310
    found = difference_variance(*(np.array([x]) for x in (28.0, 155.0, 6.0, 155.0, 0.0)))
    assert found[0] == pytest.approx(pooled * (1 - pooled) * 2 / 155, rel=1e-14)


def test_swapping_the_groups_and_the_sign_leaves_the_variance_alone() -> None:
    there = difference_variance(*(np.array([x]) for x in (28.0, 155.0, 6.0, 80.0, -0.2)))
    back = difference_variance(*(np.array([x]) for x in (6.0, 80.0, 28.0, 155.0, 0.2)))
    assert there == pytest.approx(back, rel=1e-12)


def test_a_complete_change_in_equal_groups_leaves_no_variance() -> None:
    # All three roots of the cubic meet here, and the angle between them is 0/0.
    found = difference_variance(*(np.array([x]) for x in (0.0, 10.0, 10.0, 10.0, 1.0)))
    assert found[0] == 0


@pytest.mark.parametrize("ratio", [0.01, 0.3, 1.0, 2.5, 80.0])
@pytest.mark.parametrize("table", [(28, 155, 6, 155), (6, 18, 12, 17), (0, 9, 4, 7), (4, 9, 0, 7), (3, 3, 3, 3)])
def test_the_rates_under_a_ratio_are_the_likeliest_ones(table: tuple[int, int, int, int], ratio: float) -> None:
    e_1, n_1, e_2, n_2 = table
    grid = np.linspace(0, min(1, 1 / ratio), 200_001)[1:-1]
    with np.errstate(divide="ignore"):
        likelihood = (e_1 + e_2) * np.log(grid) + (n_1 - e_1) * np.log1p(-grid) + (n_2 - e_2) * np.log1p(-ratio * grid)
    best = grid[likelihood.argmax()]
    expected = ratio**2 * best * (1 - best) / n_1 + ratio * best * (1 - ratio * best) / n_2
    found = ratio_variance(*(np.array([float(x)]) for x in (*table, ratio)))
    assert found[0] == pytest.approx(expected, rel=1e-3, abs=1e-4)
