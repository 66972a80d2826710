"""Is Barnard's supremum found, for the right pair of samples, and the limit of size told?"""

from __future__ import annotations

import pytest
from scipy import stats

from seriatim.methods.barnard import barnard
from seriatim.methods.values import NotEstimable, PValue


def found(*table: int) -> PValue:
    result = barnard(*table)
    assert isinstance(result, PValue)
    return result


@pytest.mark.parametrize("table", [(28, 155, 6, 155), (2, 9, 7, 11)])
def test_the_samples_are_the_groups_as_in_scipy_with_samples_as_columns(table: tuple[int, int, int, int]) -> None:
    e_1, n_1, e_2, n_2 = table
    columns = [[e_1, e_2], [n_1 - e_1, n_2 - e_2]]
    # With samples as rows scipy answers another question, without a word.
    assert found(*table).value == pytest.approx(stats.barnard_exact(columns).pvalue, rel=1e-5)


def test_the_statistic_is_positive_where_the_last_group_has_the_higher_risk() -> None:
    assert (found(1, 9, 6, 9).statistic or 0) > 0 > (found(6, 9, 1, 9).statistic or 0)


def test_no_event_at_all_has_p_one() -> None:
    assert found(0, 5, 0, 6).value == 1


def test_groups_too_large_to_enumerate_say_so() -> None:
    result = barnard(10, 1000, 20, 1000)
    assert isinstance(result, NotEstimable)
    assert "too large" in result.reason


def test_an_empty_group_gives_a_reason() -> None:
    assert barnard(0, 0, 4, 9) == NotEstimable("a group has no patients")
