"""Is Boschloo's supremum found, for the right pair of samples, and the limit of size told?"""

from __future__ import annotations

import pytest
from scipy import stats

from seriatim.methods.boschloo import CONVENTIONS, boschloo
from seriatim.methods.fisher_exact import fisher_exact
from seriatim.methods.values import NotEstimable, PValue


def p(*table: int, convention: str = "central") -> float:
    result = boschloo(*table, convention)  # type: ignore[arg-type]
    assert isinstance(result, PValue)
    return result.value


@pytest.mark.parametrize("table", [(6, 18, 12, 17), (28, 155, 6, 155), (2, 9, 7, 11)])
def test_the_samples_are_the_groups_as_in_scipy_with_samples_as_columns(table: tuple[int, int, int, int]) -> None:
    e_1, n_1, e_2, n_2 = table
    columns = [[e_1, e_2], [n_1 - e_1, n_2 - e_2]]
    # With samples as rows scipy answers another question, without a word.
    assert p(*table) == pytest.approx(stats.boschloo_exact(columns).pvalue, rel=1e-5)


def test_groups_of_unequal_size_tell_the_conventions_apart() -> None:
    values = [p(6, 18, 12, 17, convention=convention) for convention in CONVENTIONS]
    assert [round(value, 4) for value in values] == [0.0334, 0.0410]


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_it_is_never_above_the_fisher_p_of_its_convention(convention: str) -> None:
    for table in [(0, 4, 3, 5), (1, 12, 5, 9), (6, 18, 12, 17), (3, 3, 0, 40), (2, 9, 3, 9)]:
        conditional = fisher_exact(*table, convention)  # type: ignore[arg-type]
        assert isinstance(conditional, PValue)
        assert p(*table, convention=convention) <= conditional.value * (1 + 1e-9)


def test_no_event_at_all_has_p_one() -> None:
    assert [p(0, 5, 0, 6, convention=convention) for convention in CONVENTIONS] == [1, 1]


def test_groups_too_large_to_enumerate_say_so() -> None:
    result = boschloo(10, 1000, 20, 1000)
    assert isinstance(result, NotEstimable)
    assert "too large" in result.reason


def test_an_empty_group_gives_a_reason() -> None:
    assert boschloo(0, 0, 4, 9) == NotEstimable("a group has no patients")


def test_an_unknown_convention_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="minimum likelihood"):
        boschloo(1, 2, 1, 2, "two-sided")  # type: ignore[arg-type]


def test_a_p_value_too_small_for_floating_point_is_told_as_a_bound() -> None:
    result = boschloo(900, 900, 0, 900)
    assert isinstance(result, PValue)
    assert (result.value, result.flags) == (1e-290, ("upper_bound",))
