"""Does the picture of doses show the whole distribution, and not only its middle?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures.dose_distribution import DoseGroup, dose_distribution

FIRST = DoseGroup("1–4", ((12, 1), (14, 3)), 14.0, 12, 14)
LAST = DoseGroup("5–6", ((5, 1), (7, 1)), 6.0)


def test_width_is_the_share_of_the_group_on_one_scale_for_all() -> None:
    rows = dose_distribution([FIRST, LAST]).spec["datasets"]["spindles"]
    widths = [round(row["right"] - row["left"], 3) for row in rows]
    assert widths == [0.293, 0.88, 0.587, 0.587]


def test_median_stands_with_its_interval() -> None:
    rows = dose_distribution([FIRST]).spec["datasets"]["medians"]
    assert rows == [{"place": 0, "median": 14.0, "lower": 12, "upper": 14}]


def test_group_without_a_median_keeps_its_spindle_and_says_so() -> None:
    figure = dose_distribution([DoseGroup("1", ((3, 1),), None)])
    assert figure.spec["datasets"]["medians"] == []
    assert len(figure.spec["datasets"]["spindles"]) == 1
    assert "median not estimable in 1 (3 to 3)" in figure.alternative


def test_alternative_gives_median_and_range() -> None:
    assert "median 14 in 1–4 (12 to 14), 6 in 5–6 (5 to 7)" in dose_distribution([FIRST, LAST]).alternative


@pytest.mark.parametrize("groups", [[], [DoseGroup("1–2", (), None)]])
def test_distribution_of_nobody_is_refused(groups: list[DoseGroup]) -> None:
    with pytest.raises(ValueError, match="each group a patient"):
        dose_distribution(groups)
