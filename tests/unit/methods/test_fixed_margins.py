"""Does the column-by-column law go through every table with the same margins?"""

from __future__ import annotations

import itertools
from collections import defaultdict
from math import comb, factorial, prod

import numpy as np
import pytest

from seriatim.methods.kernels.fixed_margins import Integers, fixed_margin_law, fixed_margin_work


def squares_and_sum(before: Integers, column: Integers) -> Integers:
    first = column[..., :1]
    return np.concatenate(np.broadcast_arrays(first**2, first * before.sum(axis=-1, keepdims=True)), axis=-1)


def by_enumeration(table: Integers) -> dict[tuple[int, ...], float]:
    sizes, totals = table.sum(axis=1), table.sum(axis=0)
    law: dict[tuple[int, ...], float] = defaultdict(float)
    for cells in itertools.product(*(range(total + 1) for _ in sizes for total in totals)):
        filled = np.array(cells).reshape(table.shape)
        if np.array_equal(filled.sum(axis=1), sizes) and np.array_equal(filled.sum(axis=0), totals):
            before = np.concatenate([[0], np.cumsum(totals)[:-1]])
            value = (int((filled[0] ** 2).sum()), int((filled[0] * before).sum()))
            law[value] += 1 / prod(factorial(cell) for cell in filled.ravel().tolist())
    return law


def test_the_law_is_that_of_all_tables() -> None:
    table = np.array([[2, 1, 0], [1, 1, 2], [0, 1, 1]])
    law = fixed_margin_law(table, squares_and_sum)
    expected = by_enumeration(table)
    found = dict(zip(map(tuple, law.value.tolist()), law.weight / law.weight.sum(), strict=True))
    assert found == pytest.approx({value: weight / sum(expected.values()) for value, weight in expected.items()})


def test_states_too_many_for_one_number_are_still_told_apart() -> None:
    # Thirteen groups of one patient: which six of them had the event decides the value, and no two are the same.
    table = np.array([[0, 1]] * 6 + [[1, 0]] * 7)
    names = 10 ** np.arange(13)
    law = fixed_margin_law(table, lambda before, column: column * (before.sum(axis=-1, keepdims=True) + names))
    assert len(law.weight) == comb(13, 6)
    assert law.weight == pytest.approx(law.weight[0])


def test_the_work_bound_holds_with_and_without_a_bound_on_the_values() -> None:
    table = np.array([[3, 2, 4, 1], [2, 3, 1, 4]])
    assert fixed_margin_work(table, one_value=True) <= fixed_margin_work(table, one_value=False)
