"""Does the picture say which characteristics differ, and which could not be compared?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures.standardised_differences import Balance, standardised_differences

AGE, SEX = Balance("Age", -0.31, "46", "41"), Balance("Female", 0.1)


def test_threshold_itself_is_still_within() -> None:
    assert standardised_differences([AGE, SEX]).alternative.endswith("1 of 2 characteristics beyond 0.1 (Age −0.31).")


def test_characteristic_that_could_not_be_compared_keeps_its_row_and_its_reason() -> None:
    datasets = standardised_differences([Balance("Stress test", None, reason="not done"), AGE]).spec["datasets"]
    assert [row["values"] for row in datasets["words"]] == ["not done", "46 → 41"]
    assert [row["row"] for row in datasets["differences"]] == [1]


def test_side_of_the_threshold_has_a_shape_besides_its_colour() -> None:
    point = next(
        layer for layer in standardised_differences([AGE]).spec["layer"] if "shape" in layer.get("encoding", {})
    )
    assert point["encoding"]["shape"]["scale"]["range"] == ["circle", "diamond"]


def test_no_characteristic_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one characteristic"):
        standardised_differences([])
