"""Does Blaker's P lie where it belongs?"""

from __future__ import annotations

from seriatim.methods.blaker import blaker
from seriatim.methods.values import NotEstimable, PValue


def test_an_empty_group_gives_a_reason() -> None:
    assert blaker(0, 0, 4, 9) == NotEstimable("a group has no patients")


def test_margins_that_allow_one_table_only_give_one_and_a_flag() -> None:
    result = blaker(0, 7, 0, 9)
    assert isinstance(result, PValue)
    assert (result.value, result.flags) == (1, ("single_table",))


def test_a_table_at_the_middle_of_its_margins_has_p_one() -> None:
    result = blaker(5, 10, 5, 10)
    assert isinstance(result, PValue)
    assert (result.value, result.flags) == (1, ())


def test_a_p_value_too_small_for_floating_point_is_told_as_a_bound() -> None:
    result = blaker(2000, 2000, 0, 2000)
    assert isinstance(result, PValue)
    assert (result.value, result.flags) == (1e-290, ("upper_bound",))
