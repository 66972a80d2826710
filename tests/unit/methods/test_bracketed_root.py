"""Are crossings found, however badly the function is scaled?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.kernels.bracketed_root import Floats, bracketed_root


def test_crossings_of_many_functions_are_found_in_few_calls() -> None:
    target, calls = np.linspace(0.01, 0.99, 50), 0

    def logistic(x: Floats) -> Floats:
        nonlocal calls
        calls += 1
        return np.asarray(x - np.log(target / (1 - target)) + 0.1 * np.sin(x - np.log(target / (1 - target))))

    found = bracketed_root(logistic, np.full(50, -30.0), np.full(50, 30.0))
    assert found == pytest.approx(np.log(target / (1 - target)), abs=1e-14)
    assert calls < 30


def test_a_step_takes_no_longer_than_bisection() -> None:
    calls = 0

    def step(x: Floats) -> Floats:
        nonlocal calls
        calls += 1
        return np.where(x > 0.3, 1e12, -1e-12)

    assert bracketed_root(step, np.zeros(1), np.ones(1)) == pytest.approx(0.3, abs=1e-15)
    assert calls <= 2 + 52


def test_a_zero_at_the_end_of_the_bracket_is_not_taken_for_the_crossing() -> None:
    found = bracketed_root(lambda x: x * (x - 0.25), np.zeros(1), np.ones(1))
    assert found == pytest.approx(0.25, abs=1e-15)


def test_a_bracket_without_width_is_its_own_crossing() -> None:
    assert bracketed_root(lambda x: x - 1, np.ones(1), np.ones(1)).tolist() == [1]


def test_brackets_that_are_not_numbers_give_no_number_and_leave_the_others_alone() -> None:
    found = bracketed_root(lambda x: x - 0.5, np.array([np.nan, 0.0]), np.array([np.nan, 1.0]))
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(0.5, abs=1e-15)
