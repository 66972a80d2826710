"""Do the methods that ask since when a series has changed give the numbers that R gives?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seriatim.methods.bayesian_change_points import ChangePoints, bayesian_change_points
from seriatim.methods.change_point_test import Change, change_point_test
from seriatim.methods.interrupted_time_series import Interruption, interrupted_time_series
from seriatim.methods.joinpoint import Bend, joinpoint
from seriatim.methods.quantile_trend import Line, quantile_trend

CASES = json.loads(Path(__file__).with_name("since_when.json").read_text(encoding="utf-8"))["cases"]

Pair = tuple[float | None, float]


def blocks(data: dict[str, Any]) -> Any:
    events = np.array(data["events"])
    return np.column_stack([events, data["n"] - events])


def posterior(case: dict[str, Any]) -> Iterator[Pair]:
    found = bayesian_change_points(blocks(case["data"]), most=1)
    assert isinstance(found, ChangePoints)
    yield from zip(found.single, case["expected"]["single"], strict=True)
    yield found.bayes_factor, case["expected"]["bayes_factor"]


def likelihood_ratio(case: dict[str, Any]) -> Iterator[Pair]:
    found = change_point_test(blocks(case["data"]), np.random.default_rng(1), draws=99)
    assert isinstance(found, Change)
    yield from ((found.after, case["expected"]["after"]), (found.p.statistic, case["expected"]["statistic"]))


def quantile_line(case: dict[str, Any]) -> Iterator[Pair]:
    found = quantile_trend(**case["data"], generator=np.random.default_rng(1), draws=9)
    assert isinstance(found, Line)
    yield from zip((found.intercept, found.slope.value), case["expected"], strict=True)


def bend(case: dict[str, Any]) -> Iterator[Pair]:
    found, expected = joinpoint(**case["data"], generator=np.random.default_rng(1), draws=9), case["expected"]
    assert isinstance(found, Bend)
    yield from ((found.join.value, expected["join"]), (found.slope_before.value, expected["before"]))
    yield from ((found.deviance, expected["deviance"]), (found.straight_deviance, expected["straight"]))
    # A small difference of two slopes, of which segmented stops a hair away from the block.
    assert found.slope_after.value == pytest.approx(expected["after"], abs=2e-7)


def interruption(case: dict[str, Any]) -> Iterator[Pair]:
    found, expected = interrupted_time_series(**case["data"]), case["expected"]
    assert isinstance(found, Interruption)
    changes = (found.slope_before, found.level_change, found.slope_change)
    yield from zip((change.value for change in changes), expected["coef"], strict=True)
    yield found.autocorrelation, expected["phi"]
    assert found.level_p.statistic is not None
    assert found.slope_p.statistic is not None
    yield found.level_change.value / found.level_p.statistic, expected["se"][1]
    yield found.slope_change.value / found.slope_p.statistic, expected["se"][2]


QUESTIONS: dict[str, Callable[[dict[str, Any]], Iterator[Pair]]] = {
    "bayesian_change_points": posterior,
    "change_point_test": likelihood_ratio,
    "quantile_trend": quantile_line,
    "joinpoint": bend,
    "interrupted_time_series": interruption,
}


def test_every_question_has_reference_cases_and_every_case_a_question() -> None:
    assert {case["question"] for case in CASES} == set(QUESTIONS)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['question']}-{case['id']}" for case in CASES])
def test_the_method_agrees_with_the_reference_to_the_stated_tolerance(case: dict[str, Any]) -> None:
    pairs = list(QUESTIONS[case["question"]](case))
    assert pairs
    for found, expected in pairs:
        assert found is not None
        assert isclose(found, expected, rel_tol=case["relative_tolerance"]), (found, expected)
