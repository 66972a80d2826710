"""Does the picture of a measurement show its spread and who is missing from it?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures.distribution_by_group import GroupQuantiles, distribution_by_group

FIRST = GroupQuantiles("1–9", 1, 4, 6.5, 9, 14, 7, missing=2)


def test_missing_patients_are_said_in_picture_and_words() -> None:
    figure = distribution_by_group([FIRST], measure="Weight gain", unit="%")
    assert figure.spec["datasets"]["groups"][0]["words"] == "2 missing"
    assert figure.alternative.endswith("missing for 2 patients.")


def test_quartiles_are_in_the_alternative() -> None:
    words = distribution_by_group([FIRST], measure="Weight gain", unit="%").alternative
    assert "median 6.5 % (quartiles 4 and 9) in 1–9" in words


def test_percentiles_out_of_order_are_refused_by_group() -> None:
    with pytest.raises(ValueError, match="out of order in 10–12"):
        distribution_by_group([FIRST, GroupQuantiles("10–12", 1, 9, 6, 4, 14, 3)], measure="Weight", unit="%")


def test_no_group_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one group"):
        distribution_by_group([], measure="Weight gain", unit="%")
