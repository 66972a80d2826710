"""Are strata taken together as Mantel and Haenszel did, and empty ones told?"""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from seriatim.methods import mantel_haenszel
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

HISTOLOGY = ([9, 80], [90, 200], [30, 48], [200, 100])
APART = ([3, 0], [9, 0], [0, 4], [0, 9])


def interval(result: object) -> Interval:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result.interval


def test_one_stratum_gives_the_sample_odds_ratio_with_its_log_interval() -> None:
    result = mantel_haenszel.odds_ratio([28], [155], [6], [155])
    assert isinstance(result, Estimate)
    assert result.value == pytest.approx((6 * 127) / (28 * 149), rel=1e-14)
    error = math.sqrt(1 / 6 + 1 / 149 + 1 / 28 + 1 / 127)
    assert interval(result).upper == pytest.approx(result.value * math.exp(1.959963984540054 * error), rel=1e-12)


def test_events_in_one_group_only_leave_a_ratio_without_interval() -> None:
    gone = mantel_haenszel.odds_ratio([3, 2], [9, 9], [0, 0], [9, 9])
    new = mantel_haenszel.odds_ratio([0, 0], [9, 9], [3, 2], [9, 9])
    assert isinstance(gone, Estimate)
    assert isinstance(new, Estimate)
    assert (gone.value, new.value) == (0, math.inf)
    assert gone.interval is None
    assert gone.flags == new.flags == ("no_interval",)
    assert gone.warning is not None


def sato(table: tuple[list[int], list[int], list[int], list[int]]) -> tuple[Fraction, Fraction]:
    """Compute the difference and its variance in whole numbers, with the last group as the exposed one."""
    strata = list(zip(*table, strict=True))
    weight = sum(Fraction(n_1 * n_2, n_1 + n_2) for _, n_1, _, n_2 in strata)
    value = sum(Fraction(b * n_1 - a * n_2, n_1 + n_2) for a, n_1, b, n_2 in strata) / weight
    slope = sum(
        Fraction(2 * (n_2**2 * a - n_1**2 * b) + n_1 * n_2 * (n_1 - n_2), 2 * (n_1 + n_2) ** 2)
        for a, n_1, b, n_2 in strata
    )
    level = sum(Fraction(b * (n_1 - a) + a * (n_2 - b), 2 * (n_1 + n_2)) for a, n_1, b, n_2 in strata)
    return value, (value * slope + level) / weight**2


def test_the_risk_difference_and_its_sato_variance_equal_whole_number_arithmetic() -> None:
    value, variance = sato(HISTOLOGY)
    result = mantel_haenszel.risk_difference(*HISTOLOGY)
    assert isinstance(result, Estimate)
    assert result.value == pytest.approx(float(value), rel=1e-14)
    half = 1.959963984540054 * math.sqrt(variance)
    assert interval(result).upper == pytest.approx(float(value) + half, rel=1e-13)


def test_in_one_stratum_the_greenland_robins_variance_is_the_plain_one() -> None:
    result = mantel_haenszel.risk_difference([28], [155], [6], [140], variance="Greenland-Robins")
    assert isinstance(result, Estimate)
    p_1, p_2 = 28 / 155, 6 / 140
    error = math.sqrt(p_1 * (1 - p_1) / 155 + p_2 * (1 - p_2) / 140)
    assert interval(result).upper == pytest.approx(p_2 - p_1 + 1.959963984540054 * error, rel=1e-12)


def test_the_two_variances_agree_in_large_strata() -> None:
    large = ([900, 8000], [9000, 20000], [3000, 4800], [20000, 10000])
    here = interval(mantel_haenszel.risk_difference(*large))
    there = interval(mantel_haenszel.risk_difference(*large, variance="Greenland-Robins"))
    assert here.upper - here.lower == pytest.approx(there.upper - there.lower, rel=0.01)


def test_pairs_of_one_patient_each_can_be_tested_as_mcnemar_did() -> None:
    # Nine pairs: in six only the last group's patient had the event, in one only the first's, in two both.
    first, last = [0] * 6 + [1] + [1, 1], [1] * 6 + [0] + [1, 1]
    result = mantel_haenszel.test(first, [1] * 9, last, [1] * 9)
    assert isinstance(result, PValue)
    assert result.statistic == pytest.approx((6 - 1) ** 2 / (6 + 1), rel=1e-13)


def test_a_stratum_without_a_comparison_changes_nothing_and_is_flagged() -> None:
    longer = ([9, 80, 2], [90, 200, 7], [30, 48, 0], [200, 100, 0])
    for method in (mantel_haenszel.odds_ratio, mantel_haenszel.risk_difference):
        with_it, without = method(*longer), method(*HISTOLOGY)
        assert isinstance(with_it, Estimate)
        assert isinstance(without, Estimate)
        assert with_it.interval == without.interval
        assert with_it.flags == ("strata_dropped",)
    tested = mantel_haenszel.test(*longer)
    assert isinstance(tested, PValue)
    assert tested.flags == ("strata_dropped",)


def test_strata_that_never_hold_both_groups_give_a_reason() -> None:
    reason = NotEstimable("no stratum has patients in both groups")
    assert mantel_haenszel.odds_ratio(*APART) == reason
    assert mantel_haenszel.risk_difference(*APART) == reason
    assert mantel_haenszel.test(*APART) == reason


def test_strata_without_variation_give_a_reason() -> None:
    flat = ([0, 5], [9, 5], [0, 7], [9, 7])
    assert isinstance(mantel_haenszel.odds_ratio(*flat), NotEstimable)
    assert isinstance(mantel_haenszel.test(*flat), NotEstimable)


def test_an_unknown_variance_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="Sato"):
        mantel_haenszel.risk_difference(*HISTOLOGY, variance="Wald")  # type: ignore[arg-type]


def test_a_p_value_too_small_for_floating_point_is_told_as_a_bound() -> None:
    result = mantel_haenszel.test([2000, 3], [2000, 9], [0, 2], [2000, 9])
    assert isinstance(result, PValue)
    assert (result.value, result.flags) == (1e-290, ("upper_bound",))
