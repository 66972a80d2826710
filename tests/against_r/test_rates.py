"""Do rates, repeated events, clustered shares and shrunk effects have the values that R gives?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import isclose, log, sqrt
from pathlib import Path
from typing import Any

import pytest
from scipy.special import ndtri

from seriatim.methods.cluster_proportion import Share, cluster_proportion
from seriatim.methods.empirical_bayes import Shrunk, empirical_bayes
from seriatim.methods.mean_cumulative_count import Mean, mean_cumulative_count
from seriatim.methods.poisson_rate import poisson_rate, quasi_poisson_rate, rate_ratio, rate_test
from seriatim.methods.values import Estimate, Interval, PValue

CASES = json.loads(Path(__file__).with_name("rates.json").read_text(encoding="utf-8"))["cases"]
Z = -float(ndtri(0.025))

Pair = tuple[float, float]


def interval(result: object) -> Interval:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result.interval


def exact(case: dict[str, Any]) -> Iterator[Pair]:
    found = interval(poisson_rate(**case["data"]))
    yield from zip((found.lower, found.upper), case["expected"], strict=True)


def compared(case: dict[str, Any]) -> Iterator[Pair]:
    found, p = rate_ratio(**case["data"]), rate_test(**case["data"])
    assert isinstance(found, Estimate)
    assert isinstance(p, PValue)
    bounds = interval(found)
    yield from zip((found.value, bounds.lower, bounds.upper, p.value), case["expected"], strict=True)


def repeated(case: dict[str, Any]) -> Iterator[Pair]:
    found = quasi_poisson_rate(**case["data"])
    assert isinstance(found, Estimate)
    yield from zip((log(found.value), log(interval(found).upper / found.value) / Z), case["expected"], strict=True)


def mean_count(case: dict[str, Any]) -> Iterator[Pair]:
    found = mean_cumulative_count(**case["data"])
    assert isinstance(found, Mean)
    yield from zip([*found.mean, *found.standard_error], [*case["expected"][0], *case["expected"][1]], strict=True)


def clustered(case: dict[str, Any]) -> Iterator[Pair]:
    found = cluster_proportion(**case["data"])
    assert isinstance(found, Share)
    bounds = interval(found.share)
    yield from zip((found.design_effect, bounds.lower, bounds.upper), case["expected"], strict=True)


def shrunk(case: dict[str, Any]) -> Iterator[Pair]:
    found = empirical_bayes(case["data"]["effects"], [sqrt(v) for v in case["data"]["variances"]])
    expected = case["expected"]
    assert isinstance(found, Shrunk)
    yield from ((found.mean, expected["mean"]), (found.spread, expected["spread"]))
    yield from zip(found.effect, expected["effect"], strict=True)
    yield from zip((found.upper - found.effect) / Z, expected["error"], strict=True)


QUESTIONS: dict[str, Callable[[dict[str, Any]], Iterator[Pair]]] = {
    "poisson_rate": exact,
    "rate_ratio": compared,
    "quasi_poisson_rate": repeated,
    "mean_cumulative_count": mean_count,
    "cluster_proportion": clustered,
    "empirical_bayes": shrunk,
}


def test_every_question_has_reference_cases_and_every_case_a_question() -> None:
    assert {case["question"] for case in CASES} == set(QUESTIONS)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['question']}-{case['id']}" for case in CASES])
def test_the_method_agrees_with_the_reference_to_the_stated_tolerance(case: dict[str, Any]) -> None:
    pairs = list(QUESTIONS[case["question"]](case))
    assert pairs
    for found, expected in pairs:
        assert isclose(found, expected, rel_tol=case["relative_tolerance"]), (found, expected)
