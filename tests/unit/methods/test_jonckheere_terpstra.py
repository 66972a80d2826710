"""Does the ordered test follow the order of groups and of categories?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.jonckheere_terpstra import jonckheere_terpstra, jonckheere_terpstra_simulated
from seriatim.methods.values import NotEstimable, PValue

FALLING = [[1, 2, 4], [2, 3, 2], [5, 2, 1]]


def p(result: PValue | NotEstimable) -> PValue:
    assert isinstance(result, PValue)
    return result


def test_grades_that_fall_have_a_negative_z() -> None:
    assert (p(jonckheere_terpstra(FALLING)).statistic or 0) < 0


def test_beyond_the_work_allowed_p_is_normal_and_flagged() -> None:
    approximate = p(jonckheere_terpstra(FALLING, max_work=10))
    assert approximate.flags == ("asymptotic",)
    assert approximate.value == pytest.approx(0.0297, abs=1e-3)


def test_two_patients_can_be_compared() -> None:
    assert p(jonckheere_terpstra([[1, 0], [0, 1]])).value == 1.0


def test_groups_and_categories_without_anyone_change_nothing() -> None:
    padded = [[1, 0, 2, 4], [0, 0, 0, 0], [2, 0, 3, 2], [5, 0, 2, 1]]
    assert jonckheere_terpstra(padded) == jonckheere_terpstra(FALLING)


def test_one_group_or_one_category_is_no_shift() -> None:
    assert isinstance(jonckheere_terpstra([[1, 2, 3]]), NotEstimable)
    assert isinstance(jonckheere_terpstra([[4], [5]]), NotEstimable)


@pytest.mark.parametrize("table", [[1, 2, 3], [[1, -1], [0, 2]], [[0.5, 1], [1, 1]]])
def test_impossible_tables_are_refused(table: object) -> None:
    with pytest.raises(ValueError, match="got"):
        jonckheere_terpstra(table)  # type: ignore[arg-type]


def test_a_hundred_thousand_patients_are_asymptotic_at_once():
    answer = jonckheere_terpstra([[90_000, 8_000, 2_000], [91_000, 7_500, 1_500]])
    assert isinstance(answer, PValue)
    assert "asymptotic" in answer.flags


def test_random_tables_come_within_four_standard_errors_of_the_exact_p() -> None:
    table = [[1, 2, 4], [2, 3, 2], [5, 2, 1]]
    exact, drawn = jonckheere_terpstra(table), jonckheere_terpstra_simulated(table, np.random.default_rng(7), 20_000)
    assert isinstance(exact, PValue)
    assert isinstance(drawn, PValue)
    assert drawn.mc_error is not None
    assert abs(drawn.value - exact.value) < 4 * drawn.mc_error
    assert drawn.statistic == exact.statistic


def test_a_simulated_p_is_never_zero() -> None:
    drawn = jonckheere_terpstra_simulated([[40, 0], [0, 40]], np.random.default_rng(7), 99)
    assert isinstance(drawn, PValue)
    assert drawn.value == 0.01


def test_one_category_alone_cannot_be_simulated_either() -> None:
    assert isinstance(jonckheere_terpstra_simulated([[4], [3]], np.random.default_rng(7)), NotEstimable)
