"""Is the tilted law of the rank sum the law of the rank sum?"""

from __future__ import annotations

from math import comb

import pytest

from seriatim.methods.kernels.rank_sum_law import lower_tail, tail_work


def orders(m: int, n: int, most: int) -> list[int]:
    """Number of orders of m events and n others with U = 0, 1, ..., most, by adding one case at the end at a time."""
    table = [
        [[1] + [0] * most if others == 0 or events == 0 else [] for others in range(n + 1)] for events in range(m + 1)
    ]
    for events in range(1, m + 1):
        for others in range(1, n + 1):
            # The last case is an event, after all the others, or it is not.
            table[events][others] = [
                table[events][others - 1][u] + (table[events - 1][others][u - others] if u >= others else 0)
                for u in range(most + 1)
            ]
    return table[m][n]


@pytest.mark.parametrize(("m", "n"), [(1, 1), (1, 2), (4, 3), (6, 30), (30, 6), (25, 40)])
def test_every_lower_tail_is_the_share_of_orders(m: int, n: int) -> None:
    below = [u for u in range(m * n) if 2 * u < m * n]
    counts = orders(m, n, below[-1])
    for u in below[:: max(1, len(below) // 40)]:
        assert lower_tail(u, m, n) == pytest.approx(sum(counts[: u + 1]) / comb(m + n, m), rel=1e-12)


def test_the_first_of_all_orders_keeps_its_digits_at_1e_minus_180() -> None:
    assert lower_tail(0, 137, 1104) == pytest.approx(1 / comb(1241, 137), rel=1e-10)


def test_what_no_float_can_hold_is_zero() -> None:
    assert lower_tail(0, 620, 621) == 0.0


def test_the_work_for_137_of_1241_is_far_below_the_bound() -> None:
    assert tail_work(50_916, 137, 1104) < 1e6
