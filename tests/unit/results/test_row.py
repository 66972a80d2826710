"""Has every result row either a number or a reason?"""

from __future__ import annotations

import pytest

from seriatim.results.row import COLUMNS, ResultRow

NAMES = {"result_id": "a/b", "comparison_id": "a", "analysis": "incidence", "endpoint": "sepsis", "statistic": "risk"}


def test_row_with_a_value_has_no_reason():
    row = ResultRow(**NAMES, value=0.18)
    assert (row.value, row.reason, row.exploratory) == (0.18, "", True)


def test_row_without_a_value_says_why():
    assert ResultRow(**NAMES, value=None, reason="there are no patients").value is None


def test_zero_is_a_value():
    assert ResultRow(**NAMES, value=0.0).reason == ""


@pytest.mark.parametrize(("value", "reason"), [(None, ""), (0.18, "there are no patients"), (0.0, "none")])
def test_row_with_both_or_neither_is_not_made(value, reason):
    with pytest.raises(ValueError, match="a/b: a row has a value or a reason"):
        ResultRow(**NAMES, value=value, reason=reason)


@pytest.mark.parametrize("column", ["value", "lower", "upper"])
def test_what_is_not_a_number_is_not_a_value(column):
    with pytest.raises(ValueError, match="a/b: what is not a number is a reason"):
        ResultRow(**NAMES, **{"value": 0.1, column: float("nan")})


def test_columns_are_those_of_the_row_in_its_order():
    assert COLUMNS[:6] == ("result_id", "comparison_id", "analysis", "endpoint", "statistic", "value")
    assert COLUMNS[-1] == "tally_keys"
