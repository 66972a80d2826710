"""Is each convention of Fisher's test the one its name says?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.fisher_exact import CONVENTIONS, fisher_exact, fisher_exact_many
from seriatim.methods.values import NotEstimable, PValue


def p(*table: int, convention: str = "central") -> PValue:
    result = fisher_exact(*table, convention)  # type: ignore[arg-type]
    assert isinstance(result, PValue)
    return result


def test_groups_of_unequal_size_tell_the_conventions_apart() -> None:
    values = [p(6, 18, 12, 17, convention=convention).value for convention in CONVENTIONS]
    assert [round(value, 4) for value in values] == [0.0606, 0.0437, 0.0353]


def test_groups_of_equal_size_do_not() -> None:
    assert p(28, 155, 6, 155).value == pytest.approx(
        p(28, 155, 6, 155, convention="minimum likelihood").value, rel=1e-14
    )


def test_one_patient_more_halves_the_minimum_likelihood_p_of_the_ischaemia_table() -> None:
    # Five events against none: with equal groups the mirrored table counts too, with 155 against 156 it does not.
    equal = p(5, 155, 0, 155, convention="minimum likelihood").value
    unequal = p(5, 155, 0, 156, convention="minimum likelihood").value
    assert (round(equal, 4), round(unequal, 4)) == (0.0605, 0.0298)


def test_the_p_value_names_its_convention() -> None:
    assert [p(6, 18, 12, 17, convention=convention).convention for convention in CONVENTIONS] == list(CONVENTIONS)


def test_a_table_at_the_middle_of_its_margins_has_p_one() -> None:
    assert [p(5, 10, 5, 10, convention=convention).value for convention in CONVENTIONS[:2]] == [1, 1]
    assert p(5, 10, 5, 10, convention="mid-P central").value == pytest.approx(1, rel=1e-14)


@pytest.mark.parametrize("table", [(0, 12, 0, 9), (12, 12, 9, 9)])
def test_margins_that_allow_one_table_only_are_flagged(table: tuple[int, int, int, int]) -> None:
    assert p(*table).value == 1
    assert p(*table).flags == ("single_table",)
    assert p(1, 12, 0, 9).flags == ()


def test_an_empty_group_gives_a_reason_or_no_number() -> None:
    assert fisher_exact(0, 0, 4, 9) == NotEstimable("a group has no patients")
    assert np.isnan(fisher_exact_many([0, 1], [0, 9], 4, 9)).tolist() == [True, False]


def test_an_unknown_convention_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="minimum likelihood"):
        fisher_exact(1, 2, 1, 2, "two-sided")  # type: ignore[arg-type]


def test_tables_may_come_in_any_shape() -> None:
    square = fisher_exact_many([[28, 5], [29, 19]], 155, [[6, 0], [12, 5]], 155)
    assert square.shape == (2, 2)
    assert square[1, 1] == p(19, 155, 5, 155).value
    assert fisher_exact_many([], [], [], []).shape == (0,)


def test_a_p_value_too_small_for_floating_point_is_told_as_a_bound() -> None:
    result = p(2000, 2000, 0, 2000)
    assert (result.value, result.flags) == (1e-290, ("upper_bound",))
    assert result.warning is not None
    assert fisher_exact_many(2000, 2000, 0, 2000)[()] == 0
