"""Is the line the least of all lines, a vertex on whole doses, and its interval one over patients?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from seriatim.methods import quantile_trend as module
from seriatim.methods.quantile_trend import Line, quantile_trend
from seriatim.methods.values import Interval, NotEstimable


def line(table: object, scores: list[float], values: list[float], q: float = 0.5, draws: int = 50) -> Line:
    result = quantile_trend(table, scores, values, np.random.default_rng(4), q, draws)  # type: ignore[arg-type]
    assert isinstance(result, Line)
    return result


def bounds(found: Line) -> Interval:
    assert found.slope.interval is not None
    return found.slope.interval


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("q", [0.25, 0.5, 0.9])
def test_no_line_at_all_has_less_loss_by_a_linear_programme(seed: int, q: float) -> None:
    table = np.random.default_rng(seed).integers(0, 5, (4, 6))
    group, column = np.nonzero(table)
    n, weight = group.size, table[group, column]
    cost = np.concatenate([[0, 0, 0, 0], q * weight, (1 - q) * weight])
    design = np.column_stack([np.ones(n), -np.ones(n), group, -group, np.eye(n), -np.eye(n)])
    least = linprog(cost, A_eq=design, b_eq=column, bounds=(0, None)).fun
    found = line(table, [0, 1, 2, 3], [0, 1, 2, 3, 4, 5], q)
    above = column - found.intercept - found.slope.value * group
    assert weight @ np.where(above >= 0, q * above, (q - 1) * above) == pytest.approx(least, abs=1e-9)


def test_two_groups_give_the_difference_of_their_medians() -> None:
    found = line([[0, 1, 3, 1], [3, 1, 1, 0]], [0, 1], [11, 12, 13, 14])
    assert (found.intercept, found.slope.value) == (13, -2)


def test_equally_good_lines_are_flagged_and_the_flattest_is_taken() -> None:
    found = line([[1, 1, 0], [0, 1, 1]], [0, 1], [1, 2, 3])
    assert "not_unique" in found.slope.flags
    assert found.slope.value == 0


def test_groups_in_which_all_patients_agree_leave_no_width() -> None:
    found = bounds(line([[9, 0], [0, 9]], [0, 1], [13, 7]))
    assert (found.lower, found.upper) == (-6, -6)


def test_the_interval_narrows_with_more_patients() -> None:
    few, many = (bounds(line(np.array([[2, 3, 4], [4, 3, 2]]) * k, [0, 1], [1, 2, 3], draws=400)) for k in (1, 40))
    assert many.upper - many.lower < few.upper - few.lower


def test_a_group_without_patients_changes_nothing() -> None:
    padded = line([[0, 1, 3], [0, 0, 0], [3, 1, 0]], [0, 1, 2], [1, 2, 3])
    assert padded.slope.value == line([[0, 1, 3], [3, 1, 0]], [0, 2], [1, 2, 3]).slope.value


def test_one_group_and_too_many_values_give_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(4)
    assert isinstance(quantile_trend([[1, 2], [0, 0]], [0, 1], [1, 2], generator), NotEstimable)
    monkeypatch.setattr(module, "LARGEST", 1)
    assert isinstance(quantile_trend([[1, 2], [2, 0]], [0, 1], [1, 2], generator), NotEstimable)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="groups by values"):
        line([[1, 2], [2, 0]], [0, 1], [1])
    with pytest.raises(ValueError, match="between 0 and 1"):
        line([[1, 2], [2, 0]], [0, 1], [1, 2], q=1)
    with pytest.raises(ValueError, match="at least one sample"):
        line([[1, 2], [2, 0]], [0, 1], [1, 2], draws=0)
