"""Where does each group of the series end?"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from pydantic import ValidationError

from seriatim.plans.grouping import Blocks, EqualGroups, Eras, Levels, block_ends


def blocks(n: int, size: int) -> tuple[int, ...]:
    return block_ends(n, Blocks(by="blocks", size=size))


def equal(n: int, groups: int) -> tuple[int, ...]:
    return block_ends(n, EqualGroups(by="equal groups", groups=groups))


def sizes(ends: tuple[int, ...]) -> list[int]:
    return [end - start for start, end in pairwise((0, *ends))]


def test_1241_cases_in_blocks_of_155_are_seven_of_155_and_one_of_156():
    assert sizes(blocks(1241, 155)) == [155] * 7 + [156]


def test_remainder_of_half_a_block_stands_alone_and_one_below_joins_the_last():
    assert sizes(blocks(25, 10)) == [10, 10, 5]
    assert sizes(blocks(24, 10)) == [10, 14]
    assert sizes(blocks(24, 9)) == [9, 9, 6]


def test_cases_that_fill_their_blocks_leave_no_remainder():
    assert sizes(blocks(30, 10)) == [10, 10, 10]


def test_fewer_cases_than_a_block_are_one_group():
    assert blocks(4, 155) == (4,)


def test_equal_groups_differ_by_at_most_one_case_the_larger_ones_last():
    assert sizes(equal(10, 3)) == [3, 3, 4]
    assert sizes(equal(6, 4)) == [1, 1, 2, 2]
    assert sizes(equal(1241, 8)) == [155] * 7 + [156]


def test_more_groups_than_cases_are_groups_of_one():
    assert equal(2, 8) == (1, 2)
    assert equal(0, 8) == ()


def test_eras_open_on_dates_in_ascending_order():
    assert Eras(by="eras", starts=[date(1990, 1, 1), date(1993, 6, 1)]).starts[1].year == 1993
    for starts in ([date(1993, 6, 1), date(1990, 1, 1)], [date(1990, 1, 1)] * 2, []):
        with pytest.raises(ValidationError):
            Eras(by="eras", starts=starts)


def test_each_level_is_named_once():
    assert Levels(by="levels", column="arm", levels=("A",)).levels == ("A",)
    with pytest.raises(ValidationError, match="each level once"):
        Levels(by="levels", column="arm", levels=("A", "B", "A"))
