"""Which counts can a printed percentage hide?"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, getcontext

import pytest

from seriatim.methods.compatible_counts import compatible_counts

getcontext().prec = 50


@pytest.mark.parametrize("n", [1, 7, 8, 40, 155, 156, 200, 1241])
@pytest.mark.parametrize("digits", ["1", "0.1", "0.01"])
def test_every_count_is_found_from_its_percentage_rounded_either_way_and_no_other(n: int, digits: str) -> None:
    printed: dict[Decimal, set[int]] = {}
    for k in range(n + 1):
        for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN):
            percent = (Decimal(100 * k) / n).quantize(Decimal(digits), rounding=rounding)
            printed.setdefault(percent, set()).add(k)
    for percent, counts in printed.items():
        assert set(compatible_counts(percent, n)) == counts
        assert set(compatible_counts(f"{percent}%", n)) == counts


def test_the_printed_digits_say_how_far_it_was_rounded() -> None:
    assert list(compatible_counts("3", 155)) == [4, 5]
    assert list(compatible_counts("3.2", 155)) == [5]
    assert list(compatible_counts("3.0", 155)) == []


def test_a_percentage_halfway_may_have_gone_up_or_to_the_even_digit() -> None:
    # 1 of 200 is 0.5%: printed 1 under half up, 0 under half even.
    assert 1 in compatible_counts("1", 200)
    assert 1 in compatible_counts("0", 200)
    # 3 of 200 is 1.5%: 2 under both rules, never 1.
    assert 3 in compatible_counts("2", 200)
    assert 3 not in compatible_counts("1", 200)


def test_a_percentage_that_no_count_prints_as_has_no_counts() -> None:
    assert list(compatible_counts("13", 10)) == []
    assert list(compatible_counts("101", 155)) == []


@pytest.mark.parametrize("text", ["", "many", "<1", "-3", "NaN", "Infinity"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="percentage"):
        compatible_counts(text, 155)


def test_a_percentage_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one patient"):
        compatible_counts("5", 0)
