"""Which laws hold for trends, change points, follow-up and charts, whatever the counts?"""

from __future__ import annotations

from itertools import pairwise
from math import isclose

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.reference import unconditional

from seriatim.methods import barnard, chan_zhang
from seriatim.methods.aalen_johansen import Incidence, aalen_johansen
from seriatim.methods.bayesian_change_points import ChangePoints, bayesian_change_points
from seriatim.methods.bernoulli_cusum import average_run_length
from seriatim.methods.change_point_test import Change, change_point_test
from seriatim.methods.cox import HazardRatios, cox
from seriatim.methods.funnel import funnel
from seriatim.methods.isotonic_trend import Staircase, isotonic_trend
from seriatim.methods.kernels.run_length import run_length
from seriatim.methods.linear_by_linear import cuzick
from seriatim.methods.mid_p_proportion import mid_p_proportion
from seriatim.methods.newcombe import newcombe
from seriatim.methods.toxicity_boundary import Boundary, operation, toxicity_boundary
from seriatim.methods.values import Estimate, Interval, PValue

sizes = st.integers(1, 9)
tables = st.tuples(sizes, sizes).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)
grades = st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=6)


def interval(result: object) -> Interval:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result.interval


# --- two groups ---------------------------------------------------------------------------------------------------


@given(tables)
@settings(deadline=None, max_examples=60)
def test_swapping_the_groups_turns_every_difference_over(table: tuple[int, int, int, int]) -> None:
    e_1, n_1, e_2, n_2 = table
    for method in (newcombe, chan_zhang.difference):
        there, back = interval(method(e_1, n_1, e_2, n_2)), interval(method(e_2, n_2, e_1, n_1))
        assert there.lower == pytest.approx(-back.upper, abs=1e-7)
        assert -1 - 1e-9 <= there.lower <= e_2 / n_2 - e_1 / n_1 <= there.upper <= 1 + 1e-9


@given(tables)
@settings(deadline=None, max_examples=60)
def test_more_events_in_the_last_group_lie_farther_above_any_difference(table: tuple[int, int, int, int]) -> None:
    e_1, n_1, _, n_2 = table
    # The bisection within a row of tables rests on this order.
    for delta in (-0.9, -0.31, 0.0, 0.17, 0.6):
        z = [unconditional.z(e_1, n_1, y, n_2, delta) for y in range(n_2 + 1)]
        assert all(later >= earlier - 1e-6 for earlier, later in pairwise(z))


@given(tables)
@settings(deadline=None, max_examples=60)
def test_barnard_counts_its_own_table(table: tuple[int, int, int, int]) -> None:
    e_1, n_1, e_2, n_2 = table
    p, turned = barnard.barnard(*table), barnard.barnard(n_1 - e_1, n_1, n_2 - e_2, n_2)
    assert isinstance(p, PValue)
    assert isinstance(turned, PValue)
    assert 0 < p.value <= 1
    assert isclose(p.value, turned.value, rel_tol=1e-7)


@given(st.integers(0, 30), st.integers(1, 30), st.floats(0.5, 0.9), st.floats(0.91, 0.999))
def test_a_higher_level_never_narrows_the_mid_p_interval(events: int, more: int, low: float, high: float) -> None:
    n = events + more
    narrow, wide = (interval(mid_p_proportion(events, n, level)) for level in (low, high))
    assert wide.lower <= narrow.lower <= events / n <= narrow.upper <= wide.upper


# --- trends and change points -------------------------------------------------------------------------------------


@given(grades)
@settings(deadline=None, max_examples=60)
def test_a_series_read_backwards_has_the_opposite_trend_and_mirrored_changes(blocks: list[list[int]]) -> None:
    scores = list(range(len(blocks)))
    there, back = cuzick(blocks, scores, max_work=0), cuzick(blocks[::-1], scores, max_work=0)
    if isinstance(there, PValue):
        assert isinstance(back, PValue)
        assert isclose(there.statistic or 0, -(back.statistic or 0), abs_tol=1e-9)
    forward, backward = bayesian_change_points(blocks, most=1), bayesian_change_points(blocks[::-1], most=1)
    assert isinstance(forward, ChangePoints)
    assert isinstance(backward, ChangePoints)
    assert forward.single == pytest.approx(backward.single[::-1])
    assert forward.number.sum() == pytest.approx(1)
    assert forward.place.sum() == pytest.approx(forward.number[1])


@given(grades, st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=40)
def test_splitting_a_block_never_lowers_the_largest_likelihood_ratio(blocks: list[list[int]], seed: int) -> None:
    whole = change_point_test(blocks, np.random.default_rng(seed), draws=1)
    assume(isinstance(whole, Change))
    halves = [part for block in blocks for part in ([x // 2 for x in block], [x - x // 2 for x in block])]
    split = change_point_test(halves, np.random.default_rng(seed), draws=1)
    assert isinstance(whole, Change)
    assert isinstance(split, Change)
    assert (split.p.statistic or 0) >= (whole.p.statistic or 0) - 1e-9


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=8), st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_a_staircase_falls_and_keeps_the_number_of_events(groups: list[tuple[int, int]], seed: int) -> None:
    events, n = [x for x, _ in groups], [x + rest for x, rest in groups]
    found = isotonic_trend(events, n, np.random.default_rng(seed), draws=1)
    assume(isinstance(found, Staircase))
    assert isinstance(found, Staircase)
    fitted, seen = found.fitted, np.array(n) > 0
    assert np.all(np.diff(fitted[seen]) <= 1e-12)
    assert float(np.nan_to_num(fitted) @ n) == pytest.approx(sum(events))


# --- follow-up ----------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=7))
@settings(deadline=None, max_examples=80)
def test_causes_add_up_to_the_incidence_of_any_cause(days: list[tuple[int, int, int]]) -> None:
    first, second, lost = (list(column) for column in zip(*days, strict=True))
    time = list(range(1, len(days) + 1))
    both = aalen_johansen(time, [first, second], lost)
    one = aalen_johansen(time, [[a + b for a, b in zip(first, second, strict=True)]], lost)
    assume(isinstance(both, Incidence))
    assert isinstance(both, Incidence)
    assert isinstance(one, Incidence)
    assert both.incidence.sum(axis=0) == pytest.approx(one.incidence[0])
    assert np.all(both.lower <= both.incidence + 1e-12)
    assert np.all(both.incidence <= both.upper + 1e-12)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_tallies_of_two_sites_stratified_by_site_are_the_pooled_patients(seed: int) -> None:
    generator = np.random.default_rng(seed)
    days, x = generator.integers(1, 9, 60), generator.integers(0, 3, (60, 1))
    ended, site = generator.random(60) < 0.6, generator.integers(0, 2, 60)
    pooled = cox(days, x, ended, ~ended, site)
    order = generator.permutation(60)
    shuffled = cox(days[order], x[order], ended[order], ~ended[order], site[order] + 7)
    assume(isinstance(pooled, HazardRatios))
    assert isinstance(pooled, HazardRatios)
    assert isinstance(shuffled, HazardRatios)
    assert shuffled.coefficients == pytest.approx(pooled.coefficients, rel=1e-6, abs=1e-9)


# --- charts and rules ---------------------------------------------------------------------------------------------


@given(st.floats(0.02, 0.4), st.integers(2, 9), st.integers(3, 30))
@settings(deadline=None, max_examples=60)
def test_a_higher_threshold_runs_longer_and_a_higher_risk_shorter(risk: float, up: int, threshold: int) -> None:
    here = average_run_length(risk, threshold, up).value
    assert average_run_length(risk, threshold + 1, up).value >= here * (1 - 1e-5)
    assert average_run_length(risk + 0.1, threshold, up).value <= here * (1 + 1e-5)


@given(st.integers(1, 12), st.floats(0.05, 0.6))
def test_a_chart_without_way_back_runs_as_a_sum_of_geometric_waits(events: int, risk: float) -> None:
    found = run_length(np.array([1, 0]), np.array([risk, 1 - risk]), events)
    assert found == pytest.approx(events / risk)


@given(st.floats(0.05, 0.5), st.floats(0.02, 0.2), st.integers(3, 25))
@settings(deadline=None, max_examples=60)
def test_a_rule_keeps_its_promise_and_stops_a_more_harmful_treatment_more_often(
    acceptable: float, false_stop: float, n: int
) -> None:
    rule = toxicity_boundary(range(1, n + 1), acceptable, false_stop)
    assume(isinstance(rule, Boundary))
    assert isinstance(rule, Boundary)
    assert rule.false_stop <= false_stop
    reached = [operation(rule, risk).reached for risk in (0.5 * acceptable, acceptable, 1.2 * acceptable, 0.9)]
    assert all(later >= earlier - 1e-12 for earlier, later in pairwise(reached))


@given(st.integers(1, 400), st.floats(0.01, 0.99))
def test_funnel_limits_hold_the_target_and_widen_with_the_level(n: int, target: float) -> None:
    narrow, wide = funnel([n], target, 0.95), funnel([n], target, 0.998)
    assert 0 <= wide.lower[0] <= narrow.lower[0] <= narrow.upper[0] <= wide.upper[0] <= 1
