"""Is one odds ratio found where grades move together, and its check where they do not; else a reason?"""

from __future__ import annotations

import pytest

from seriatim.methods import proportional_odds as module
from seriatim.methods.proportional_odds import OddsTrend, proportional_odds
from seriatim.methods.values import NotEstimable, PValue

GRADES = [[10, 20, 40, 50, 35], [15, 30, 45, 40, 25], [25, 40, 45, 30, 15], [40, 50, 40, 18, 7]]


def fit(table: object, scores: list[float]) -> OddsTrend:
    result = proportional_odds(table, scores)  # type: ignore[arg-type]
    assert isinstance(result, OddsTrend)
    return result


def test_two_categories_in_two_groups_give_the_odds_ratio_of_the_table() -> None:
    found = fit([[30, 12], [25, 4]], [0, 1])
    assert found.odds_ratio.value == pytest.approx(4 * 30 / (25 * 12), rel=1e-9)
    assert found.standard_error == pytest.approx((1 / 30 + 1 / 12 + 1 / 25 + 1 / 4) ** 0.5, rel=1e-6)
    assert isinstance(found.check, NotEstimable)


def test_the_unit_and_the_origin_of_the_scores_do_not_change_the_tests() -> None:
    plain, shifted = fit(GRADES, [1, 2, 3, 4]), fit(GRADES, [1977.5, 1980.5, 1983.5, 1986.5])
    assert shifted.trend.statistic == pytest.approx(plain.trend.statistic, rel=1e-9)
    assert shifted.slope == pytest.approx(plain.slope / 3, rel=1e-8)
    assert isinstance(plain.check, PValue)
    assert isinstance(shifted.check, PValue)
    assert shifted.check.statistic == pytest.approx(plain.check.statistic, abs=1e-7)


def test_grades_read_from_worst_to_best_give_the_inverse_ratio() -> None:
    turned = fit([row[::-1] for row in GRADES], [1, 2, 3, 4])
    assert turned.slope == pytest.approx(-fit(GRADES, [1, 2, 3, 4]).slope, rel=1e-8)


def test_a_fall_of_grade_4_alone_is_seen_by_the_check() -> None:
    found = fit([[20, 30, 20, 30], [20, 30, 48, 2]], [0, 1])
    assert isinstance(found.check, PValue)
    assert found.check.value < 0.001


def test_groups_that_share_no_category_have_no_finite_ratio() -> None:
    result = proportional_odds([[10, 0, 0], [0, 0, 5]], [0, 1])
    assert isinstance(result, NotEstimable)
    assert "separate" in result.reason


def test_a_check_that_cannot_be_fitted_says_so_and_leaves_the_trend() -> None:
    found = fit([[10, 9, 6], [8, 12, 0]], [0, 1])
    assert isinstance(found.check, NotEstimable)
    assert found.odds_ratio.value < 1


@pytest.mark.parametrize(
    ("table", "scores"), [([[3, 4], [0, 0]], [0, 1]), ([[3, 4], [2, 1]], [1, 1]), ([[3], [2]], [0, 1])]
)
def test_one_group_one_score_or_one_category_is_no_trend(table: list[list[int]], scores: list[float]) -> None:
    assert isinstance(proportional_odds(table, scores), NotEstimable)


def test_impossible_tables_and_scores_are_refused() -> None:
    with pytest.raises(ValueError, match="one score"):
        proportional_odds(GRADES, [1, 2])
    with pytest.raises(ValueError, match="finite"):
        proportional_odds(GRADES, [1, 2, 3, float("nan")])
    with pytest.raises(ValueError, match="groups by categories"):
        proportional_odds([1, 2], [1, 2])


def test_a_search_cut_short_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 1)
    assert isinstance(proportional_odds(GRADES, [1, 2, 3, 4]), NotEstimable)


def test_a_step_out_of_the_order_of_the_categories_is_shortened() -> None:
    found = fit([[0, 1, 1], [2, 0, 11], [0, 10, 0]], [0, 1, 10])
    assert found.odds_ratio.value < 1
