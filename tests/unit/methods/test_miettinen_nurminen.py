"""Does the score method hold at its edges, for margins and across strata?"""

from __future__ import annotations

from decimal import Decimal, getcontext

import numpy as np
import pytest

from seriatim.methods.miettinen_nurminen import (
    Variance,
    difference,
    difference_bounds,
    noninferiority,
    score_test,
    score_test_many,
    stratified_difference,
    stratified_noninferiority,
    stratified_score_test,
)
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

getcontext().prec = 50

SEPSIS = (28, 155, 6, 155)
HISTOLOGY = ([9, 80], [90, 200], [30, 48], [200, 100])


def interval(result: object) -> Interval:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result.interval


def p_of(result: object) -> float:
    assert isinstance(result, PValue)
    return result.value


def slow_z(table: tuple[int, int, int, int], delta: Decimal, *, corrected: bool) -> Decimal:
    """Standardise by the likelihood maximised at 50 digits, instead of the closed form."""
    e_1, n_1, e_2, n_2 = table
    low, high = max(Decimal(0), -delta), min(Decimal(1), 1 - delta)
    for _ in range(150):
        x = (low + high) / 2
        y = x + delta
        slope = e_1 / x - (n_1 - e_1) / (1 - x) + e_2 / y - (n_2 - e_2) / (1 - y)
        low, high = (x, high) if slope > 0 else (low, x)
    variance = x * (1 - x) / n_1 + y * (1 - y) / n_2
    inflation = Decimal(n_1 + n_2) / (n_1 + n_2 - 1) if corrected else Decimal(1)
    return (Decimal(e_2) / n_2 - Decimal(e_1) / n_1 - delta) / (variance * inflation).sqrt()


@pytest.mark.parametrize("table", [SEPSIS, (6, 18, 12, 17), (5, 155, 0, 156), (12, 40, 12, 40), (1, 3, 3, 400)])
def test_at_each_bound_the_score_is_the_normal_quantile_at_50_digits(table: tuple[int, int, int, int]) -> None:
    bounds = interval(difference(*table))
    assert float(slow_z(table, Decimal(bounds.lower), corrected=True)) == pytest.approx(1.959963984540054, rel=1e-11)
    assert float(slow_z(table, Decimal(bounds.upper), corrected=True)) == pytest.approx(-1.959963984540054, rel=1e-11)


def test_a_complete_change_is_bounded_by_one() -> None:
    bounds = interval(difference(0, 20, 10, 10))
    # Miettinen and Nurminen's own example, 10/10 against 0/20.
    assert (round(bounds.lower, 4), bounds.upper) == (0.7156, 1)


def test_no_event_in_either_group_leaves_an_interval_but_no_test() -> None:
    bounds = interval(difference(0, 50, 0, 40))
    assert bounds.lower < 0 < bounds.upper
    assert score_test(0, 50, 0, 40) == NotEstimable("no variation: all patients had the event, or none had")
    assert isinstance(score_test(50, 50, 40, 40), NotEstimable)


def test_an_empty_group_gives_a_reason_or_no_number() -> None:
    reason = NotEstimable("a group has no patients")
    assert difference(0, 0, 3, 9) == reason
    assert score_test(0, 0, 3, 9) == reason
    assert noninferiority(3, 9, 0, 0, margin=0.1) == reason
    lower, upper = difference_bounds([0, 3], [0, 9], 3, 9)
    assert np.isnan([lower[0], upper[0]]).all()
    assert lower[1] < 0 < upper[1]
    assert np.isnan(score_test_many([0, 3], [0, 9], 3, 9)).tolist() == [True, False]


def test_a_statistic_below_zero_means_fewer_events_last() -> None:
    sepsis = score_test(*SEPSIS)
    assert isinstance(sepsis, PValue)
    assert sepsis.statistic is not None
    assert sepsis.statistic < 0
    assert sepsis.sides == 2


@pytest.mark.parametrize(("variance", "corrected"), [("Farrington-Manning", False), ("Miettinen-Nurminen", True)])
def test_the_statistic_at_the_margin_is_that_of_the_likeliest_rates(variance: Variance, corrected: bool) -> None:
    result = noninferiority(26, 155, 23, 155, margin=0.1, variance=variance)
    assert isinstance(result, PValue)
    expected = float(slow_z((26, 155, 23, 155), Decimal("-0.1"), corrected=corrected))
    assert result.statistic == pytest.approx(expected, rel=1e-12)
    assert (result.sides, variance in result.method) == (1, True)


def test_a_wider_margin_is_easier_to_meet() -> None:
    p = [p_of(noninferiority(26, 155, 23, 155, margin=margin)) for margin in (0.0, 0.05, 0.1, 0.2)]
    assert p == sorted(p, reverse=True)


def test_the_margin_met_just_where_the_one_sided_interval_ends_agrees_with_it() -> None:
    bounds = interval(difference(26, 155, 23, 155, level=0.90))
    p = noninferiority(26, 155, 23, 155, margin=-bounds.lower, variance="Miettinen-Nurminen")
    assert p_of(p) == pytest.approx(0.05, rel=1e-9)


def test_without_a_margin_groups_that_are_all_alike_cannot_be_tested() -> None:
    assert isinstance(noninferiority(0, 9, 0, 9, margin=0), NotEstimable)
    assert p_of(noninferiority(0, 9, 0, 9, margin=0.4)) < 0.05


@pytest.mark.parametrize("margin", [-0.1, 1, 10])
def test_a_margin_that_is_no_rate_is_refused(margin: float) -> None:
    with pytest.raises(ValueError, match="a margin is a rate"):
        noninferiority(26, 155, 23, 155, margin=margin)


def test_an_unknown_variance_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="Farrington-Manning"):
        noninferiority(26, 155, 23, 155, margin=0.1, variance="pooled")  # type: ignore[arg-type]


def test_one_stratum_gives_the_plain_result() -> None:
    alone = stratified_difference([28], [155], [6], [155])
    plain = difference(*SEPSIS)
    assert isinstance(alone, Estimate)
    assert isinstance(plain, Estimate)
    assert alone.value == pytest.approx(plain.value, rel=1e-14)
    assert interval(alone).lower == pytest.approx(interval(plain).lower, rel=1e-13)
    assert interval(alone).upper == pytest.approx(interval(plain).upper, rel=1e-13)
    assert p_of(stratified_score_test([28], [155], [6], [155])) == p_of(score_test(*SEPSIS))
    assert p_of(stratified_noninferiority([26], [155], [23], [155], margin=0.1)) == p_of(
        noninferiority(26, 155, 23, 155, margin=0.1)
    )


def test_a_change_within_strata_shows_against_the_pooled_one() -> None:
    within, pooled = stratified_difference(*HISTOLOGY), difference(89, 290, 78, 300)
    assert isinstance(within, Estimate)
    assert isinstance(pooled, Estimate)
    assert pooled.value < 0 < within.value
    assert within.value == pytest.approx((0.05 * 90 * 200 / 290 + 0.08 * 200 * 100 / 300) / (18000 / 290 + 20000 / 300))


def test_the_stratified_test_and_interval_are_one_method() -> None:
    p = p_of(stratified_score_test(*HISTOLOGY))
    bounds = interval(stratified_difference(*HISTOLOGY, level=1 - p))
    assert bounds.lower == pytest.approx(0, abs=1e-12)
    loss = interval(stratified_difference(*HISTOLOGY, level=0.98)).lower
    met = stratified_noninferiority(*HISTOLOGY, margin=-loss, variance="Miettinen-Nurminen")
    assert p_of(met) == pytest.approx(0.01, rel=1e-9)


def test_a_stratum_without_a_comparison_changes_nothing_and_is_flagged() -> None:
    with_it = stratified_difference([9, 80, 2], [90, 200, 7], [30, 48, 0], [200, 100, 0])
    without = stratified_difference(*HISTOLOGY)
    assert isinstance(with_it, Estimate)
    assert isinstance(without, Estimate)
    assert with_it.value == without.value
    assert interval(with_it) == interval(without)
    assert (with_it.flags, without.flags) == (("strata_dropped",), ())


def test_strata_that_never_hold_both_groups_give_a_reason() -> None:
    apart = ([3, 0], [9, 0], [0, 4], [0, 9])
    reason = NotEstimable("no stratum has patients in both groups")
    assert stratified_difference(*apart) == reason
    assert stratified_score_test(*apart) == reason
    assert stratified_noninferiority(*apart, margin=0.1) == reason
    assert isinstance(stratified_score_test([0, 5], [9, 5], [0, 7], [9, 7]), NotEstimable)


def test_a_p_value_too_small_for_floating_point_is_told_as_a_bound() -> None:
    for result in (score_test(2000, 2000, 0, 2000), noninferiority(0, 2000, 2000, 2000, margin=0.1)):
        assert isinstance(result, PValue)
        assert (result.value, result.flags) == (1e-290, ("upper_bound",))


def test_more_tables_than_fit_in_one_slice_keep_their_places() -> None:
    events = np.arange(9000).reshape(3, 3000) % 151
    lower, upper = difference_bounds(events, 155, 6, 155)
    here = interval(difference(int(events[2, 2999]), 155, 6, 155))
    assert lower.shape == upper.shape == (3, 3000)
    assert (lower[2, 2999], upper[2, 2999]) == pytest.approx((here.lower, here.upper), abs=1e-13)
