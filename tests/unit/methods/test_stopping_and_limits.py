"""Do stopping rules and limits keep the chance of a false alarm that they state, and refuse what has no meaning?"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import comb

import numpy as np
import pytest

from seriatim.methods import ewma, funnel, g_chart, maxsprt
from seriatim.methods.toxicity_boundary import (
    SHAPES,
    Boundary,
    Shape,
    bayesian_boundary,
    operation,
    toxicity_boundary,
)
from seriatim.methods.values import Estimate, NotEstimable


def rule(*arguments: object, **named: object) -> Boundary:
    result = toxicity_boundary(*arguments, **named)  # type: ignore[arg-type]
    assert isinstance(result, Boundary)
    return result


# --- stopping rules -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_the_chance_to_stop_is_that_of_every_series_of_patients_written_out(shape: Shape) -> None:
    found, risk = rule(range(1, 11), 0.3, 0.2, shape), 0.3
    chance = early = patients = 0.0
    for series in product((0, 1), repeat=10):
        weight = risk ** sum(series) * (1 - risk) ** (10 - sum(series))
        events = np.cumsum(series)
        stops = [k for k, limit in zip(found.looks, found.stop_at, strict=True) if events[k - 1] >= limit]
        chance += weight * bool(stops)
        early += weight * bool(stops and stops[0] < 10)
        patients += weight * (stops[0] if stops else 10)
    seen = operation(found, risk)
    assert (seen.reached, seen.stopped_early, seen.expected_patients) == pytest.approx((chance, early, patients))
    assert found.false_stop == pytest.approx(chance)
    assert chance <= 0.2


@pytest.mark.parametrize("shape", SHAPES)
def test_a_boundary_one_step_tighter_would_break_its_promise(shape: Shape) -> None:
    strict, loose = rule(range(5, 31, 5), 0.2, 0.05, shape), rule(range(5, 31, 5), 0.2, 0.10, shape)
    assert strict.false_stop <= 0.05
    assert strict.false_stop <= loose.false_stop <= 0.10
    assert all(a >= b for a, b in zip(strict.stop_at, loose.stop_at, strict=True))


def test_a_number_that_cannot_be_reached_is_one_above_the_patients_so_far() -> None:
    assert rule(range(1, 31), 0.2).stop_at[:2] == (2, 3)


def test_more_events_than_the_strictest_rule_allows_give_a_reason() -> None:
    result = toxicity_boundary([1], 0.5, 0.1)
    assert isinstance(result, NotEstimable)


def test_the_usual_bayesian_rule_stops_a_safe_treatment_three_times_as_often_as_it_sounds() -> None:
    found = bayesian_boundary(range(1, 31), 0.2, 0.95, (0.4, 1.6))
    assert found.false_stop > 3 * 0.05


def test_nothing_stops_a_treatment_without_events_and_everything_one_that_always_harms() -> None:
    found = rule(range(1, 31), 0.2)
    assert operation(found, 0.0).reached == 0
    assert operation(found, 1.0).reached == pytest.approx(1)
    assert operation(found, 1.0).expected_patients == pytest.approx(3)


# --- MaxSPRT ------------------------------------------------------------------------------------------------------


def test_the_chance_of_a_false_signal_is_that_of_surveillance_simulated() -> None:
    generator, signals, runs = np.random.default_rng(51), 0, 4000
    for _ in range(runs):
        arrivals = np.cumsum(generator.exponential(size=60))
        times = arrivals[arrivals <= 5]
        ratios = [maxsprt.log_likelihood_ratio(k, float(t)) for k, t in enumerate(times, start=1)]
        signals += any(ratio >= 3.0 for ratio in ratios)
    exact = maxsprt.chance_to_signal(3.0, 5).value
    assert abs(signals / runs - exact) < 4 * (exact * (1 - exact) / runs) ** 0.5


def test_waiting_for_more_events_lowers_the_critical_value() -> None:
    values = [maxsprt.critical_value(10, fewest=k) for k in (1, 3, 6)]
    numbers = [value.value for value in values if isinstance(value, Estimate)]
    assert numbers[0] > numbers[1] > numbers[2]


def test_a_surveillance_too_short_to_signal_gives_a_reason() -> None:
    assert isinstance(maxsprt.critical_value(0.01, 0.05), NotEstimable)


def test_as_many_events_as_expected_are_no_evidence() -> None:
    assert maxsprt.log_likelihood_ratio(3, 3.0) == 0
    assert maxsprt.log_likelihood_ratio(0, 3.0) == 0


# --- g-chart ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("risk", [0.02, 0.1, 0.5])
def test_as_many_runs_lie_beyond_the_limits_as_stated_or_fewer(risk: float) -> None:
    limits = g_chart.limits_for(risk, 0.01)
    assert g_chart.run_as_long(limits.upper + 1, risk) <= 0.005 < g_chart.run_as_long(limits.upper, risk)
    assert 1 - g_chart.run_as_long(limits.lower, risk) <= 0.005


def test_events_in_every_patient_leave_no_runs() -> None:
    assert isinstance(g_chart.g_chart([0, 0, 0]), NotEstimable)
    assert isinstance(g_chart.g_chart([]), NotEstimable)


# --- funnel -------------------------------------------------------------------------------------------------------


def test_the_limits_of_large_sites_are_nearly_normal_and_close_in() -> None:
    limits = funnel.funnel([100, 10_000], 0.2)
    assert limits.upper[1] == pytest.approx(0.2 + 1.96 * 0.004, abs=5e-5)
    assert limits.lower[0] < limits.lower[1] < 0.2 < limits.upper[1] < limits.upper[0]


def test_the_p_of_a_site_is_twice_its_smaller_tail() -> None:
    above = sum(comb(10, x) * 0.1**x * 0.9 ** (10 - x) for x in range(3, 11))
    assert funnel.two_sided_p(3, 10, 0.1) == pytest.approx(2 * above)
    assert funnel.two_sided_p(0, 10, 0.1) == pytest.approx(2 * 0.9**10)


def test_sites_that_differ_by_chance_only_are_not_overdispersed() -> None:
    events = np.random.default_rng(3).binomial(200, 0.1, size=400)
    assert funnel.overdispersion(events, [200] * 400, 0.1, winsorised=0) == pytest.approx(1, abs=0.25)


# --- EWMA ---------------------------------------------------------------------------------------------------------


def test_the_limit_lets_as_many_series_pass_as_stated() -> None:
    risks, generator = np.tile([0.05, 0.2, 0.4], 20), np.random.default_rng(61)
    limit = ewma.limit_for(risks, generator, smoothing=0.1, false_alarm=0.1, draws=4000).value
    alarms = [bool(ewma.ewma(generator.random(60) < risks, risks, 0.1, limit).signals) for _ in range(1000)]
    assert np.mean(alarms) == pytest.approx(0.1, abs=4 * (0.09 / 1000 + 0.09 / 4000) ** 0.5)


def test_with_smoothing_one_only_the_newest_case_counts() -> None:
    seen = ewma.ewma([0, 1], [0.2, 0.2], smoothing=1, limit=1.5)
    assert seen.values == pytest.approx([-0.2, 0.8])
    assert seen.deviation == pytest.approx([0.4, 0.4])
    assert seen.signals == (2,)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (lambda: toxicity_boundary([], 0.2), "looks"),
        (lambda: toxicity_boundary([3, 2], 0.2), "looks"),
        (lambda: toxicity_boundary([3], 0), "acceptable"),
        (lambda: toxicity_boundary([3], 0.2, 1), "false stop"),
        (lambda: toxicity_boundary([3], 0.2, 0.05, "square"), "shape"),  # type: ignore[arg-type]
        (lambda: toxicity_boundary([3], 0.2, prior=(0, 1)), "prior"),
        (lambda: bayesian_boundary([3], 0.2, 1), "certainty"),
        (lambda: bayesian_boundary([3], 0.2, 0.9, (0, 1)), "prior"),
        (lambda: operation(Boundary((3,), (2,), 0, 0, ""), 1.5), "risk"),
        (lambda: maxsprt.log_likelihood_ratio(1, 0), "expected"),
        (lambda: maxsprt.critical_value(0), "horizon"),
        (lambda: maxsprt.critical_value(5, 0), "false signal"),
        (lambda: maxsprt.critical_value(5, fewest=0), "needs an event"),
        (lambda: maxsprt.chance_to_signal(0, 5), "positive"),
        (lambda: g_chart.g_chart([[1, 2]]), "list"),
        (lambda: g_chart.limits_for(0), "risk"),
        (lambda: g_chart.limits_for(0.1, 1), "false alarm"),
        (lambda: g_chart.run_as_long(-1, 0.1), "run"),
        (lambda: funnel.funnel([0], 0.1), "patients"),
        (lambda: funnel.funnel([9], 1), "target"),
        (lambda: funnel.two_sided_p(1, 9, 0), "target"),
        (lambda: funnel.overdispersion([0], [0], 0.1), "patients"),
        (lambda: funnel.overdispersion([1], [9], 0.1, 0.5), "one half"),
        (lambda: ewma.ewma([0], [0.1], smoothing=0), "smoothing"),
        (lambda: ewma.limit_for([0.1], np.random.default_rng(1), smoothing=2), "smoothing"),
        (lambda: ewma.limit_for([0.1], np.random.default_rng(1), draws=0), "draws"),
    ],
)
def test_impossible_rules_are_refused(question: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        question()
