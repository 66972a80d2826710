"""Does Wilson's interval hold at its edges?"""

from __future__ import annotations

import pytest

from seriatim.methods.values import Estimate, Interval, NotEstimable
from seriatim.methods.wilson import wilson


def interval(events: int, n: int, level: float = 0.95) -> Interval:
    risk = wilson(events, n, level)
    assert isinstance(risk, Estimate)
    assert risk.interval is not None
    return risk.interval


def test_the_bounds_reach_the_edges_where_nobody_or_everybody_had_the_event() -> None:
    assert interval(0, 9).lower == 0
    assert interval(9, 9).upper == 1


def test_risk_and_its_complement_mirror_each_other() -> None:
    risk, freedom = interval(3, 40), interval(37, 40)
    assert risk.lower == pytest.approx(1 - freedom.upper, rel=1e-12)
    assert risk.upper == pytest.approx(1 - freedom.lower, rel=1e-12)


def test_a_lower_level_gives_a_narrower_interval() -> None:
    wide, narrow = interval(3, 40), interval(3, 40, level=0.8)
    assert wide.lower < narrow.lower < narrow.upper < wide.upper


def test_no_patients_give_no_risk() -> None:
    assert wilson(0, 0) == NotEstimable("there are no patients")
