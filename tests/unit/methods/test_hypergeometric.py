"""Is the law of the last group's events exact, near its mode and far from it, and at any size?"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from seriatim.methods.kernels.hypergeometric import at_least, at_most, exactly, no_likelier, read_tables, window


def exact_law(n_1: int, n_2: int, events: int, odds: Fraction = Fraction(1)) -> dict[int, Fraction]:
    support = range(max(0, events - n_1), min(n_2, events) + 1)
    weight = {x: comb(n_2, x) * comb(n_1, events - x) * odds**x for x in support}
    total = sum(weight.values())
    return {x: w / total for x, w in weight.items()}


@pytest.mark.parametrize(
    ("n_1", "n_2", "events", "odds"),
    [
        (155, 155, 34, Fraction(1)),
        (155, 156, 5, Fraction(1, 7)),
        (18, 17, 18, Fraction(40)),
        (1086, 155, 131, Fraction(1)),
        (155, 1086, 1200, Fraction(1, 1000)),
        (3, 9, 11, Fraction(10**9)),
    ],
)
def test_every_probability_has_twelve_right_digits_also_in_the_tails(
    n_1: int, n_2: int, events: int, odds: Fraction
) -> None:
    law = window([n_1], [n_2], [events], [float(odds)])
    found = dict(zip(law.events[0].astype(int).tolist(), law.probability[0].tolist(), strict=True))
    for x, expected in exact_law(n_1, n_2, events, odds).items():
        assert found[x] == pytest.approx(float(expected), rel=1e-12)
    assert law.probability.sum() == pytest.approx(1, rel=1e-14)


def test_an_empty_group_and_an_event_free_series_leave_one_possible_table() -> None:
    law = window([0, 4, 4], [5, 0, 6], [2, 3, 0])
    assert (law.probability == 1).sum(axis=1).tolist() == [1, 1, 1]
    assert law.events[law.probability == 1].tolist() == [2, 0, 0]


def test_tables_far_outside_any_chance_get_tails_of_zero_and_one() -> None:
    n = 20_000
    fewer, more, here, alike = read_tables([n, 0], n, n, n, at_most, at_least, exactly, no_likelier)
    assert fewer.tolist() == pytest.approx([1, 0], abs=0, rel=1e-12)
    assert more.tolist() == pytest.approx([0, 1], abs=0, rel=1e-12)
    assert here.tolist() == [0, 0]
    assert alike.tolist() == [0, 0]


def test_tails_of_many_sizes_at_once_equal_exact_enumeration() -> None:
    generator = np.random.default_rng(1241)
    sizes = generator.integers(1, 60, size=(400, 2))
    cases = np.column_stack([generator.integers(0, sizes[:, 0] + 1), generator.integers(0, sizes[:, 1] + 1)])
    total = cases.sum(axis=1)
    fewer, more = read_tables(cases[:, 1], sizes[:, 0], sizes[:, 1], total, at_most, at_least)
    for i in range(0, 400, 7):
        law = exact_law(int(sizes[i, 0]), int(sizes[i, 1]), int(total[i]))
        assert fewer[i] == pytest.approx(float(sum(p for x, p in law.items() if x <= cases[i, 1])), rel=1e-12)
        assert more[i] == pytest.approx(float(sum(p for x, p in law.items() if x >= cases[i, 1])), rel=1e-12)


def test_a_hundred_million_patients_are_counted_within_a_window() -> None:
    law = window([50_000_000], [50_000_000], [1_000_000])
    assert law.reach < 20_000
    spread = float((law.probability * (law.events - 500_000) ** 2).sum())
    assert spread == pytest.approx(0.25 * 1_000_000 * 99_000_000 / 99_999_999, rel=1e-9)
