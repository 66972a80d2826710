"""Do standardised and weighted risks turn a mix that changed back, and refuse where a group has no such patients?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods import inverse_probability_weights as module
from seriatim.methods.direct_standardisation import standardised_difference_of_risks, standardised_risk
from seriatim.methods.inverse_probability_weights import Weighted, inverse_probability_weights
from seriatim.methods.newcombe import newcombe
from seriatim.methods.values import Estimate, Interval, NotEstimable
from seriatim.methods.wilson import wilson

SIMPSON = ([9, 80], [90, 200], [30, 48], [200, 100])
BOTH = [290, 300]


def interval(result: object) -> Interval:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result.interval


def weighted(*arguments: object) -> Weighted:
    result = inverse_probability_weights(*arguments)  # type: ignore[arg-type]
    assert isinstance(result, Weighted)
    return result


def test_one_stratum_is_the_wilson_and_the_newcombe_interval() -> None:
    one, plain = interval(standardised_risk([6], [155], [99])), interval(wilson(6, 155))
    assert (one.lower, one.upper) == pytest.approx((plain.lower, plain.upper))
    two = interval(standardised_difference_of_risks([28], [155], [6], [155], [1]))
    pair = interval(newcombe(28, 155, 6, 155))
    assert (two.lower, two.upper) == pytest.approx((pair.lower, pair.upper))


def test_a_stratum_outside_the_standard_changes_nothing() -> None:
    assert standardised_risk([9, 5], [90, 0 + 5], [1, 0]) == standardised_risk([9], [90], [1])


def test_the_interval_covers_the_standardised_difference() -> None:
    generator, covered = np.random.default_rng(71), 0
    for _ in range(500):
        first, last = generator.binomial([40, 120], [0.1, 0.4]), generator.binomial([100, 60], [0.15, 0.3])
        found = interval(standardised_difference_of_risks(first, [40, 120], last, [100, 60], [140, 180]))
        covered += found.lower <= (140 * 0.05 - 180 * 0.1) / 320 <= found.upper
    assert covered / 500 > 0.95 - 3 * (0.05 * 0.95 / 500) ** 0.5


def test_a_stratum_of_the_standard_without_patients_is_no_support() -> None:
    for result in (standardised_risk([9, 0], [90, 0], [1, 1]),):
        assert isinstance(result, NotEstimable)
        assert "no support" in result.reason
    first = standardised_difference_of_risks([0], [0], [1], [5], [1])
    last = standardised_difference_of_risks([1], [5], [0], [0], [1])
    assert isinstance(first, NotEstimable)
    assert isinstance(last, NotEstimable)
    assert (first.reason[:5], last.reason[:4]) == ("first", "last")
    assert standardised_risk([1], [5], [0]) == NotEstimable("the standard has no patients")


def test_with_one_chance_a_stratum_weighting_is_standardisation_to_both_groups() -> None:
    found, plain = weighted([[0], [1]], *SIMPSON), standardised_difference_of_risks(*SIMPSON, BOTH)
    assert isinstance(plain, Estimate)
    assert found.difference.value == pytest.approx(plain.value, rel=1e-9)
    share, rates = np.array(BOTH) / 590, np.array([[0.1, 0.4], [0.15, 0.48]])
    inside = (share**2 * (rates * (1 - rates) / np.array([[90, 200], [200, 100]]))).sum()
    between = share @ (rates[1] - rates[0] - found.difference.value) ** 2 / 590
    bounds = interval(found.difference)
    assert (bounds.upper - bounds.lower) / 2 / 1.959964 == pytest.approx((inside + between) ** 0.5, rel=1e-6)


def test_the_error_is_that_of_stacked_equations_differentiated_numerically() -> None:
    age = np.array([30.0, 45, 60, 75])
    counts = ([3, 5, 9, 4], [20, 30, 25, 6], [2, 6, 10, 12], [8, 25, 30, 28])
    found = weighted(age[:, None], *counts)
    rows = [
        (a, group, outcome, n)
        for a, e1, n1, e2, n2 in zip(age / 50 - 1, *counts, strict=True)
        for group, outcome, n in ((0, 1, e1), (0, 0, n1 - e1), (1, 1, e2), (1, 0, n2 - e2))
    ]
    a, g, y, n = (np.array(column, dtype=float) for column in zip(*rows, strict=True))

    def equations(theta: np.ndarray) -> np.ndarray:
        chance = 1 / (1 + np.exp(-(theta[0] + theta[1] * a)))
        fit = g - chance
        return np.array([fit, fit * a, (1 - g) / (1 - chance) * (y - theta[2]), g / chance * (y - theta[3])])

    theta = np.array([0.0, 0.0, 0.2, 0.3])
    for _ in range(60):
        bread = np.array([(equations(theta + h) - equations(theta - h)) @ n / 2e-6 for h in 1e-6 * np.eye(4)]).T
        theta = theta - np.linalg.solve(bread, equations(theta) @ n)
    meat = (equations(theta) * n) @ equations(theta).T
    inverse = np.linalg.inv(bread)
    contrast = np.array([0, 0, -1, 1]) @ inverse
    assert found.difference.value == pytest.approx(theta[3] - theta[2], rel=1e-7)
    bounds = interval(found.difference)
    assert (bounds.upper - bounds.lower) / 2 / 1.959964 == pytest.approx((contrast @ meat @ contrast) ** 0.5, rel=1e-5)


def test_equal_mixes_weigh_everyone_alike() -> None:
    found = weighted([[0], [1]], [2, 3], [20, 30], [1, 6], [40, 60])
    assert found.effective_first == pytest.approx(50)
    assert found.largest_weight == pytest.approx(3)


def test_a_pattern_without_patients_and_a_constant_covariate_change_nothing() -> None:
    plain = weighted([[0], [1]], *SIMPSON)
    padded = weighted([[0, 7], [1, 7], [9, 7]], *([*column, 0] for column in SIMPSON))
    assert padded.difference.value == pytest.approx(plain.difference.value)


@pytest.mark.parametrize(
    ("covariates", "n_1", "n_2"),
    [([[0], [1]], [90, 0], [0, 100]), ([[0, 0], [1, 2]], [90, 20], [50, 100])],
)
def test_groups_that_covariates_tell_apart_have_no_support(
    covariates: list[list[int]], n_1: list[int], n_2: list[int]
) -> None:
    result = inverse_probability_weights(covariates, [0, 0], n_1, [0, 0], n_2)
    assert isinstance(result, NotEstimable)
    assert "no support" in result.reason


def test_a_group_of_few_patients_is_not_weighted() -> None:
    assert isinstance(inverse_probability_weights([[0]], [1], [9], [1], [90]), NotEstimable)


def test_columns_must_fit_each_other() -> None:
    with pytest.raises(ValueError, match="entry a stratum"):
        standardised_risk([1, 2], [9, 9], [1])
    with pytest.raises(ValueError, match="0 or more"):
        standardised_risk([1, 2], [9, 9], [1, -1])
    with pytest.raises(ValueError, match="row a pattern"):
        inverse_probability_weights([[0]], *SIMPSON)
    with pytest.raises(ValueError, match="finite"):
        inverse_probability_weights([[0], [float("inf")]], *SIMPSON)


def test_a_fit_of_the_weights_cut_short_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 1)
    assert isinstance(inverse_probability_weights([[0], [1]], *SIMPSON), NotEstimable)
