"""Is the exact law of a score sum right for every way of cutting the groups?"""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from seriatim.methods.kernels.table_trend import score_sum_tails, score_sum_work


def tail(n: list[int], scores: list[int], events: int, at_most: int) -> float:
    return float(score_sum_tails(n, scores, events, [at_most], [])[0][0])


def test_all_events_in_the_first_group_are_one_choice_of_many() -> None:
    assert tail([155, 155, 155], [0, 1, 2], 28, 0) == pytest.approx(comb(155, 28) / comb(465, 28), rel=1e-12)


def test_a_tail_of_1e_minus_200_keeps_its_digits() -> None:
    exact = comb(310, 300) / comb(1240, 300)
    assert tail([310] * 4, [0, 1, 2, 3], 300, 0) == pytest.approx(exact, rel=1e-11)
    assert exact < 1e-200


def test_more_events_than_non_events_are_read_from_the_non_events() -> None:
    # Six of eight had it: the two without it both lie in the last group in comb(4, 2) of comb(8, 2) ways.
    assert tail([4, 4], [0, 1], 6, 2) == pytest.approx(comb(4, 2) / comb(8, 2))


def test_both_tails_share_the_middle() -> None:
    low, high = score_sum_tails([20, 30, 25], [0, 1, 3], 12, [15, 14], [15, 16])
    assert low[0] + high[1] == pytest.approx(1.0)
    assert low[1] + high[0] == pytest.approx(1.0)
    assert low[0] + high[0] > 1


def test_one_unequal_group_among_equal_ones_agrees_with_a_plain_sum_over_its_events() -> None:
    # The odd group is convolved by hand; the others form an even lattice.
    n, scores, events, at_most = [30, 30, 30, 31], [0, 60, 120, 181], 24, 1900
    by_hand = sum(
        comb(31, odd) * comb(90, events - odd) / comb(121, events)
        * tail([30, 30, 30], [0, 1, 2], events - odd, (at_most - 181 * odd) // 60)
        for odd in range(events + 1)
    )  # fmt: skip
    assert tail(n, scores, events, at_most) == pytest.approx(by_hand, rel=1e-12)


def test_scattered_scores_agree_with_simulation() -> None:
    n, scores, events = [40, 31, 52, 45, 38], [0, 9_973, 20_011, 31_337, 47_111], 9
    draws = np.random.default_rng(1).multivariate_hypergeometric(n, events, size=100_000) @ np.array(scores)
    at_most = int(np.quantile(draws, 0.2))
    assert tail(n, scores, events, at_most) == pytest.approx((draws <= at_most).mean(), abs=5e-3)


def test_empty_groups_and_groups_of_one_score_change_nothing() -> None:
    assert tail([5, 0, 7, 6], [0, 1, 2, 2], 6, 7) == tail([5, 13], [0, 2], 6, 7)


def test_a_single_group_leaves_nothing_to_chance() -> None:
    assert tail([9], [4], 3, 12) == 1.0
    assert tail([9], [4], 3, 11) == 0.0


def test_the_work_grows_with_the_events_and_falls_again_when_most_had_them() -> None:
    works = [score_sum_work([155] * 8, list(range(8)), events) for events in (14, 131, 620, 1226)]
    assert works == [works[3], *works[1:3], works[0]]
    assert works[0] < works[1] < works[2]
