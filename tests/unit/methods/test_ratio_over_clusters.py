"""Is the error of a share of doses that of its patients?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.ratio_over_clusters import ratio_over_clusters
from seriatim.methods.values import Estimate, NotEstimable


def test_one_dose_a_patient_has_the_binomial_error():
    y = [1] * 5 + [0] * 15
    found = ratio_over_clusters(y, [1] * 20)
    assert isinstance(found, Estimate)
    reach = 1.959963984540054 * (0.25 * 0.75 / 19) ** 0.5
    assert found.interval.upper - found.value == pytest.approx(reach, rel=1e-12)


def test_doses_that_repeat_their_patient_add_no_certainty():
    y = np.array([1] * 5 + [0] * 15)
    once, often = ratio_over_clusters(y, np.ones(20)), ratio_over_clusters(y * 8, np.ones(20) * 8)
    assert often.interval.upper == pytest.approx(once.interval.upper, rel=1e-12)


def test_a_patient_without_such_a_dose_does_not_count():
    with_none = ratio_over_clusters([1, 0] * 10 + [0], [2, 2] * 10 + [0])
    assert with_none == ratio_over_clusters([1, 0] * 10, [2, 2] * 10)


@pytest.mark.parametrize(("y", "x", "reason"), [([1] * 9, [2] * 9, "fewer than 10"), ([2] * 12, [2] * 12, "differ")])
def test_too_few_or_all_alike_have_a_share_without_interval(y, x, reason):
    found = ratio_over_clusters(y, x)
    assert found.interval is None
    assert reason in found.warning


def test_no_dose_at_all_is_a_reason():
    assert ratio_over_clusters([0], [0]) == NotEstimable("there is no such dose")


def test_arrays_of_other_lengths_are_an_error():
    with pytest.raises(ValueError, match="one denominator"):
        ratio_over_clusters([1], [1, 2])
