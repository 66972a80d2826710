"""Is a bend found where there is one, its place in its interval, and its test right about straight lines?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.joinpoint import Bend, joinpoint
from seriatim.methods.values import NotEstimable


def of(result: object) -> Bend:
    assert isinstance(result, Bend)
    return result


def drawn(generator: np.random.Generator, logits: np.ndarray) -> Bend:
    events = generator.binomial(40, 1 / (1 + np.exp(-logits)))
    return of(joinpoint(np.arange(logits.size), events, [40] * logits.size, generator, draws=99))


def test_the_test_keeps_its_level_on_straight_lines() -> None:
    generator = np.random.default_rng(21)
    below = [drawn(generator, np.linspace(0.5, -2.5, 12)).p.value <= 0.05 for _ in range(150)]
    assert np.mean(below) < 0.05 + 3 * (0.05 * 0.95 / 150) ** 0.5


def test_the_interval_of_the_join_holds_the_true_one_nearly_as_often_as_it_says() -> None:
    generator = np.random.default_rng(22)
    logits = 1.0 - 0.35 * np.minimum(np.arange(16), 8)
    joins = [drawn(generator, logits).join for _ in range(150)]
    inside = [join.interval is not None and join.interval.lower <= 8 <= join.interval.upper for join in joins]
    assert np.mean(inside) > 0.85


def test_slopes_are_per_unit_of_time() -> None:
    events, n = [20, 16, 12, 8, 4, 3, 4, 3, 3, 4], [30] * 10
    months, years = (
        of(joinpoint(np.arange(10) / unit, events, n, np.random.default_rng(1), draws=9)) for unit in (1, 12)
    )
    assert years.slope_before.value == pytest.approx(12 * months.slope_before.value)
    assert years.join.value == pytest.approx(months.join.value / 12)
    assert years.p == months.p


def test_a_bootstrap_series_without_events_in_a_stretch_does_not_run_away() -> None:
    events = [9, 6, 4, 1, 0, 0, 0, 0, 0]
    assert of(joinpoint(range(9), events, [12] * 9, np.random.default_rng(1), draws=99)).p.value > 0


def test_blocks_without_patients_are_left_out() -> None:
    events, n = [20, 16, 12, 8, 4, 3, 4, 3, 3], [30] * 9
    plain = of(joinpoint(range(9), events, n, np.random.default_rng(1), draws=9))
    padded = of(joinpoint(range(10), [*events, 0], [*n, 0], np.random.default_rng(1), draws=9))
    assert plain.deviance == pytest.approx(padded.deviance)


def test_too_few_blocks_or_events_give_reasons() -> None:
    generator = np.random.default_rng(1)
    assert isinstance(joinpoint(range(6), [5] * 6, [9] * 6, generator), NotEstimable)
    assert isinstance(joinpoint(range(9), [1] * 9, [9] * 9, generator), NotEstimable)


def test_impossible_questions_are_refused() -> None:
    generator = np.random.default_rng(1)
    with pytest.raises(ValueError, match="ascend"):
        joinpoint([1, 1, 2], [1] * 3, [9] * 3, generator)
    with pytest.raises(ValueError, match="one length"):
        joinpoint([1, 2], [1] * 3, [9] * 3, generator)
    with pytest.raises(ValueError, match="at least one series"):
        joinpoint(range(9), [5] * 9, [9] * 9, generator, draws=0)
