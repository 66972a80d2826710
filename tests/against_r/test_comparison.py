"""Do the further two-group methods give the numbers that R, or arithmetic at 40 digits, gives?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from seriatim.methods import chan_zhang
from seriatim.methods.barnard import barnard
from seriatim.methods.conditional_odds_ratio import conditional_odds_ratio
from seriatim.methods.mid_p_proportion import mid_p_proportion
from seriatim.methods.newcombe import newcombe
from seriatim.methods.values import Estimate, PValue

CASES = json.loads(Path(__file__).with_name("comparison.json").read_text(encoding="utf-8"))["cases"]

Pair = tuple[float, float]


def p_of(result: object) -> float:
    assert isinstance(result, PValue)
    return result.value


def bounds(result: object) -> list[float]:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return [result.interval.lower, result.interval.upper]


def turned(found: list[float], expected: list[float]) -> Iterator[Pair]:
    """The reference takes the last group from the first; ours the first from the last."""
    yield from zip(found, [-x for x in reversed(expected)], strict=True)


def mid_p_odds(case: dict[str, Any]) -> Iterator[Pair]:
    # The reference divides first by last; ours divides last by first.
    lower, upper = (1 / float(x) if float(x) else float("inf") for x in reversed(case["expected"]))
    yield from zip(
        bounds(conditional_odds_ratio(*case["data"], convention="mid-P central")), (lower, upper), strict=True
    )


def as_r(case: dict[str, Any]) -> Iterator[Pair]:
    pairs = zip(bounds(chan_zhang.difference(*case["data"])), case["expected"], strict=True)
    yield from (pair for pair in pairs if pair[1] is not None)


QUESTIONS: dict[str, Callable[[dict[str, Any]], Iterator[Pair]]] = {
    "newcombe": lambda case: turned(bounds(newcombe(*case["data"])), case["expected"]),
    "mid_p_odds_ratio": mid_p_odds,
    "mid_p_proportion": lambda case: zip(bounds(mid_p_proportion(*case["data"])), case["expected"], strict=True),
    "barnard": lambda case: iter([(p_of(barnard(*case["data"])), case["expected"])]),
    "chan_zhang": lambda case: turned(bounds(chan_zhang.difference(*case["data"])), case["expected"]),
    "chan_zhang_r": as_r,
    "chan_zhang_noninferiority": lambda case: iter(
        [(p_of(chan_zhang.noninferiority(*case["data"])), case["expected"])]
    ),
}


def test_every_question_has_reference_cases_and_every_case_a_question() -> None:
    assert {case["question"] for case in CASES} == set(QUESTIONS)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['question']}-{case['id']}" for case in CASES])
def test_the_method_agrees_with_the_reference_to_the_stated_tolerance(case: dict[str, Any]) -> None:
    pairs = list(QUESTIONS[case["question"]](case))
    assert pairs
    for found, expected in pairs:
        assert isclose(found, expected, rel_tol=case["relative_tolerance"]), (found, expected)
