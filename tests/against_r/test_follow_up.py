"""Do the methods about time to an event give the numbers that R gives, ties and competing events included?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

from seriatim.methods.aalen_johansen import Incidence, aalen_johansen
from seriatim.methods.cox import HazardRatios, cox
from seriatim.methods.gray import gray
from seriatim.methods.restricted_mean import Gain, restricted_mean, restricted_mean_gain
from seriatim.methods.values import Estimate, PValue

CASES = json.loads(Path(__file__).with_name("follow_up.json").read_text(encoding="utf-8"))["cases"]

Pair = tuple[float, float]


def tallied(data: dict[str, Any], groups: list[int] | None = None) -> tuple[Any, Any, Any]:
    """Count patients over (groups, causes, times), and those lost over (groups, times)."""
    time, status = np.array(data["time"]), np.array(data["status"])
    group = np.zeros(time.size) if groups is None else np.array(groups)
    times, labels = np.unique(time), np.unique(group)
    cell = (time[:, None] == times)[None] & (group == labels[:, None])[:, :, None]
    counts = [(cell & (status == cause)[None, :, None]).sum(axis=1) for cause in (0, 1, 2)]
    return times, np.stack(counts[1:], axis=1), counts[0]


def competing(case: dict[str, Any]) -> Iterator[Pair]:
    times, events, censored = tallied(case["data"])
    found = aalen_johansen(times, events[0], censored[0])
    assert isinstance(found, Incidence)
    here, expected = np.isin(case["expected"]["time"], found.time), case["expected"]
    yield from zip(found.incidence.ravel(), np.array(expected["incidence"])[:, here].ravel(), strict=True)
    yield from zip(found.standard_error.ravel(), np.array(expected["error"])[:, here].ravel(), strict=True)


def groups_compared(case: dict[str, Any]) -> Iterator[Pair]:
    for cause, statistic in enumerate(case["expected"]):
        found = gray(*tallied(case["data"], case["data"]["group"]), cause=cause)
        assert isinstance(found, PValue)
        assert found.statistic is not None
        yield found.statistic, statistic


def hazards(case: dict[str, Any], x: Any, strata: Any) -> Iterator[Pair]:
    ended = np.array(case["data"]["status"]) == 1
    found, expected = cox(case["data"]["time"], x, ended, ~ended, strata), case["expected"]
    assert isinstance(found, HazardRatios)
    yield from zip(found.coefficients, expected["coefficients"], strict=True)
    yield from zip(found.covariance.ravel(), expected["covariance"], strict=True)
    yield found.log_likelihood, expected["log_likelihood"][1]
    assert found.overall.statistic is not None
    yield found.overall.statistic, 2 * (expected["log_likelihood"][1] - expected["log_likelihood"][0])


def stratified_hazards(case: dict[str, Any]) -> Iterator[Pair]:
    age = np.array(case["data"]["age"])
    return hazards(case, np.column_stack([age, age == 2]), case["data"]["site"])


def means(case: dict[str, Any]) -> Iterator[Pair]:
    times, events, censored = tallied(case["data"], case["data"]["group"])
    ended, expected = events.sum(axis=1), case["expected"]
    whole = restricted_mean(times, ended.sum(axis=0), censored.sum(axis=0), 24)
    each = [restricted_mean(times, ended[g], censored[g], 24) for g in range(2)]
    for found, (value, error) in zip([whole, *each], [expected["whole"], *expected["groups"]], strict=True):
        assert isinstance(found, Estimate)
        assert found.interval is not None
        yield from ((found.value, value), (found.interval.upper, min(24.0, value - ndtri(0.025) * error)))
    gain = restricted_mean_gain(times, ended, censored, 24)
    assert isinstance(gain, Gain)
    assert gain.difference.interval is not None
    bounds = gain.difference.interval
    yield from zip((gain.difference.value, bounds.lower, bounds.upper), expected["gain"], strict=True)
    yield gain.p.value, expected["p"]


QUESTIONS: dict[str, Callable[[dict[str, Any]], Iterator[Pair]]] = {
    "aalen_johansen": competing,
    "gray": groups_compared,
    "cox": lambda case: hazards(case, np.array(case["data"]["group"])[:, None], None),
    "cox_stratified": stratified_hazards,
    "restricted_mean": means,
}


def test_every_question_has_reference_cases_and_every_case_a_question() -> None:
    assert {case["question"] for case in CASES} == set(QUESTIONS)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['question']}-{case['id']}" for case in CASES])
def test_the_method_agrees_with_the_reference_to_the_stated_tolerance(case: dict[str, Any]) -> None:
    pairs = list(QUESTIONS[case["question"]](case))
    assert pairs
    for found, expected in pairs:
        assert isclose(found, expected, rel_tol=case["relative_tolerance"]), (found, expected)
