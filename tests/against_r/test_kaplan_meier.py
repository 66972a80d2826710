"""Does the survival curve agree with R's survfit (survival 3.5-3, conf.type = "log-log")?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.kaplan_meier import kaplan_meier, median

# Twenty invented patients: months, and whether they progressed or died.
MONTHS = np.array([2, 3, 3, 5, 6, 6, 8, 9, 10, 12, 12, 14, 15, 18, 20, 21, 24, 24, 30, 36])
ENDED = np.array([1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0])


def curve():
    times = np.unique(MONTHS)
    events = [int(ENDED[time == MONTHS].sum()) for time in times]
    censored = [int((1 - ENDED[time == MONTHS]).sum()) for time in times]
    return kaplan_meier(times, events, censored)


def test_survival_at_each_time_of_an_event_is_that_of_r() -> None:
    survival = [0.95, 0.85, 0.74375, 0.690625, 0.6330729166666667, 0.51796875, 0.45322265625, 0.377685546875,
                0.3021484375, 0.226611328125]  # fmt: skip
    found = curve()
    assert found.time.tolist() == [2, 3, 6, 8, 10, 12, 15, 20, 21, 24]
    assert found.survival == pytest.approx(survival, rel=1e-12)


@pytest.mark.parametrize(
    ("month", "lower", "upper"),
    [
        (6, 0.4890781508352621, 0.8846691032780992),
        (12, 0.27542456510145286, 0.7148993756382365),
        (24, 0.059753308009425576, 0.4574109728413595),
    ],
)
def test_log_log_interval_is_that_of_r(month: int, lower: float, upper: float) -> None:
    found = curve()
    here = found.time == month
    assert found.lower[here][0] == pytest.approx(lower, rel=1e-10)
    assert found.upper[here][0] == pytest.approx(upper, rel=1e-10)


def test_median_and_its_interval_are_those_of_r() -> None:
    found = median(curve())
    assert (found.value, found.interval.lower, found.interval.upper) == (15, 6, 24)
