"""Do the charts and rules that watch case by case give the numbers that R gives?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seriatim.methods import bernoulli_cusum, maxsprt, poisson_cusum, risk_adjusted_cusum
from seriatim.methods.ewma import ewma
from seriatim.methods.funnel import funnel
from seriatim.methods.g_chart import Limits, g_chart, run_as_long
from seriatim.methods.toxicity_boundary import Boundary, bayesian_boundary, operation, toxicity_boundary
from seriatim.methods.vlad import vlad

CASES = json.loads(Path(__file__).with_name("watching.json").read_text(encoding="utf-8"))["cases"]

Pair = tuple[float, float]


def patients(data: dict[str, Any]) -> tuple[Any, Any]:
    intercept, slope = data["coef"]
    return data["y"], 1 / (1 + np.exp(-(intercept + slope * np.array(data["score"]))))


def both_directions(case: dict[str, Any]) -> Iterator[Pair]:
    for name, odds_ratio in (("up", 2.0), ("down", 0.5)):
        for suffix, limit in (("", None), ("_reset_h2", 2.0)):
            path = risk_adjusted_cusum.risk_adjusted_cusum(*patients(case["data"]), odds_ratio, limit)
            yield from zip(path.values, case["expected"][f"cusum_{name}{suffix}"], strict=True)


def display(case: dict[str, Any]) -> Iterator[Pair]:
    shown, expected = vlad(*patients(case["data"]), allowance=0.05), case["expected"]
    yield from zip(shown.vlad, expected["vlad"], strict=True)
    yield from zip(shown.better.values, expected["eo_up"], strict=True)
    yield from zip(-shown.worse.values, expected["eo_down"], strict=True)


def number(method: Callable[..., Any]) -> Callable[[dict[str, Any]], Iterator[Pair]]:
    return lambda case: iter([(method(**case["data"]).value, case["expected"])])


def stopping(method: Callable[..., Any]) -> Callable[[dict[str, Any]], Iterator[Pair]]:
    def pairs(case: dict[str, Any]) -> Iterator[Pair]:
        found, expected = method(**case["data"]), case["expected"]
        assert isinstance(found, Boundary)
        if expected["stop_at"] is not None:
            assert list(found.stop_at) == expected["stop_at"]
        for name, field in (("reached", "reached"), ("early", "stopped_early"), ("patients", "expected_patients")):
            for risk, value in expected.get(name, {}).items():
                yield getattr(operation(found, float(risk)), field), value

    return pairs


def gaps(case: dict[str, Any]) -> Iterator[Pair]:
    found = g_chart(case["data"]["gaps"])
    assert isinstance(found, Limits)
    yield from zip((found.lower, found.centre, found.upper), case["expected"], strict=False)
    yield run_as_long(120, found.risk), case["expected"][3]


def limits(case: dict[str, Any]) -> Iterator[Pair]:
    found = funnel(**case["data"])
    yield from zip([*found.lower, *found.upper], [*case["expected"][0], *case["expected"][1]], strict=True)


QUESTIONS: dict[str, Callable[[dict[str, Any]], Iterator[Pair]]] = {
    "risk_adjusted_cusum": both_directions,
    "risk_adjusted_run_length": number(risk_adjusted_cusum.average_run_length),
    "risk_adjusted_limit": number(risk_adjusted_cusum.limit_for),
    "vlad": display,
    "bernoulli_run_length": number(bernoulli_cusum.average_run_length),
    "poisson_run_length": number(poisson_cusum.average_run_length),
    "toxicity_boundary": stopping(toxicity_boundary),
    "bayesian_boundary": stopping(bayesian_boundary),
    "maxsprt": number(maxsprt.critical_value),
    "g_chart": gaps,
    "funnel": limits,
    "ewma": lambda case: zip(ewma(**case["data"]).values, case["expected"], strict=True),
    "poisson_threshold": number(poisson_cusum.threshold_for),
}


def test_every_question_has_reference_cases_and_every_case_a_question() -> None:
    assert {case["question"] for case in CASES} == set(QUESTIONS)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['question']}-{case['id']}" for case in CASES])
def test_the_method_agrees_with_the_reference_to_the_stated_tolerance(case: dict[str, Any]) -> None:
    pairs = list(QUESTIONS[case["question"]](case))
    assert pairs
    for found, expected in pairs:
        assert isclose(found, expected, rel_tol=case["relative_tolerance"], abs_tol=1e-13), (found, expected)
