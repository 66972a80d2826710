"""Do the methods about order give the numbers that R, or exact arithmetic, gives?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seriatim.methods.cochran_armitage import cochran_armitage, cochran_armitage_exact
from seriatim.methods.hodges_lehmann import shift
from seriatim.methods.isotonic_trend import Staircase, isotonic_trend
from seriatim.methods.jonckheere_terpstra import jonckheere_terpstra
from seriatim.methods.kruskal_wallis import kruskal_wallis
from seriatim.methods.linear_by_linear import cuzick, linear_by_linear
from seriatim.methods.log_rank import log_rank
from seriatim.methods.logistic_spline import Curve, logistic_spline
from seriatim.methods.median_interval import median, quantile
from seriatim.methods.proportional_odds import OddsTrend, proportional_odds
from seriatim.methods.rank_sum import rank_sum_trend
from seriatim.methods.values import Estimate, PValue

CASES = json.loads(Path(__file__).with_name("trend.json").read_text(encoding="utf-8"))["cases"]

Pair = tuple[float | None, float | None]


def statistic_and_p(result: object) -> list[float | None]:
    assert isinstance(result, PValue)
    return [result.statistic, result.value]


def value_of(result: object) -> float:
    assert isinstance(result, Estimate)
    return result.value


def normal_trend(data: dict[str, Any], expected: dict[str, list[float]]) -> Iterator[Pair]:
    for variance, pair in expected.items():
        yield from zip(statistic_and_p(cochran_armitage(**data, variance=variance)), pair, strict=True)


def chi_square_trend(data: dict[str, Any], expected: list[float]) -> Iterator[Pair]:
    z, p = statistic_and_p(cochran_armitage(**data, variance="binomial"))
    yield from zip((z**2, p), expected, strict=True)


def exact_trend(data: dict[str, Any], expected: dict[str, float]) -> Iterator[Pair]:
    for convention, p in expected.items():
        yield statistic_and_p(cochran_armitage_exact(**data, convention=convention))[1], p


def case_trend(data: dict[str, Any], expected: dict[str, float]) -> Iterator[Pair]:
    yield statistic_and_p(rank_sum_trend(**data))[1], expected["exact"]
    yield statistic_and_p(rank_sum_trend(**data, max_work=0))[1], expected["asymptotic"]


def table_test(method: Callable[..., object]) -> Callable[[dict[str, Any], list[float | None]], Iterator[Pair]]:
    return lambda data, expected: zip(statistic_and_p(method(**data)), expected, strict=True)


def spline(data: dict[str, Any], expected: dict[str, list[float]]) -> Iterator[Pair]:
    case = np.arange(1, data["n"] + 1)
    curve = logistic_spline(case, np.isin(case, data["positions"]), np.ones(data["n"]), data["at"])
    assert isinstance(curve, Curve)
    yield from zip(curve.knots[1:-1], expected["inner_knots"], strict=True)
    for name in ("fitted", "lower", "upper"):
        yield from zip(getattr(curve, name), expected[name], strict=True)
    yield from zip(statistic_and_p(curve.p_overall), expected["overall"], strict=True)
    yield from zip(statistic_and_p(curve.p_nonlinear), expected["nonlinear"], strict=True)


def medians(data: dict[str, Any], expected: list[float]) -> Iterator[Pair]:
    for counts, middle in zip(data["groups"], expected, strict=True):
        yield value_of(median(data["values"], counts)), middle


def quartiles(data: dict[str, Any], expected: list[list[float]]) -> Iterator[Pair]:
    for counts, pair in zip(data["groups"], expected, strict=True):
        yield value_of(quantile(data["values"], counts, 0.25)), pair[0]
        yield value_of(quantile(data["values"], counts, 0.75)), pair[1]


def quantiles(data: dict[str, Any], expected: list[float]) -> Iterator[Pair]:
    for q, value in zip(data["q"], expected, strict=True):
        yield value_of(quantile(data["values"], data["counts"], q)), value


def shifted(data: dict[str, Any], expected: list[float]) -> Iterator[Pair]:
    moved = shift(**data)
    assert isinstance(moved, Estimate)
    assert moved.interval is not None
    yield from zip((moved.value, moved.interval.lower, moved.interval.upper), expected, strict=True)


def odds_trend(data: dict[str, Any], expected: dict[str, Any]) -> Iterator[Pair]:
    found = proportional_odds(**data)
    assert isinstance(found, OddsTrend)
    yield found.slope, expected["slope"]
    yield found.standard_error, expected["standard_error"]
    yield from zip(found.thresholds, expected["thresholds"], strict=True)
    yield found.log_likelihood, expected["log_likelihood"]
    yield found.trend.statistic, expected["trend"]
    yield from zip(statistic_and_p(found.check), expected["check"], strict=True)


def staircase(data: dict[str, Any], expected: dict[str, Any]) -> Iterator[Pair]:
    found = isotonic_trend(**data, generator=np.random.default_rng(1), draws=99)
    assert isinstance(found, Staircase)
    yield from zip(found.fitted, expected["fitted"], strict=True)
    yield found.trend.statistic, expected["statistic"]


QUESTIONS: dict[str, Callable[[Any, Any], Iterator[Pair]]] = {
    "cochran_armitage": normal_trend,
    "cochran_armitage_chi_square": chi_square_trend,
    "cochran_armitage_exact": exact_trend,
    "rank_sum_trend": case_trend,
    "jonckheere_terpstra": table_test(jonckheere_terpstra),
    "cuzick": table_test(cuzick),
    "linear_by_linear": table_test(linear_by_linear),
    "proportional_odds": odds_trend,
    "isotonic_trend": staircase,
    "kruskal_wallis": table_test(kruskal_wallis),
    "log_rank": table_test(log_rank),
    "logistic_spline": spline,
    "median": medians,
    "quartiles": quartiles,
    "quantile": quantiles,
    "shift": shifted,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']}-{case['question']}")
def test_our_value_is_the_value_of_the_reference(case: dict[str, Any]) -> None:
    pairs = list(QUESTIONS[case["question"]](case["data"], case["expected"]))
    assert pairs
    for ours, theirs in pairs:
        assert ours is not None
        assert theirs is None or isclose(ours, theirs, rel_tol=case["relative_tolerance"]), (ours, theirs)


def test_every_question_has_a_reference() -> None:
    assert {case["question"] for case in CASES} == set(QUESTIONS)
