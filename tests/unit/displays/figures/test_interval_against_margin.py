"""Does the picture say no more about a loss than its interval does?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures.interval_against_margin import MarginRow, interval_against_margin, margin_words


def row(lower: float, margin: float | None = 0.10) -> MarginRow:
    return MarginRow("Melanoma", "3/10 → 2/10", -0.02, lower, 0.05, margin)


@pytest.mark.parametrize(
    ("lower", "words"),
    [(-0.0999, "is excluded"), (-0.10, "is not excluded"), (-0.101, "is not excluded")],
)
def test_loss_is_excluded_only_where_the_whole_interval_lies_above_the_margin(lower: float, words: str) -> None:
    assert margin_words(row(lower)) == f"a loss of more than 10 points {words}"


def test_nothing_is_said_of_a_margin_that_was_not_set() -> None:
    assert margin_words(row(-0.2, None)) == "no margin was set"
    assert interval_against_margin([row(-0.2, None)]).spec["datasets"]["margins"] == []


def test_row_without_a_difference_keeps_its_place_and_its_reason() -> None:
    nobody = MarginRow("Lymphoma", "0/0 → 1/2", None, None, None, 0.1, "no patient in the first group")
    datasets = interval_against_margin([row(-0.05), nobody]).spec["datasets"]
    assert [words["verdict"] for words in datasets["words"]][1] == "no patient in the first group"
    assert [interval["row"] for interval in datasets["rows"]] == [0]


def test_differences_are_drawn_in_points_and_the_margin_as_a_loss() -> None:
    datasets = interval_against_margin([row(-0.05)]).spec["datasets"]
    assert datasets["rows"][0] == {"row": 0, "difference": -2.0, "lower": -5.0, "upper": 5.0}
    assert datasets["margins"][0]["margin"] == -10.0


def test_alternative_gives_interval_and_verdict_for_each_stratum() -> None:
    assert "Melanoma: −2.0 (−5.0 to 5.0); a loss of more than 10 points is excluded." in (
        interval_against_margin([row(-0.05)]).alternative
    )


def test_no_row_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        interval_against_margin([])
