"""Does the staircase pool what stands in the wrong order, and does its test keep its direction and its level?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import isotonic_regression

from seriatim.methods.isotonic_trend import Staircase, isotonic_trend
from seriatim.methods.values import NotEstimable


def stairs(events: list[int], n: list[int], direction: str = "falling", draws: int = 99, seed: int = 3) -> Staircase:
    result = isotonic_trend(events, n, np.random.default_rng(seed), direction, draws)  # type: ignore[arg-type]
    assert isinstance(result, Staircase)
    return result


@pytest.mark.parametrize("seed", range(6))
def test_the_fit_is_that_of_pooling_adjacent_violators(seed: int) -> None:
    generator = np.random.default_rng(seed)
    n = generator.integers(1, 30, size=9)
    events = generator.binomial(n, 0.4)
    for direction in ("falling", "rising"):
        plain = isotonic_regression(events / n, weights=n, increasing=direction == "rising").x
        assert stairs(events.tolist(), n.tolist(), direction).fitted == pytest.approx(plain)


def test_a_risk_that_only_rises_gives_no_evidence_of_a_fall() -> None:
    found = stairs([1, 4, 9, 15], [30] * 4)
    assert found.trend.statistic == pytest.approx(0, abs=1e-9)
    assert found.trend.value == 1


def test_the_test_keeps_its_level_when_nothing_changes() -> None:
    generator = np.random.default_rng(11)
    values = [stairs(generator.binomial(40, 0.2, size=5).tolist(), [40] * 5, seed=k).trend.value for k in range(400)]
    assert np.mean(np.array(values) <= 0.05) < 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5


def test_a_group_without_patients_has_no_fitted_risk() -> None:
    assert np.isnan(stairs([5, 0, 1], [20, 0, 20]).fitted).tolist() == [False, True, False]


def test_without_variation_or_a_second_group_there_is_nothing_to_order() -> None:
    for events, n in (([0, 0], [5, 5]), ([5, 5], [5, 5]), ([1, 0], [5, 0])):
        assert isinstance(isotonic_trend(events, n, np.random.default_rng(1)), NotEstimable)


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="falling"):
        stairs([5, 1], [9, 9], "down")
