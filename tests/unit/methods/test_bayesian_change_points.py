"""Is the posterior the one of every cut weighed by hand, and does it stay with no change where there is none?"""

from __future__ import annotations

from itertools import combinations, pairwise
from math import comb, exp, lgamma, log

import numpy as np
import pytest

from seriatim.methods import bayesian_change_points as module
from seriatim.methods.bayesian_change_points import ChangePoints, bayesian_change_points, bayesian_rate_changes
from seriatim.methods.values import NotEstimable

GRADES = [[4, 1, 0], [3, 2, 1], [5, 0, 0], [1, 1, 4], [0, 2, 3], [2, 2, 1]]


def of(result: object) -> ChangePoints:
    assert isinstance(result, ChangePoints)
    return result


def dirichlet(rows: list[list[int]]) -> float:
    totals = [sum(column) for column in zip(*rows, strict=True)]
    half = 0.5 * len(totals)
    return lgamma(half) - lgamma(half + sum(totals)) + sum(lgamma(x + 0.5) - lgamma(0.5) for x in totals)


def test_the_posterior_is_that_of_every_cut_weighed_one_by_one() -> None:
    n, most = len(GRADES), 3
    number, place = np.zeros(most + 1), np.zeros(n - 1)
    for k in range(most + 1):
        for cuts in combinations(range(1, n), k):
            ends = [0, *cuts, n]
            weight = exp(sum(dirichlet(GRADES[a:b]) for a, b in pairwise(ends))) / comb(n - 1, k)
            number[k] += weight
            for cut in cuts:
                place[cut - 1] += weight
    found = of(bayesian_change_points(GRADES, most))
    assert found.number == pytest.approx(number / number.sum())
    assert found.place == pytest.approx(place / number.sum())
    assert found.bayes_factor == pytest.approx(number[1] / number[0])


def test_the_evidence_of_a_rate_is_the_integral_over_the_gamma_prior() -> None:
    events, exposure = [3, 0, 1], [10.0, 20.0, 5.0]
    beta = 0.5 * 35 / 4

    def evidence(a: int, b: int) -> float:
        x, time = sum(events[a:b]), sum(exposure[a:b])
        return lgamma(x + 0.5) - lgamma(0.5) + 0.5 * log(beta) - (x + 0.5) * log(beta + time)

    found = of(bayesian_rate_changes(events, exposure, most=1))
    weights = [exp(evidence(0, 1) + evidence(1, 3)), exp(evidence(0, 2) + evidence(2, 3))]
    assert found.single == pytest.approx(np.array(weights) / sum(weights))
    assert found.bayes_factor == pytest.approx(sum(weights) / 2 / exp(evidence(0, 3)))


def test_two_changes_are_found_as_two() -> None:
    blocks = [[2, 28]] * 6 + [[15, 15]] * 6 + [[3, 27]] * 6
    found = of(bayesian_change_points(blocks))
    assert found.number.argmax() == 2
    assert sorted(np.argsort(-found.place)[:2] + 1) == [6, 12]


def test_a_series_that_never_changes_keeps_to_no_change() -> None:
    assert of(bayesian_change_points([[3, 27]] * 20)).number.argmax() == 0
    assert of(bayesian_rate_changes([4] * 20, [100] * 20)).number.argmax() == 0


def test_the_credible_set_covers_the_true_place_as_often_as_it_says() -> None:
    generator, covered = np.random.default_rng(9), 0
    for _ in range(300):
        true = int(generator.integers(1, 20))
        shares = generator.beta(0.5, 0.5, size=2)
        events = generator.binomial(15, np.where(np.arange(20) < true, *shares))
        covered += true in of(bayesian_change_points(np.column_stack([events, 15 - events]), 1, 0.9)).single_set
    assert covered / 300 > 0.9 - 3 * 0.0174


def test_reading_the_series_backwards_mirrors_the_places() -> None:
    there, back = of(bayesian_change_points(GRADES)), of(bayesian_change_points(GRADES[::-1]))
    assert there.place == pytest.approx(back.place[::-1])


def test_too_few_too_many_and_no_events_give_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(bayesian_change_points(GRADES[:3], most=3), NotEstimable)
    assert isinstance(bayesian_rate_changes([0, 0, 0, 0, 0], [1] * 5), NotEstimable)
    monkeypatch.setattr(module, "MOST_BLOCKS", 5)
    assert isinstance(bayesian_change_points(GRADES), NotEstimable)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="at least two categories"):
        bayesian_change_points([[1], [2]])
    with pytest.raises(ValueError, match="at least one change"):
        bayesian_change_points(GRADES, most=0)
    with pytest.raises(ValueError, match="one length"):
        bayesian_rate_changes([1, 2], [1])
    with pytest.raises(ValueError, match="positive"):
        bayesian_rate_changes([1, 2], [1, 0])
