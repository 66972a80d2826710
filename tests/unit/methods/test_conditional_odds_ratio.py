"""Is the conditional odds ratio right at zero cells and at any size?"""

from __future__ import annotations

import math

import pytest

from seriatim.methods.conditional_odds_ratio import CONVENTIONS, conditional_odds_ratio
from seriatim.methods.values import Estimate, Interval, NotEstimable


def of(*table: int, level: float = 0.95) -> tuple[float, Interval]:
    result = conditional_odds_ratio(*table, level=level)
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result.value, result.interval


def test_an_event_only_in_the_first_group_leaves_an_upper_bound() -> None:
    value, bounds = of(5, 155, 0, 155)
    assert (value, bounds.lower) == (0, 0)
    assert 1 < bounds.upper < 1.1


def test_an_event_only_in_the_last_group_leaves_a_lower_bound() -> None:
    value, bounds = of(0, 155, 5, 155)
    assert (value, bounds.upper) == (math.inf, math.inf)
    assert bounds.lower == pytest.approx(1 / of(5, 155, 0, 155)[1].upper, rel=1e-12)


def test_a_group_in_which_everybody_had_the_event_is_a_zero_cell_too() -> None:
    value, bounds = of(4, 9, 17, 17)
    assert (value, bounds.upper) == (math.inf, math.inf)
    assert bounds.lower > 1


def test_one_event_each_in_a_pair_of_two_is_solved_by_hand() -> None:
    # Weights 1, 4 psi, psi^2: the mean is 1 at psi = 1, and psi^2 / (1 + 4 psi + psi^2) is the chance of two.
    value, bounds = of(1, 2, 1, 2, level=0.5)
    assert value == pytest.approx(1, rel=1e-13)
    assert (1 + 4 * bounds.upper) / (1 + 4 * bounds.upper + bounds.upper**2) == pytest.approx(0.25, rel=1e-12)
    assert bounds.lower == pytest.approx(1 / bounds.upper, rel=1e-12)


def test_large_groups_come_near_the_sample_odds_ratio() -> None:
    value, bounds = of(280_000, 1_550_000, 60_000, 1_550_000)
    assert value == pytest.approx((60_000 / 1_490_000) / (280_000 / 1_270_000), rel=1e-5)
    assert bounds.upper / bounds.lower < 1.03


def test_a_table_without_variation_or_without_a_group_gives_a_reason() -> None:
    assert conditional_odds_ratio(0, 0, 4, 9) == NotEstimable("a group has no patients")
    assert isinstance(conditional_odds_ratio(0, 4, 0, 9), NotEstimable)
    assert isinstance(conditional_odds_ratio(4, 4, 9, 9), NotEstimable)


def test_more_events_than_patients_are_refused() -> None:
    with pytest.raises(ValueError, match="must not exceed"):
        conditional_odds_ratio(1, 4, 5, 4)


def test_the_mid_p_interval_lies_within_the_exact_one() -> None:
    exact, mid = (conditional_odds_ratio(5, 30, 1, 40, convention=convention) for convention in CONVENTIONS)
    assert isinstance(exact, Estimate)
    assert isinstance(mid, Estimate)
    assert exact.interval is not None
    assert mid.interval is not None
    assert exact.interval.lower < mid.interval.lower < mid.interval.upper < exact.interval.upper


def test_an_unknown_convention_of_the_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="mid-P central"):
        conditional_odds_ratio(5, 30, 1, 40, convention="blaker")  # type: ignore[arg-type]
