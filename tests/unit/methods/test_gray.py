"""Does Gray's test keep to its groups and its cause, and its level?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.gray import gray
from seriatim.methods.values import NotEstimable, PValue

TIME = [90, 180, 270, 360, 450]
FIRST, LAST = [[1, 1, 1, 0, 1], [0, 0, 1, 0, 0]], [[0, 0, 0, 1, 0], [1, 0, 0, 1, 0]]
LOST = [[0, 0, 0, 1, 0], [0, 0, 1, 0, 2]]


def of(result: object) -> PValue:
    assert isinstance(result, PValue)
    return result


def test_the_names_of_the_groups_do_not_matter() -> None:
    there, back = of(gray(TIME, [FIRST, LAST], LOST)), of(gray(TIME, [LAST, FIRST], LOST[::-1]))
    assert there.statistic == pytest.approx(back.statistic)


def test_a_group_without_patients_changes_nothing() -> None:
    nobody = np.zeros((2, 5)).tolist()
    padded = of(gray(TIME, [FIRST, nobody, LAST], [LOST[0], [0] * 5, LOST[1]]))
    assert padded.statistic == pytest.approx(of(gray(TIME, [FIRST, LAST], LOST)).statistic)


def test_without_an_event_of_the_cause_or_a_second_group_there_is_nothing_to_compare() -> None:
    assert isinstance(gray(TIME, [[[0] * 5, [1] * 5], [[0] * 5, [1] * 5]], LOST), NotEstimable)
    assert isinstance(gray(TIME, [FIRST], LOST[:1]), NotEstimable)


def test_an_event_of_the_very_last_patient_alone_tells_nothing() -> None:
    result = gray([1, 2], [[[0, 0], [0, 0]], [[0, 1], [0, 0]]], [[1, 0], [0, 0]])
    assert isinstance(result, NotEstimable)


def test_an_event_while_one_group_is_gone_tells_nothing_of_a_difference() -> None:
    result = gray([1, 2], [[[1, 0], [0, 0]], [[1, 0], [0, 0]]], [[0, 0], [0, 0]])
    assert isinstance(result, NotEstimable)


def test_the_test_keeps_its_level_when_groups_are_alike() -> None:
    generator, below = np.random.default_rng(5), 0
    for _ in range(400):
        day, what, group = generator.integers(1, 20, 80), generator.choice(3, 80), generator.integers(0, 2, 80)
        counts = np.zeros((2, 3, 19))
        np.add.at(counts, (group, what, day - 1), 1)
        below += of(gray(np.arange(1, 20), counts[:, 1:], counts[:, 0])).value <= 0.05
    assert below / 400 < 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5


def test_a_cause_that_was_not_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="one of the causes"):
        gray(TIME, [FIRST, LAST], LOST, cause=2)
