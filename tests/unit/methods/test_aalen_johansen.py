"""Is the incidence right at its edges: one cause alone, ties of two causes, nobody left, nobody at all?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.aalen_johansen import Incidence, aalen_johansen
from seriatim.methods.kaplan_meier import Survival, kaplan_meier
from seriatim.methods.values import NotEstimable


def curve(time: list[int], events: list[list[int]], censored: list[int]) -> Incidence:
    result = aalen_johansen(time, events, censored)
    assert isinstance(result, Incidence)
    return result


def test_one_cause_alone_is_one_minus_kaplan_meier_with_its_interval() -> None:
    found = curve([1, 2, 3, 4], [[2, 1, 0, 1]], [1, 0, 2, 1])
    plain = kaplan_meier([1, 2, 3, 4], [2, 1, 0, 1], [1, 0, 2, 1])
    assert isinstance(plain, Survival)
    assert found.incidence[0] == pytest.approx(1 - plain.survival)
    assert found.lower[0] == pytest.approx(1 - plain.upper)
    assert found.upper[0] == pytest.approx(1 - plain.lower)


def test_events_of_two_causes_on_one_day_share_it_and_nothing_is_drawn_at_random() -> None:
    found = curve([5], [[2], [1]], [7])
    assert found.incidence.tolist() == [[0.2], [0.1]]


def test_all_causes_and_those_still_free_add_up_to_everyone() -> None:
    found = curve([1, 2, 3], [[1, 0, 2], [0, 2, 1]], [1, 1, 0])
    both = curve([1, 2, 3], [[1, 2, 3]], [1, 1, 0])
    assert found.incidence.sum(axis=0) == pytest.approx(both.incidence[0])
    assert both.incidence[0, -1] == pytest.approx(1)
    assert (both.lower[0, -1], both.upper[0, -1]) == (0, 1)


def test_a_cause_that_has_not_come_yet_has_incidence_zero_and_no_width() -> None:
    found = curve([1, 2], [[1, 0], [0, 1]], [0, 5])
    assert (found.incidence[1, 0], found.lower[1, 0], found.upper[1, 0]) == (0, 0, 0)


def test_the_curve_is_read_between_its_steps_and_before_the_first() -> None:
    found = curve([100, 200], [[1, 1], [1, 0]], [0, 3])
    assert found.at(50)[0].tolist() == [0, 0]
    assert found.at(150)[0].tolist() == found.incidence[:, 0].tolist()
    assert (
        np.array(found.at(999)).tolist()
        == np.array([c[:, 1] for c in (found.incidence, found.lower, found.upper)]).tolist()
    )


def test_no_patients_give_no_curve() -> None:
    assert aalen_johansen([1], [[0], [0]], [0]) == NotEstimable("there are no patients")


def test_tables_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="causes by times"):
        aalen_johansen([1, 2], [[1], [0]], [0, 0])
    with pytest.raises(ValueError, match="groups by times"):
        aalen_johansen([1, 2], [[1, 0], [0, 0]], [0])
    with pytest.raises(ValueError, match="ascend"):
        aalen_johansen([2, 1], [[1, 0], [0, 0]], [0, 1])
