"""Is the law of event-free runs the one that counting all orders gives?"""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from seriatim.methods.event_free_run import final_run, longest_run_anywhere


def runs(n: int, places: tuple[int, ...]) -> list[int]:
    edges = [-1, *places, n]
    return [b - a - 1 for a, b in pairwise(edges)]


@pytest.mark.parametrize(("n", "events"), [(9, 1), (10, 3), (11, 5), (7, 7), (6, 0)])
def test_both_laws_equal_the_share_of_all_orders(n: int, events: int) -> None:
    orders = [runs(n, places) for places in combinations(range(n), events)]
    for run in range(1, n - events + 1):
        final = sum(order[-1] >= run for order in orders) / len(orders)
        longest = sum(max(order) >= run for order in orders) / len(orders)
        assert final_run(n, run, events).value == pytest.approx(final, rel=1e-13)
        assert longest_run_anywhere(n, run, events).value == pytest.approx(longest, rel=1e-15)


def test_choosing_the_run_by_looking_costs_a_factor_of_the_gaps_where_two_such_runs_do_not_fit() -> None:
    assert longest_run_anywhere(1241, 809, 5).value == pytest.approx(6 * final_run(1241, 809, 5).value, rel=1e-13)
    # Two runs of 300 fit into 1241, and the simple factor counts those orders twice.
    assert longest_run_anywhere(1241, 300, 5).value < 6 * final_run(1241, 300, 5).value


def test_a_run_that_must_occur_is_certain() -> None:
    assert longest_run_anywhere(1241, 8, 137).value == 1


def test_runs_of_a_large_series_are_found_without_loss_of_digits() -> None:
    # Alternating terms of the size of e^20 cancel here; the Poisson limit is the check.
    value = longest_run_anywhere(100_000, 500, 1000).value
    assert 0.999 < value < 0.9995


def test_p_values_say_that_they_are_one_sided() -> None:
    assert (final_run(9, 3, 2).sides, longest_run_anywhere(9, 3, 2).sides) == (1, 1)


@pytest.mark.parametrize(("n", "run", "events"), [(9, 7, 3), (9, 0, 3), (9, 10, 0), (9, 3, -1)])
def test_events_and_a_run_that_do_not_fit_are_refused(n: int, run: int, events: int) -> None:
    with pytest.raises(ValueError, match=r"fit|at least one|must not exceed|whole numbers"):
        final_run(n, run, events)
    with pytest.raises(ValueError, match=r"fit|at least one|must not exceed|whole numbers"):
        longest_run_anywhere(n, run, events)


def test_a_p_value_too_small_for_floating_point_is_told_as_a_bound() -> None:
    result = final_run(10_000, 5_000, 4_000)
    assert (result.value, result.flags) == (1e-290, ("upper_bound",))
    assert longest_run_anywhere(10_000, 5_000, 4_000).flags == ("upper_bound",)
