"""Does the test of any difference ignore the order of the groups?"""

from __future__ import annotations

import pytest

from seriatim.methods.kruskal_wallis import kruskal_wallis
from seriatim.methods.values import NotEstimable, PValue

TABLE = [[1, 2, 4], [2, 3, 2], [5, 2, 1]]


def p(result: PValue | NotEstimable) -> PValue:
    assert isinstance(result, PValue)
    return result


def test_the_order_of_the_groups_does_not_matter() -> None:
    assert p(kruskal_wallis(TABLE[::-1])).value == pytest.approx(p(kruskal_wallis(TABLE)).value)


def test_beyond_the_work_allowed_p_is_chi_square_and_flagged() -> None:
    approximate = p(kruskal_wallis(TABLE, max_work=10))
    assert approximate.flags == ("asymptotic",)
    assert approximate.value == pytest.approx(p(kruskal_wallis(TABLE)).value, abs=0.01)


def test_equal_groups_have_p_one() -> None:
    assert p(kruskal_wallis([[2, 1], [2, 1], [2, 1]])).value == 1.0


def test_empty_groups_change_nothing() -> None:
    assert kruskal_wallis([*TABLE, [0, 0, 0]]) == kruskal_wallis(TABLE)


def test_one_group_is_no_difference() -> None:
    assert isinstance(kruskal_wallis([[1, 2]]), NotEstimable)


def test_a_list_is_not_a_table() -> None:
    with pytest.raises(ValueError, match="groups by categories"):
        kruskal_wallis([1, 2])
