"""Do rates and shares hold at their edges, and count patients where events or doses of one patient come together?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from seriatim.methods import empirical_bayes as eb
from seriatim.methods.cluster_proportion import Share, cluster_proportion
from seriatim.methods.empirical_bayes import Shrunk, empirical_bayes
from seriatim.methods.mean_cumulative_count import Mean, mean_cumulative_count
from seriatim.methods.poisson_rate import poisson_rate, quasi_poisson_rate, rate_ratio, rate_test
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue
from seriatim.methods.wilson import wilson


def interval(result: object) -> Interval:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result.interval


# --- rates --------------------------------------------------------------------------------------------------------


def test_without_an_event_the_rate_has_an_upper_bound_only() -> None:
    found = interval(poisson_rate(0, 100))
    assert found.lower == 0
    assert found.upper == pytest.approx(-np.log(0.025) / 100)


def test_a_zero_count_leaves_the_finite_side_of_the_ratio() -> None:
    gone, new = interval(rate_ratio(7, 100, 0, 120)), interval(rate_ratio(0, 100, 7, 120))
    assert (gone.lower, new.upper) == (0, np.inf)
    assert gone.upper < 1 < new.lower


def test_test_and_interval_of_a_ratio_agree() -> None:
    for events in range(12):
        found, p = interval(rate_ratio(6, 100, events, 130)), rate_test(6, 100, events, 130)
        assert isinstance(p, PValue)
        assert (p.value < 0.05) == (not found.lower <= 1 <= found.upper)


def test_swapping_the_groups_inverts_the_ratio() -> None:
    there, back = rate_ratio(6, 100, 11, 130), rate_ratio(11, 130, 6, 100)
    assert isinstance(there, Estimate)
    assert isinstance(back, Estimate)
    assert there.value == pytest.approx(1 / back.value)
    assert interval(there).lower == pytest.approx(1 / interval(back).upper)
    p, turned = rate_test(0, 100, 7, 130), rate_test(7, 130, 0, 100)
    assert isinstance(p, PValue)
    assert isinstance(turned, PValue)
    assert p.value == pytest.approx(turned.value)


def test_no_exposure_and_no_events_give_reasons() -> None:
    assert poisson_rate(0, 0) == NotEstimable("there is no exposure")
    for method in (rate_ratio, rate_test):
        assert method(1, 5, 0, 0) == NotEstimable("a group has no exposure")
        assert method(0, 5, 0, 5) == NotEstimable("there are no events")
    assert quasi_poisson_rate([0], [5], [20]) == NotEstimable("there are no events")
    assert isinstance(quasi_poisson_rate([2], [5], [9]), NotEstimable)


def test_the_interval_over_patients_covers_where_the_poisson_one_does_not() -> None:
    generator, over_patients, plain = np.random.default_rng(81), 0, 0
    for _ in range(400):
        events = generator.poisson(generator.gamma(0.5, 2.0, size=60))
        found = interval(quasi_poisson_rate(events, [1.0] * 60, [1] * 60))
        naive = interval(poisson_rate(int(events.sum()), 60))
        over_patients += found.lower <= 1 <= found.upper
        plain += naive.lower <= 1 <= naive.upper
    assert over_patients / 400 > 0.90
    assert plain / 400 < 0.85


# --- repeated events ----------------------------------------------------------------------------------------------


def test_without_anyone_lost_it_is_the_plain_mean_with_its_plain_error() -> None:
    events = np.array([[1, 0, 2], [0, 0, 0], [1, 1, 1], [0, 2, 0], [0, 0, 1]])
    found = mean_cumulative_count([1, 2, 3], events, [3] * 5)
    assert isinstance(found, Mean)
    totals = events.cumsum(axis=1)
    assert found.mean == pytest.approx(totals.mean(axis=0))
    assert found.standard_error == pytest.approx(totals.std(axis=0) / 5**0.5)
    assert np.all(found.lower <= found.mean)
    assert np.all(found.mean <= found.upper)


def test_patterns_with_counts_are_the_patients_they_count() -> None:
    tally = mean_cumulative_count([1, 2], [[1, 0], [0, 1]], [2, 1.5 + 1], [3, 2])
    patients = mean_cumulative_count([1, 2], [[1, 0]] * 3 + [[0, 1]] * 2, [2] * 3 + [2.5] * 2)
    assert isinstance(tally, Mean)
    assert isinstance(patients, Mean)
    assert tally.standard_error == pytest.approx(patients.standard_error)


def test_times_after_everyone_was_lost_are_left_out() -> None:
    found = mean_cumulative_count([1, 2, 3], [[0, 1, 0], [0, 0, 0]], [2, 2])
    assert isinstance(found, Mean)
    assert found.time.tolist() == [1, 2]
    assert (found.lower[0], found.upper[0]) == (0, 0)
    assert isinstance(mean_cumulative_count([1], np.zeros((0, 1)), []), NotEstimable)


# --- shares of doses ----------------------------------------------------------------------------------------------


def test_one_dose_a_patient_is_the_wilson_interval_but_for_n_minus_1() -> None:
    found = cluster_proportion([0, 1], [1, 1], [155 - 28, 28])
    assert isinstance(found, Share)
    assert found.design_effect == pytest.approx(155 / 154)
    assert interval(found.share).lower == pytest.approx(interval(wilson(28, 155)).lower, abs=5e-4)


def test_doses_of_a_patient_that_always_agree_count_as_one() -> None:
    found = cluster_proportion([0, 10], [10, 10], [30, 20])
    assert isinstance(found, Share)
    assert found.effective_units == pytest.approx(50 * 49 / 50)


def test_doses_that_differ_more_than_chance_within_patients_are_not_worth_more_than_they_are() -> None:
    found = cluster_proportion([4, 5, 6], [10, 10, 10], [2, 20, 2])
    assert isinstance(found, Share)
    assert found.design_effect < 1
    assert found.effective_units == 240
    assert found.share.flags == ("design_effect_below_1",)


def test_patients_without_doses_are_no_patients() -> None:
    assert cluster_proportion([0, 4, 0], [10, 10, 0], [9, 8, 99]) == cluster_proportion([0, 4], [10, 10], [9, 8])


def test_clustering_that_cannot_be_told_gives_a_reason() -> None:
    assert isinstance(cluster_proportion([0, 4], [10, 10], [5, 4]), NotEstimable)
    assert isinstance(cluster_proportion([4], [10], [50]), NotEstimable)


def test_the_share_is_covered_when_patients_differ() -> None:
    generator, covered = np.random.default_rng(82), 0
    for _ in range(400):
        events = generator.binomial(8, generator.beta(1, 4, size=50))
        found = cluster_proportion(events, [8] * 50, [1] * 50)
        assert isinstance(found, Share)
        bounds = interval(found.share)
        covered += bounds.lower <= 0.2 <= bounds.upper
    assert covered / 400 > 0.95 - 3 * (0.05 * 0.95 / 400) ** 0.5


# --- many endpoints -----------------------------------------------------------------------------------------------


def test_effects_that_scatter_no_more_than_their_errors_become_one() -> None:
    found = empirical_bayes([0.1, 0.11, 0.09, 0.1, 0.1], [0.5] * 5)
    assert isinstance(found, Shrunk)
    assert found.spread == 0
    assert found.effect == pytest.approx(np.full(5, found.mean))


def test_a_rare_endpoint_is_pulled_most_and_none_past_the_mean() -> None:
    effects, errors = [-1.0, -0.2, -1.8, 0.6, -3.0], [0.1, 0.2, 0.2, 0.3, 1.5]
    found = empirical_bayes(effects, errors)
    assert isinstance(found, Shrunk)
    assert found.kept.argmin() == 4
    assert np.all((found.effect - found.mean) * (np.array(effects) - found.mean) >= 0)


def test_the_intervals_cover_the_true_effects_on_average() -> None:
    generator, covered = np.random.default_rng(83), []
    for _ in range(200):
        errors = generator.uniform(0.2, 0.8, size=25)
        true = generator.normal(-0.5, 0.5, size=25)
        found = empirical_bayes(true + errors * generator.normal(size=25), errors)
        assert isinstance(found, Shrunk)
        covered.append(np.mean((found.lower <= true) & (true <= found.upper)))
    # The spread is estimated and taken as known, which costs some of the 95 %.
    assert np.mean(covered) > 0.90


def test_too_few_endpoints_have_no_common_spread() -> None:
    assert isinstance(empirical_bayes([1, 2, 3, 4], [1] * 4), NotEstimable)


def test_log_odds_ratios_turn_round_with_the_groups() -> None:
    there, back = eb.log_odds_ratios([28, 5], 155, [6, 0], 150), eb.log_odds_ratios([6, 0], 150, [28, 5], 155)
    assert there[0] == pytest.approx(-back[0])
    assert there[1] == pytest.approx(back[1])


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (lambda: poisson_rate(1, 0), "events need exposure"),
        (lambda: poisson_rate(0, -1), "0 or more"),
        (lambda: quasi_poisson_rate([1, 2], [1], [1]), "one entry a pattern"),
        (lambda: quasi_poisson_rate([1], [0], [1]), "positive"),
        (lambda: mean_cumulative_count([1], [[1, 0]], [1]), "patterns by times"),
        (lambda: mean_cumulative_count([1], [[1]], [1], [1, 2]), "entry a pattern"),
        (lambda: mean_cumulative_count([2, 1], [[1, 0]], [2]), "ascend"),
        (lambda: mean_cumulative_count([1, 2], [[0, 1]], [1]), "after the last"),
        (lambda: cluster_proportion([1], [2], [1, 2]), "one entry a pattern"),
        (lambda: empirical_bayes([1, 2], [1]), "one length"),
        (lambda: empirical_bayes([np.inf], [1]), "finite"),
        (lambda: empirical_bayes([1], [0]), "positive"),
    ],
)
def test_impossible_questions_are_refused(question: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        question()
