"""How is a number printed?"""

from __future__ import annotations

import pytest

from seriatim.displays.wording.numbers import (
    count_of,
    difference_cell,
    interval,
    number,
    p_cell,
    p_value,
    percent,
    points,
    risk_cell,
)
from seriatim.results.row import ResultRow


def row(value: float | None, **columns: object) -> ResultRow:
    about = {"result_id": "r", "comparison_id": "c", "analysis": "incidence", "endpoint": "e", "statistic": "s"}
    return ResultRow(**about | {"value": value} | columns)


@pytest.mark.parametrize(
    ("fraction", "n", "printed"),
    [
        (28 / 155, 155, "18 %"),
        (6 / 155, 155, "4 %"),
        (1 / 8, 8, "13 %"),  # halves go up
        (0.0045, 809, "0.5 %"),
        (1 / 3, 200, "33.3 %"),
        (0.0, 155, "0 %"),
        (1.0, 3, "100 %"),
        (1e-7, 10**8, "0.0 %"),
    ],
)
def test_percentage_has_no_decimals_under_200_patients_and_one_from_there(fraction, n, printed):
    assert percent(fraction, n) == printed


def test_points_have_a_true_minus_sign_and_no_negative_zero():
    assert points(-0.142, 155) == "−14"
    assert points(-0.001, 155) == "0"


@pytest.mark.parametrize(
    ("p", "printed"),
    [
        (0.0404, "0.040"),
        (0.00999, "0.010"),
        (0.0996, "0.10"),
        (0.995, "1.0"),
        (0.994, "0.99"),
        (1.0, "1.0"),
        (0.5, "0.50"),
        (0.0001, "0.00010"),
        (0.000123, "0.00012"),
        (9.99e-5, "< 0.0001"),
        (8e-51, "< 0.0001"),
        (0.0, "< 0.0001"),
    ],
)
def test_p_value_has_two_significant_digits(p, printed):
    assert p_value(p) == printed


def test_numbers_without_end_are_words():
    assert number(float("inf")) == "no upper limit"
    assert number(float("-inf")) == "no lower limit"
    assert interval(0.928, float("inf"), 2) == "0.93 to no upper limit"
    assert number(-0.04) == "0.0"
    assert number(2.25) == "2.3"


def test_count_stands_beside_its_percentage():
    assert count_of(row(28 / 155, numerator=28, denominator=155)) == "28/155 (18 %)"
    assert count_of(row(None, reason="there are no patients")) == "there are no patients"


def test_cell_of_a_risk_has_count_percentage_and_interval():
    cell = risk_cell(row(28 / 155, numerator=28, denominator=155, lower=0.1235, upper=0.2505))
    assert (cell.text, cell.result_ids, cell.kind) == ("28/155 (18 %; 12 to 25)", ("r",), "number")
    assert risk_cell(row(0.5, numerator=1, denominator=2)).text == "1/2 (50 %)"


def test_interval_of_a_rare_event_has_as_many_decimals_as_its_percentage():
    assert (
        risk_cell(row(0.0, numerator=0, denominator=809, lower=0.0, upper=0.00455)).text == "0/809 (0.0 %; 0.0 to 0.5)"
    )


def test_cells_without_a_value_show_the_reason_and_without_a_row_that_nothing_was_computed():
    for cell in (risk_cell, p_cell, difference_cell):
        assert (cell(None).text, cell(None).kind) == ("not computed", "missing")
        reason = cell(row(None, reason="a group has no patients"))
        assert (reason.text, reason.kind, reason.result_ids) == ("a group has no patients", "reason", ("r",))


def test_cell_of_a_difference_is_in_points_with_its_interval():
    cell = difference_cell(row(-22 / 155, lower=-0.2146, upper=-0.0763))
    assert cell.text == "−14.2 (−21.5 to −7.6)"


def test_cell_of_a_p_value_is_the_number_alone():
    assert p_cell(row(0.0374)).text == "0.037"
