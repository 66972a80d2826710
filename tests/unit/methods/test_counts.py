"""Are impossible counts refused, each with what was found?"""

from __future__ import annotations

import pytest

from seriatim.methods.kernels.counts import as_counts, as_whole_numbers, tail_of


@pytest.mark.parametrize("impossible", [-1, 2.5, float("nan"), float("inf")])
def test_a_number_of_patients_that_cannot_be_counted_is_refused(impossible: float) -> None:
    with pytest.raises(ValueError, match="whole numbers, 0 or more"):
        as_whole_numbers([3, impossible])


def test_more_events_than_patients_are_refused_with_both_numbers() -> None:
    with pytest.raises(ValueError, match=r"must not exceed the number of patients: got \(7, 6\)"):
        as_counts(7, 6)


def test_one_group_size_serves_many_endpoints() -> None:
    events, n = as_counts([1, 2, 3], 10)
    assert n.tolist() == [10, 10, 10]
    assert events.tolist() == [1, 2, 3]


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_confidence_level_outside_0_to_1_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="confidence level"):
        tail_of(level)
