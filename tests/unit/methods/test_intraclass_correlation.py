"""What does the intraclass correlation say of ratings whose answer is known, and of those that have none?"""

from __future__ import annotations

import pytest

from seriatim.methods.intraclass_correlation import intraclass_correlation
from seriatim.methods.values import Estimate, NotEstimable

# Six targets by four judges: the printed example of Shrout and Fleiss (1979).
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


@pytest.mark.parametrize(
    ("model", "of_mean", "printed"),
    [
        ("one_way", False, 0.17), ("agreement", False, 0.29), ("consistency", False, 0.71),
        ("one_way", True, 0.44), ("agreement", True, 0.62), ("consistency", True, 0.91),
    ],
)  # fmt: skip
def test_six_printed_correlations_of_four_judges_are_reached(model: str, of_mean: bool, printed: float) -> None:
    assert round(intraclass_correlation(JUDGES, model=model, of_mean=of_mean).value, 2) == printed


def test_method_names_the_form() -> None:
    assert intraclass_correlation(JUDGES).method == "ICC(2,1)"
    assert intraclass_correlation(JUDGES, model="one_way", of_mean=True).method == "ICC(1,k)"


def test_patterns_with_counts_are_the_same_as_one_row_for_each_patient() -> None:
    rows = [[0, 0]] * 5 + [[1, 2]] * 3 + [[3, 3]] * 2
    one = intraclass_correlation(rows)
    other = intraclass_correlation([[0, 0], [1, 2], [3, 3], [4, 4]], counts=[5, 3, 2, 0])
    assert other.value == pytest.approx(one.value, abs=1e-12)
    assert other.interval.upper == pytest.approx(one.interval.upper, abs=1e-12)


def test_stricter_grader_lowers_agreement_and_not_consistency() -> None:
    pairs = [[0, 1], [1, 2], [2, 2], [3, 4], [2, 3]]
    agreement = intraclass_correlation(pairs).value
    assert agreement < intraclass_correlation(pairs, model="consistency").value


def test_grader_who_is_stricter_by_one_grade_throughout_is_consistent_without_an_interval() -> None:
    pairs = [[0, 1], [1, 2], [2, 3]]
    found = intraclass_correlation(pairs, model="consistency")
    assert (found.value, found.interval) == (1.0, None)
    assert found.warning == "No spread is left to make an interval of."
    assert isinstance(intraclass_correlation(pairs), Estimate)


def test_graders_who_never_differ_have_correlation_1_and_no_interval() -> None:
    pairs = [[0, 0], [1, 1], [3, 3]]
    for model in ("one_way", "agreement", "consistency"):
        found = intraclass_correlation(pairs, model=model)
        assert (found.value, found.interval) == (1.0, None)


def test_correlation_is_below_0_where_graders_differ_more_than_patients_do() -> None:
    found = intraclass_correlation([[0, 3], [3, 0], [1, 2], [2, 1.5]])
    assert found.value < 0
    assert found.interval.lower < found.value < found.interval.upper


def test_patients_who_do_not_differ_at_all_have_no_correlation_of_the_mean() -> None:
    crossed = [[0, 2], [2, 0]]
    assert intraclass_correlation(crossed, model="consistency").value == -1
    assert intraclass_correlation(crossed, model="consistency", of_mean=True) == NotEstimable(
        "nothing differs between patients: the mean of the graders has no correlation"
    )
    assert intraclass_correlation([[0, 1], [0, 1]]).interval is None


@pytest.mark.parametrize(
    ("ratings", "counts", "reason"),
    [
        ([[1, 2]], None, "fewer than two patients were graded by all"),
        ([[1, 2], [2, 2]], [1, 0], "fewer than two patients were graded by all"),
        ([[2, 2], [2, 2]], None, "every patient had the same grade from every grader"),
    ],
)
def test_ratings_that_cannot_show_agreement_are_a_reason(ratings: list, counts: list | None, reason: str) -> None:
    assert intraclass_correlation(ratings, counts) == NotEstimable(reason)


@pytest.mark.parametrize(
    ("ratings", "counts", "rule"),
    [
        ([[1], [2]], None, "two or more graders"),
        ([1, 2], None, "two or more graders"),
        ([[1, float("nan")], [2, 2]], None, "not graded by all"),
        ([[1, 2], [2, 2]], [1], "one count for each row"),
        ([[1, 2], [2, 2]], [1, -1], "whole numbers"),
    ],
)
def test_what_are_no_ratings_is_refused(ratings: list, counts: list | None, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        intraclass_correlation(ratings, counts)
