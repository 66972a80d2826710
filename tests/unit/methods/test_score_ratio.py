"""Does the score ratio keep its finite side?"""

from __future__ import annotations

import math

import pytest

from seriatim.methods.score_ratio import risk_ratio
from seriatim.methods.values import Estimate, Interval, NotEstimable


def of(*table: int, variance: str = "Miettinen-Nurminen") -> tuple[float, Interval]:
    result = risk_ratio(*table, variance=variance)  # type: ignore[arg-type]
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result.value, result.interval


def test_an_event_only_in_the_first_group_leaves_an_upper_bound() -> None:
    value, bounds = of(5, 155, 0, 155)
    assert (value, bounds.lower) == (0, 0)
    assert 0 < bounds.upper < 1


def test_an_event_only_in_the_last_group_leaves_a_lower_bound() -> None:
    value, bounds = of(0, 155, 5, 155)
    assert (value, bounds.upper) == (math.inf, math.inf)
    assert bounds.lower == pytest.approx(1 / of(5, 155, 0, 155)[1].upper, rel=1e-12)


def test_an_event_in_every_patient_leaves_a_ratio_near_one() -> None:
    value, bounds = of(12, 12, 9, 9)
    assert value == 1
    assert 0.6 < bounds.lower < 1 < bounds.upper < 1.6


def test_the_variance_factor_widens_the_interval_a_little() -> None:
    value, corrected = of(6, 18, 12, 17)
    same, plain = of(6, 18, 12, 17, variance="Koopman")
    assert value == same
    assert corrected.lower < plain.lower < plain.upper < corrected.upper


def test_no_events_or_no_patients_give_a_reason() -> None:
    assert risk_ratio(0, 9, 0, 9) == NotEstimable("no patient had the event")
    assert risk_ratio(0, 0, 4, 9) == NotEstimable("a group has no patients")


def test_an_unknown_variance_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="Koopman"):
        risk_ratio(6, 18, 12, 17, variance="log")  # type: ignore[arg-type]
