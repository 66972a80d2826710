"""Do the charts stand where they should after each case, and are their run lengths those of the cases simulated?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from seriatim.methods import bernoulli_cusum, poisson_cusum, risk_adjusted_cusum, vlad
from seriatim.methods.kernels.run_length import lowest_threshold, run_length

MIX = ([0.05, 0.20, 0.40], [0.5, 0.3, 0.2])


def simulated(step: Callable[[np.random.Generator], float], limit: float, runs: int) -> tuple[float, float]:
    """The mean run length of a chart and its standard error, case by case."""
    generator, lengths = np.random.default_rng(41), []
    for _ in range(runs):
        height, cases = 0.0, 0
        while height < limit:
            height, cases = max(0.0, height + step(generator)), cases + 1
        lengths.append(cases)
    return float(np.mean(lengths)), float(np.std(lengths) / runs**0.5)


def one_patient(generator: np.random.Generator, odds_ratio: float) -> tuple[float, float]:
    risk = float(generator.choice(MIX[0], p=MIX[1]))
    return float(generator.random() < odds_ratio * risk / (1 + risk * (odds_ratio - 1))), risk


@pytest.mark.parametrize("true_odds_ratio", [1.0, 2.0])
def test_the_risk_adjusted_run_length_is_that_of_patients_simulated_one_by_one(true_odds_ratio: float) -> None:
    def step(generator: np.random.Generator) -> float:
        had, risk = one_patient(generator, true_odds_ratio)
        return float(had * np.log(2) - np.log1p(risk))

    mean, error = simulated(step, 2.0, 1500)
    exact = risk_adjusted_cusum.average_run_length(*MIX, 2.0, true_odds_ratio=true_odds_ratio).value
    assert abs(mean - exact) < 4 * error


def test_the_observed_minus_expected_run_length_is_that_of_patients_simulated_one_by_one() -> None:
    def step(generator: np.random.Generator) -> float:
        had, risk = one_patient(generator, 1.0)
        return had - risk - 0.05

    mean, error = simulated(step, 2.0, 1500)
    assert abs(mean - vlad.average_run_length(*MIX, 2.0, allowance=0.05).value) < 4 * error


def test_the_poisson_run_length_is_that_of_months_simulated_one_by_one() -> None:
    mean, error = simulated(lambda generator: 2.0 * generator.poisson(1.2) - 3, 7, 1500)
    # A signal strictly above 6 is a signal at 7.
    assert abs(mean - poisson_cusum.average_run_length(1.2, 3, 6, scale=2).value) < 4 * error


def test_improvement_is_watched_by_an_odds_ratio_below_one() -> None:
    path = risk_adjusted_cusum.risk_adjusted_cusum([0] * 30, [0.3] * 30, odds_ratio=0.5, limit=2)
    assert path.signals
    assert not risk_adjusted_cusum.risk_adjusted_cusum([0] * 30, [0.3] * 30, odds_ratio=2, limit=2).signals


def test_after_a_signal_a_chart_starts_again_only_if_it_resets() -> None:
    again = bernoulli_cusum.bernoulli_cusum([1, 1, 1, 1], up=3, threshold=5)
    assert (again.values.tolist(), again.signals) == ([3, 6, 3, 6], (2, 4))
    stays = bernoulli_cusum.bernoulli_cusum([1, 1, 1, 1], up=3, threshold=5, resets=False)
    assert (stays.values.tolist(), stays.signals) == ([3, 6, 9, 12], (2, 3, 4))


def test_a_chart_without_a_limit_never_signals() -> None:
    assert poisson_cusum.poisson_cusum([9, 9, 9], allowance=2).signals == ()


def test_the_display_ends_at_expected_minus_observed() -> None:
    shown = vlad.vlad([0, 1, 1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5], allowance=0.05, limit=1)
    assert shown.vlad[-1] == pytest.approx(1.5 - 3)
    assert shown.worse.signals == (3,)
    assert shown.better.signals == ()


@pytest.mark.parametrize("wanted", [50, 300])
def test_the_limit_is_the_lowest_that_runs_long_enough(wanted: int) -> None:
    limit = risk_adjusted_cusum.limit_for(*MIX, wanted, scaling=50).value
    lengths = [risk_adjusted_cusum.average_run_length(*MIX, x, scaling=50).value for x in (limit - 0.02, limit)]
    assert lengths[0] < wanted <= lengths[1]
    threshold = int(bernoulli_cusum.threshold_for(0.1, wanted, up=7).value)
    runs = [bernoulli_cusum.average_run_length(0.1, x, up=7).value for x in (threshold - 1, threshold)]
    assert runs[0] < wanted <= runs[1]


def test_a_wanted_run_length_that_any_threshold_gives_is_given_by_the_lowest() -> None:
    assert lowest_threshold(lambda _: 9.0, wanted=2) == 1


def test_a_chart_that_only_falls_never_signals() -> None:
    assert run_length(np.array([-1]), np.array([1.0]), 3) == float("inf")


def test_a_run_too_long_to_be_told_is_infinite_and_never_negative() -> None:
    # Solved as it stands this one comes out as minus 4e17.
    assert bernoulli_cusum.average_run_length(0.03125, threshold=25, up=2).value == float("inf")


def test_steps_larger_than_the_threshold_are_no_trouble() -> None:
    assert run_length(np.array([50, -60]), np.array([0.25, 0.75]), 3) == pytest.approx(4)


def test_the_steps_of_a_bernoulli_chart_are_near_the_likelihood_ratio() -> None:
    up, down = bernoulli_cusum.steps_for(0.05, 0.10)
    assert up / down == pytest.approx(np.log(2) / np.log(0.95 / 0.90), rel=0.02)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (lambda: risk_adjusted_cusum.risk_adjusted_cusum([0, 2], [0.1, 0.1]), "0 or 1"),
        (lambda: risk_adjusted_cusum.risk_adjusted_cusum([0, 1], [0.1, 1.0]), "between 0 and 1"),
        (lambda: risk_adjusted_cusum.risk_adjusted_cusum([[0, 1]], [[0.1, 0.2]]), "one a case"),
        (lambda: risk_adjusted_cusum.risk_adjusted_cusum([0], [0.1], odds_ratio=1), "other than 1"),
        (lambda: risk_adjusted_cusum.average_run_length([], [], 2), "must be a list"),
        (lambda: risk_adjusted_cusum.average_run_length([1.2], [1], 2), "between 0 and 1"),
        (lambda: risk_adjusted_cusum.average_run_length([0.2], [-1], 2), "positive"),
        (lambda: risk_adjusted_cusum.average_run_length([0.2], [1], 0), "limit"),
        (lambda: risk_adjusted_cusum.average_run_length([0.2], [1], 2, true_odds_ratio=0), "odds ratio"),
        (lambda: risk_adjusted_cusum.limit_for([0.2], [1], 1), "run length"),
        (lambda: vlad.vlad([0], [0.1], allowance=-1), "allowance"),
        (lambda: vlad.average_run_length([0.2], [1], 0), "limit"),
        (lambda: vlad.average_run_length([0.2], [1], 2, true_odds_ratio=0), "odds ratio"),
        (lambda: bernoulli_cusum.bernoulli_cusum([0, 1], up=0), "whole numbers above 0"),
        (lambda: bernoulli_cusum.steps_for(0.2, 0.1), "rise"),
        (lambda: bernoulli_cusum.average_run_length(0, 5, 3), "between 0 and 1"),
        (lambda: bernoulli_cusum.average_run_length(0.1, 0, 3), "whole numbers above 0"),
        (lambda: bernoulli_cusum.threshold_for(0.1, 1, 3), "run length"),
        (lambda: poisson_cusum.poisson_cusum([1], allowance=0), "whole numbers above 0"),
        (lambda: poisson_cusum.average_run_length(0, 3, 5), "mean"),
        (lambda: poisson_cusum.average_run_length(1, 3, 0), "whole numbers above 0"),
        (lambda: poisson_cusum.threshold_for(1, 1, 3), "run length"),
    ],
)
def test_impossible_charts_are_refused(question: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        question()
