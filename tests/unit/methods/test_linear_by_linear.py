"""Is the linear-by-linear test one with its special cases, exact where small, and refused where it has no meaning?"""

from __future__ import annotations

from itertools import product
from math import factorial, isclose, prod

import pytest

from seriatim.methods.cochran_armitage import cochran_armitage, cochran_armitage_exact
from seriatim.methods.linear_by_linear import cuzick, linear_by_linear
from seriatim.methods.rank_sum import rank_sum_trend
from seriatim.methods.values import NotEstimable, PValue


def of(result: object) -> PValue:
    assert isinstance(result, PValue)
    return result


def test_with_two_outcomes_it_is_the_cochran_armitage_test() -> None:
    events, n, scores = [5, 2, 1], [9, 8, 10], [0, 1, 3]
    table = [[size - x, x] for x, size in zip(events, n, strict=True)]
    exact = of(linear_by_linear(table, scores, [0, 1]))
    assert exact.value == pytest.approx(of(cochran_armitage_exact(events, n, scores)).value, rel=1e-12)
    assert exact.statistic == pytest.approx(of(cochran_armitage(events, n, scores)).statistic, rel=1e-12)


def test_cuzick_with_two_groups_and_no_ties_is_the_rank_sum_test() -> None:
    table = [[int(case not in {1, 2, 5}) for case in range(1, 13)], [int(case in {1, 2, 5}) for case in range(1, 13)]]
    assert of(cuzick(table, [0, 1])).value == pytest.approx(of(rank_sum_trend([1, 2, 5], n=12)).value, rel=1e-12)


def test_the_exact_p_is_that_of_every_table_with_the_same_margins() -> None:
    table, u, v = [[2, 1, 0], [0, 1, 2], [1, 0, 3]], [1, 2, 5], [0, 1, 3]
    sizes, totals = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    centre = sum(s * x for s, x in zip(sizes, u, strict=True)) * sum(t * x for t, x in zip(totals, v, strict=True)) / 10
    columns = [[way for way in product(*(range(s + 1) for s in sizes)) if sum(way) == total] for total in totals]
    tables = [t for t in product(*columns) if [sum(row) for row in zip(*t, strict=True)] == sizes]
    weights = [1 / prod(factorial(cell) for column in t for cell in column) for t in tables]
    sums = [sum(u[g] * v[c] * t[c][g] for g in range(3) for c in range(3)) for t in tables]
    seen = abs(sum(u[g] * v[c] * table[g][c] for g in range(3) for c in range(3)) - centre)
    far = sum(w for w, total in zip(weights, sums, strict=True) if abs(total - centre) >= seen - 1e-9)
    assert isclose(of(linear_by_linear(table, u, v)).value, far / sum(weights), rel_tol=1e-12)


def test_empty_groups_and_categories_change_nothing() -> None:
    plain = of(linear_by_linear([[1, 4], [3, 2]], [1, 3], [0, 2]))
    padded = of(linear_by_linear([[1, 0, 4], [0, 0, 0], [3, 0, 2]], [1, 2, 3], [0, 1, 2]))
    assert (plain.value, plain.statistic) == (padded.value, padded.statistic)


def test_one_score_for_all_is_no_trend() -> None:
    assert isinstance(linear_by_linear([[1, 4], [3, 2]], [1, 1], [0, 1]), NotEstimable)
    assert isinstance(cuzick([[4], [3]], [1, 2]), NotEstimable)


def test_a_table_too_large_to_enumerate_is_asymptotic_and_says_so() -> None:
    assert of(cuzick([[9, 4, 1], [3, 6, 2]], [1, 2], max_work=0)).flags == ("asymptotic",)


def test_scores_whose_sums_would_overflow_are_not_added_up_exactly() -> None:
    found = of(linear_by_linear([[1, 4], [3, 2]], [0, 1], [0, 1]))
    huge = of(linear_by_linear([[2, 1, 4], [1, 3, 2], [0, 1, 1]], [0, 1, 2**39 - 1], [0, 1, 2**39 - 1]))
    assert (found.flags, huge.flags) == (("exact",), ("asymptotic",))


def test_scores_must_be_as_many_as_groups_and_categories() -> None:
    with pytest.raises(ValueError, match="each group needs one score"):
        cuzick([[1, 4], [3, 2]], [1])
    with pytest.raises(ValueError, match="each category needs one score"):
        linear_by_linear([[1, 4], [3, 2]], [1, 2], [1])
    with pytest.raises(ValueError, match="groups by categories"):
        cuzick([1, 2], [1, 2])
