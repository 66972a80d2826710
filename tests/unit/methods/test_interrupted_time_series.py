"""Does the interval of a change cover it when quarters follow one another, and are short or perfect series refused?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.interrupted_time_series import Interruption, Placebos, interrupted_time_series, placebo_dates
from seriatim.methods.values import NotEstimable

QUARTERS = [80, 82, 79, 81, 83, 80, 82, 81, 60, 58, 61, 59, 57, 58, 56, 57]


def of(result: object) -> Interruption:
    assert isinstance(result, Interruption)
    return result


def simulated(generator: np.random.Generator, phi: float, periods: int) -> np.ndarray:
    noise = generator.normal(size=periods)
    noise[0] /= (1 - phi**2) ** 0.5
    for t in range(1, periods):
        noise[t] += phi * noise[t - 1]
    time = np.arange(1, periods + 1)
    return 30 - 0.1 * time - 4 * (time > periods // 2) + noise


@pytest.mark.parametrize(("phi", "periods"), [(0.0, 24), (0.4, 48)])
def test_the_interval_of_the_level_change_covers_it(phi: float, periods: int) -> None:
    generator = np.random.default_rng(31)
    found = [of(interrupted_time_series(simulated(generator, phi, periods), periods // 2)) for _ in range(200)]
    intervals = [one.level_change.interval for one in found]
    covered = np.mean([i is not None and i.lower <= -4 <= i.upper for i in intervals])
    # REML still takes the autocorrelation for a little too small, so a little is lost of 95 %.
    assert covered > 0.90


def test_adding_a_line_to_the_series_changes_no_change() -> None:
    plain = of(interrupted_time_series(QUARTERS, 8))
    tilted = of(interrupted_time_series(np.array(QUARTERS) + 3.0 * np.arange(16) - 7, 8))
    assert tilted.level_change.value == pytest.approx(plain.level_change.value, rel=1e-6)
    assert tilted.slope_change.value == pytest.approx(plain.slope_change.value, rel=1e-5)
    assert tilted.slope_before.value == pytest.approx(plain.slope_before.value + 3, rel=1e-6)


def test_percent_or_share_is_one_and_the_same() -> None:
    percent, share = of(interrupted_time_series(QUARTERS, 8)), of(interrupted_time_series(np.array(QUARTERS) / 100, 8))
    assert percent.level_p.value == pytest.approx(share.level_p.value, rel=1e-4)
    assert percent.autocorrelation == pytest.approx(share.autocorrelation, abs=1e-6)


def test_an_alternating_series_whose_errors_cancel_is_flagged_at_the_edge() -> None:
    zigzag = np.array(QUARTERS) * 0 + np.tile([1.0, -1.0], 8)
    assert "autocorrelation_at_edge" in of(interrupted_time_series(zigzag, 8)).flags


def test_the_true_date_stands_out_among_placebo_dates() -> None:
    found = placebo_dates([*QUARTERS, 58, 55, 57, 56, 57, 56], 8)
    assert isinstance(found, Placebos)
    assert found.after == (4, 12, 13, 14, 15, 16, 17, 18)
    assert found.share_as_large == 0


def test_a_date_like_any_other_does_not_stand_out() -> None:
    found = placebo_dates(np.random.default_rng(5).normal(size=40), 20)
    assert isinstance(found, Placebos)
    assert found.share_as_large > 0


def test_short_series_and_dates_at_the_ends_give_reasons() -> None:
    for method in (interrupted_time_series, placebo_dates):
        assert isinstance(method(QUARTERS[:11], 5), NotEstimable)
        assert isinstance(method(QUARTERS, 3), NotEstimable)
    assert placebo_dates(QUARTERS[:12], 6) == NotEstimable("no other date is far enough from the true one")


def test_a_series_without_scatter_gives_a_reason() -> None:
    for method in (interrupted_time_series, placebo_dates):
        result = method([5.0] * 10 + [3.0] * 10, 10)
        assert isinstance(result, NotEstimable)
        assert "perfectly" in result.reason


def test_a_missing_period_is_refused() -> None:
    with pytest.raises(ValueError, match="missing"):
        interrupted_time_series([*QUARTERS[:-1], float("nan")], 8)
    with pytest.raises(ValueError, match="one a period"):
        interrupted_time_series([[1.0, 2.0]], 1)
