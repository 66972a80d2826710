"""Does the shift picture put each patient in one square, and call worse only what is?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures.shift import ShiftCount, ShiftGroup, shift

LEVELS = ["0", "1", "2", "not graded"]
GROUP = ShiftGroup("1–6", (ShiftCount("0", "2", 2), ShiftCount("1", "1", 3), ShiftCount("0", "not graded", 1)))


def test_patient_without_a_grade_is_neither_better_nor_worse() -> None:
    assert shift([GROUP], levels=LEVELS, test="Creatinine").alternative.endswith("1–6: 2 of 5 patients got worse.")


def test_every_pair_of_levels_has_a_tile() -> None:
    tiles = shift([GROUP], levels=LEVELS, test="Creatinine").spec["datasets"]["shift_0"]
    assert len(tiles) == 16
    assert sum(tile["patients"] for tile in tiles) == 6
    assert [tile["baseline"] for tile in tiles if tile["same"]] == LEVELS


def test_level_that_was_not_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="'not graded'"):
        shift([GROUP], levels=LEVELS[:3], test="Creatinine")


def test_no_group_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one group"):
        shift([], levels=LEVELS, test="Creatinine")
