"""Does the mid-P interval hold at its edges?"""

from __future__ import annotations

import pytest

from seriatim.methods.clopper_pearson import clopper_pearson
from seriatim.methods.mid_p_proportion import mid_p_proportion
from seriatim.methods.values import Estimate, Interval, NotEstimable


def interval(result: object) -> Interval:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result.interval


def test_without_any_event_half_of_the_tail_is_left_above() -> None:
    found = interval(mid_p_proportion(0, 809))
    assert (found.lower, found.upper) == (0, pytest.approx(1 - 0.05 ** (1 / 809)))


def test_risk_and_its_complement_mirror_each_other() -> None:
    risk, freedom = interval(mid_p_proportion(40, 40)), interval(mid_p_proportion(0, 40))
    assert (risk.lower, risk.upper) == pytest.approx((1 - freedom.upper, 1 - freedom.lower))


@pytest.mark.parametrize("events", [0, 1, 6, 20])
def test_it_lies_within_clopper_pearson(events: int) -> None:
    mid, exact = interval(mid_p_proportion(events, 20)), interval(clopper_pearson(events, 20))
    assert exact.lower <= mid.lower < mid.upper <= exact.upper


def test_no_patients_give_no_risk() -> None:
    assert mid_p_proportion(0, 0) == NotEstimable("there are no patients")
