"""Do the two-group methods give the numbers that R, or exact arithmetic at 40 digits, gives?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from seriatim.methods import mantel_haenszel
from seriatim.methods.benjamini_hochberg import benjamini_hochberg
from seriatim.methods.blaker import blaker
from seriatim.methods.boschloo import boschloo
from seriatim.methods.clopper_pearson import clopper_pearson, clopper_pearson_upper
from seriatim.methods.compatible_counts import compatible_counts
from seriatim.methods.conditional_odds_ratio import conditional_odds_ratio
from seriatim.methods.event_free_run import final_run, longest_run_anywhere
from seriatim.methods.fisher_exact import fisher_exact
from seriatim.methods.holm import holm
from seriatim.methods.miettinen_nurminen import difference
from seriatim.methods.score_ratio import risk_ratio
from seriatim.methods.values import Estimate, PValue
from seriatim.methods.wilson import wilson

CASES = json.loads(Path(__file__).with_name("two_by_two.json").read_text(encoding="utf-8"))["cases"]

Pair = tuple[float, float]


def p_of(result: object) -> float:
    assert isinstance(result, PValue)
    return result.value


def bounds(result: object) -> list[float]:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return [result.interval.lower, result.interval.upper]


def fisher(case: dict[str, Any]) -> Iterator[Pair]:
    for convention, expected in case["expected"].items():
        yield p_of(fisher_exact(*case["counts"], convention)), expected


def unconditional(case: dict[str, Any]) -> Iterator[Pair]:
    for convention, expected in case["expected"].items():
        yield p_of(boschloo(*case["counts"], convention)), expected


def tail_ordered(case: dict[str, Any]) -> Iterator[Pair]:
    yield p_of(blaker(*case["counts"])), case["expected"]


def odds(case: dict[str, Any]) -> Iterator[Pair]:
    # The reference divides first by last; ours divides last by first.
    value, lower, upper = (1 / float(x) if float(x) else float("inf") for x in case["expected"])
    result = conditional_odds_ratio(*case["counts"])
    assert isinstance(result, Estimate)
    yield result.value, value
    yield from zip(bounds(result), (upper, lower), strict=True)


def risk_difference(case: dict[str, Any]) -> Iterator[Pair]:
    lower, upper = case["expected"]
    yield from zip(bounds(difference(*case["counts"])), (-upper, -lower), strict=True)


def ratio(variance: Any) -> Callable[[dict[str, Any]], Iterator[Pair]]:
    def pairs(case: dict[str, Any]) -> Iterator[Pair]:
        lower, upper = (float(x) for x in case["expected"])
        found = bounds(risk_ratio(*case["counts"], variance=variance))
        yield from zip(found, (1 / upper, 1 / lower), strict=True)

    return pairs


def exact_proportion(case: dict[str, Any]) -> Iterator[Pair]:
    yield from zip(bounds(clopper_pearson(*case["counts"])), case["expected"], strict=True)


def exact_upper(case: dict[str, Any]) -> Iterator[Pair]:
    yield bounds(clopper_pearson_upper(*case["counts"]))[1], case["expected"]


def score_proportion(case: dict[str, Any]) -> Iterator[Pair]:
    yield from zip(bounds(wilson(*case["counts"])), case["expected"], strict=True)


def stratified(case: dict[str, Any]) -> Iterator[Pair]:
    value, lower, upper = (1 / x for x in case["expected"]["odds_ratio"])
    result, p = mantel_haenszel.odds_ratio(*case["counts"]), mantel_haenszel.test(*case["counts"])
    assert isinstance(result, Estimate)
    assert isinstance(p, PValue)
    assert p.statistic is not None
    yield result.value, value
    yield from zip(bounds(result), (upper, lower), strict=True)
    yield from ((p.value, case["expected"]["p"]), (p.statistic, case["expected"]["chi_square"]))


def printed_percentages(case: dict[str, Any]) -> Iterator[Pair]:
    for (percent, n), expected in zip(case["counts"], case["expected"], strict=True):
        yield from zip(compatible_counts(str(percent), n), expected, strict=True)


QUESTIONS: dict[str, Callable[[dict[str, Any]], Iterator[Pair]]] = {
    "fisher_exact": fisher,
    "blaker": tail_ordered,
    "boschloo": unconditional,
    "conditional_odds_ratio": odds,
    "risk_difference": risk_difference,
    "risk_ratio_miettinen_nurminen": ratio("Miettinen-Nurminen"),
    "risk_ratio_koopman": ratio("Koopman"),
    "clopper_pearson": exact_proportion,
    "clopper_pearson_upper": exact_upper,
    "wilson": score_proportion,
    "final_run": lambda case: iter([(final_run(*case["counts"]).value, case["expected"])]),
    "longest_run_anywhere": lambda case: iter([(longest_run_anywhere(*case["counts"]).value, case["expected"])]),
    "holm": lambda case: zip(holm(case["counts"]), case["expected"], strict=True),
    "benjamini_hochberg": lambda case: zip(benjamini_hochberg(case["counts"]), case["expected"], strict=True),
    "mantel_haenszel": stratified,
    "compatible_counts": printed_percentages,
}


def test_every_question_has_reference_cases_and_every_case_a_question() -> None:
    assert {case["question"] for case in CASES} == set(QUESTIONS)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['question']}-{case['id']}" for case in CASES])
def test_the_method_agrees_with_the_reference_to_the_stated_tolerance(case: dict[str, Any]) -> None:
    pairs = list(QUESTIONS[case["question"]](case))
    assert pairs
    for found, expected in pairs:
        assert isclose(found, expected, rel_tol=case["relative_tolerance"]), (found, expected)
