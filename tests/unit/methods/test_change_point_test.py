"""Does the permutation test keep its level although it looked everywhere, and find a change where there is one?"""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from seriatim.methods.change_point_test import Change, change_point_test, rate_change_test
from seriatim.methods.values import NotEstimable


def of(result: object) -> Change:
    assert isinstance(result, Change)
    return result


def test_the_statistic_is_the_largest_likelihood_ratio_worked_out_by_hand() -> None:
    found = of(change_point_test([[4, 6], [1, 9], [0, 10]], np.random.default_rng(1), 19))

    def own(x: int, n: int) -> float:
        return sum(k * log(k / n) for k in (x, n - x) if k)

    ratios = [2 * (own(4, 10) + own(1, 20) - own(5, 30)), 2 * (own(5, 20) + own(0, 10) - own(5, 30))]
    assert found.p.statistic == pytest.approx(max(ratios))
    assert found.after == 1 + ratios.index(max(ratios))


def test_the_statistic_of_a_rate_is_worked_out_by_hand() -> None:
    found = of(rate_change_test([6, 1], [10, 20], np.random.default_rng(1), 19))
    assert found.p.statistic == pytest.approx(2 * (6 * log(6 / 10) + log(1 / 20) - 7 * log(7 / 30)))


@pytest.mark.parametrize("kind", ["shares", "rates"])
def test_the_level_is_kept_when_nothing_changes(kind: str) -> None:
    generator, below = np.random.default_rng(12), 0
    for _ in range(300):
        events = generator.binomial(20, 0.15, size=12)
        if kind == "shares":
            below += of(change_point_test(np.column_stack([events, 20 - events]), generator, 99)).p.value <= 0.05
        else:
            below += of(rate_change_test(generator.poisson(3, size=12), [20] * 12, generator, 99)).p.value <= 0.05
    assert below / 300 < 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


def test_grades_are_compared_all_together() -> None:
    blocks = [[10, 10, 0], [10, 9, 1], [10, 10, 0], [10, 2, 8], [10, 1, 9]]
    found = of(change_point_test(blocks, np.random.default_rng(1), 199))
    assert (found.after, found.p.value) == (3, 0.005)


def test_one_block_or_one_category_gives_a_reason() -> None:
    generator = np.random.default_rng(1)
    assert isinstance(change_point_test([[1, 2]], generator), NotEstimable)
    assert isinstance(change_point_test([[0, 2], [0, 5]], generator), NotEstimable)
    assert isinstance(rate_change_test([0, 0], [1, 1], generator), NotEstimable)


def test_impossible_questions_are_refused() -> None:
    generator = np.random.default_rng(1)
    with pytest.raises(ValueError, match="at least two categories"):
        change_point_test([[1], [2]], generator)
    with pytest.raises(ValueError, match="one length"):
        rate_change_test([1, 2], [1], generator)
    with pytest.raises(ValueError, match="positive"):
        rate_change_test([1, 2], [1, -1], generator)
    with pytest.raises(ValueError, match="at least one table"):
        change_point_test([[1, 2], [2, 1]], generator, draws=0)
