"""Does Newcombe's interval hold at its edges?"""

from __future__ import annotations

import pytest

from seriatim.methods.newcombe import newcombe
from seriatim.methods.values import Estimate, Interval, NotEstimable


def interval(*table: int) -> Interval:
    change = newcombe(*table)
    assert isinstance(change, Estimate)
    assert change.interval is not None
    return change.interval


def test_a_complete_reversal_reaches_the_edge() -> None:
    assert interval(9, 9, 0, 12).lower == pytest.approx(-1)


def test_no_event_in_either_group_still_leaves_a_width() -> None:
    found = interval(0, 20, 0, 30)
    assert found.lower < 0 < found.upper


def test_an_empty_group_gives_a_reason() -> None:
    assert newcombe(0, 0, 4, 9) == NotEstimable("a group has no patients")


def test_more_events_than_patients_are_refused() -> None:
    with pytest.raises(ValueError, match="must not exceed"):
        newcombe(5, 4, 0, 9)
