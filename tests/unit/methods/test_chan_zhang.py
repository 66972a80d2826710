"""Is the exact unconditional interval that of the outermost crossing, in agreement with the slow plain way?"""

from __future__ import annotations

import itertools

import pytest
from tests.reference import unconditional

from seriatim.methods import chan_zhang
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue


def interval(*table: int, level: float = 0.95) -> Interval:
    change = chan_zhang.difference(*table, level=level)
    assert isinstance(change, Estimate)
    assert change.interval is not None
    return change.interval


@pytest.mark.parametrize("table", [(3, 5, 0, 6), (2, 4, 2, 7), (0, 4, 0, 5), (5, 5, 0, 4)])
def test_the_limits_are_those_of_a_plain_scan_of_every_table_and_risk(table: tuple[int, int, int, int]) -> None:
    found, step = interval(*table), 0.02
    e_1, n_1, e_2, n_2 = table
    lower = unconditional.lowest_kept(e_1, n_1, e_2, n_2, 0.025, step)
    upper = -unconditional.lowest_kept(e_2, n_2, e_1, n_1, 0.025, step)
    # The grid shows the first difference kept; the limit lies at most a step outside of it.
    assert lower - step - 1e-6 <= found.lower <= lower + 1e-6
    assert upper - 1e-6 <= found.upper <= upper + step + 1e-6


def test_the_p_value_at_a_margin_is_that_of_the_plain_way() -> None:
    result = chan_zhang.noninferiority(4, 7, 5, 8, margin=0.3)
    assert isinstance(result, PValue)
    assert result.value == pytest.approx(unconditional.one_sided(4, 7, 5, 8, -0.3, risks=2000), rel=1e-5)


def test_the_outermost_of_three_crossings_is_the_limit() -> None:
    # Line sepsis: the P function crosses 2.5 % at 7.01, 7.26 and 7.42 points, and R's exact2x2 gives the last.
    assert interval(28, 155, 6, 155).upper == pytest.approx(-0.0701172, abs=1e-6)


def test_swapping_the_groups_turns_the_interval_over() -> None:
    there, back = interval(2, 9, 7, 11), interval(7, 11, 2, 9)
    assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower), abs=1e-8)


def test_a_complete_reversal_reaches_the_edge() -> None:
    assert interval(5, 5, 0, 4).lower == -1


def test_a_higher_level_never_narrows_it() -> None:
    wide, narrow = interval(3, 8, 1, 9, level=0.99), interval(3, 8, 1, 9, level=0.8)
    assert wide.lower < narrow.lower < narrow.upper < wide.upper


def test_groups_too_large_to_scan_say_so() -> None:
    for result in (chan_zhang.difference(10, 400, 20, 400), chan_zhang.noninferiority(10, 400, 20, 400, margin=0.1)):
        assert isinstance(result, NotEstimable)
        assert "too large" in result.reason


def test_an_empty_group_gives_a_reason() -> None:
    for result in (chan_zhang.difference(0, 0, 4, 9), chan_zhang.noninferiority(0, 0, 4, 9, margin=0.1)):
        assert result == NotEstimable("a group has no patients")


def test_a_margin_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="margin"):
        chan_zhang.noninferiority(4, 7, 5, 8, margin=-0.1)


def test_the_coverage_is_never_below_the_level_whatever_the_risks() -> None:
    n_1, n_2 = 6, 5
    found = {(x, y): interval(x, n_1, y, n_2) for x in range(n_1 + 1) for y in range(n_2 + 1)}
    for rate_1, rate_2 in itertools.product((0.03, 0.1, 0.25, 0.4, 0.6, 0.8, 0.97), repeat=2):
        chance = sum(
            unconditional.binomial(x, n_1, rate_1) * unconditional.binomial(y, n_2, rate_2)
            for (x, y), bounds in found.items()
            if bounds.lower - 1e-12 <= rate_2 - rate_1 <= bounds.upper + 1e-12
        )
        assert chance >= 0.95
