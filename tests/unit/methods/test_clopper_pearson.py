"""Does the exact interval hold at its edges, and say when it has nothing to say?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.clopper_pearson import clopper_pearson, clopper_pearson_bounds, clopper_pearson_upper
from seriatim.methods.values import Estimate, NotEstimable


def test_no_deaths_bound_the_risk_from_above_only() -> None:
    risk = clopper_pearson(0, 809)
    assert isinstance(risk, Estimate)
    assert risk.interval is not None
    assert (risk.value, risk.interval.lower) == (0, 0)
    assert risk.interval.upper == pytest.approx(1 - 0.025 ** (1 / 809), rel=1e-12)


def test_an_event_in_every_patient_bounds_the_risk_from_below_only() -> None:
    lower, upper = clopper_pearson_bounds(12, 12)
    assert (float(lower), float(upper)) == (pytest.approx(0.025 ** (1 / 12), rel=1e-12), 1)


def test_the_one_sided_bound_says_so_and_lies_below_the_two_sided_one() -> None:
    alone, pair = clopper_pearson_upper(0, 809), clopper_pearson(0, 809)
    assert isinstance(alone, Estimate)
    assert isinstance(pair, Estimate)
    assert alone.interval is not None
    assert pair.interval is not None
    assert (alone.interval.sides, pair.interval.sides) == (1, 2)
    assert alone.interval.upper == pytest.approx(1 - 0.05 ** (1 / 809), rel=1e-12)
    assert alone.interval.upper < pair.interval.upper


def test_no_patients_give_no_risk() -> None:
    assert clopper_pearson(0, 0) == NotEstimable("there are no patients")
    assert clopper_pearson_upper(0, 0) == NotEstimable("there are no patients")
    lower, upper = clopper_pearson_bounds([0, 3], [0, 10])
    assert np.isnan([lower[0], upper[0]]).all()
    assert not np.isnan([lower[1], upper[1]]).any()


def test_very_small_risks_keep_their_digits() -> None:
    _, upper = clopper_pearson_bounds(0, 10**9)
    assert float(upper) == pytest.approx(-np.log(0.025) / 1e9, rel=1e-8)


@pytest.mark.parametrize("method", [clopper_pearson, clopper_pearson_upper, clopper_pearson_bounds])
def test_more_events_than_patients_are_refused(method: object) -> None:
    with pytest.raises(ValueError, match="must not exceed"):
        method(4, 3)  # type: ignore[operator]
