"""`make soak`: does every form of a rule agree on a million answers, and does no completion leave its interval?

It takes minutes and so is no test; `tests/properties/test_rule_engines_agree.py` asks the same of a few thousand.
"""

from __future__ import annotations

import argparse
import random
import runpy
import sys
import time
from pathlib import Path

from seriatim.rules.evaluate import evaluate
from seriatim.rules.generate import compiled
from seriatim.rules.parse import parse
from seriatim.rules.truth import Truth

TESTS = Path(__file__).parents[1] / "tests"
MADE = runpy.run_path(str(TESTS / "properties" / "rule_strategies.py"))
REFERENCE = runpy.run_path(str(TESTS / "reference" / "rule_reference.py"))
AS_TRUTH = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
RULES, RECORDS = 20, 1000
FORMS = ("plain reference", "compiled", "polars", "duckdb")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--completions", type=int, default=18_000)
    parser.add_argument("--seed", type=int, default=1998)
    chosen = parser.parse_args()
    rng = MADE["seeded"](chosen.seed)
    started = time.perf_counter()
    differing = dict.fromkeys(FORMS, 0)
    answers = dict.fromkeys(Truth, 0)
    for _ in range(-(-chosen.cells // (RULES * RECORDS))):
        _compare(rng, differing, answers)
    print(f"{sum(answers.values())} answers: " + ", ".join(f"{n} {truth.name.lower()}" for truth, n in answers.items()))
    print("differing from the plain evaluation: " + ", ".join(f"{form} {n}" for form, n in differing.items()))
    outside, undecided = _complete(rng, chosen.completions)
    print(f"{chosen.completions} completions, {undecided} of them of an unknown answer: {outside} outside")
    print(f"{time.perf_counter() - started:.0f} s")
    sys.exit(1 if outside or any(differing.values()) else 0)


def _compare(rng: random.Random, differing: dict[str, int], answers: dict[Truth, int]) -> None:
    """One batch of rules over one batch of records, in every form."""
    declared = MADE["variables"](rng)
    made = [MADE["rule"](rng) for _ in range(RULES)]
    trees = [parse(text, declared) for text, _ in made]
    records = [MADE["record"](rng, declared) for _ in range(RECORDS)]
    rows = [MADE["facts_of"](seen, declared) for seen in records]
    expected = [[evaluate(tree, row) for tree in trees] for row in rows]
    for truth in (one for row in expected for one in row):
        answers[truth] += 1
    fast, frame = compiled(trees), MADE["frame_of"](rows)
    found = {
        "plain reference": [[AS_TRUTH[REFERENCE["truth"](asked, seen)] for _, asked in made] for seen in records],
        "compiled": [[Truth(pair) for pair in zip(*fast(row), strict=True)] for row in rows],
        "polars": MADE["answers_on"]("polars", trees, frame),
        "duckdb": MADE["answers_on"]("duckdb", trees, frame),
    }
    for form, given in found.items():
        differing[form] += _unequal(given, expected)


def _unequal(given: list[list[Truth]], expected: list[list[Truth]]) -> int:
    pairs = zip(given, expected, strict=True)
    return sum(a is not b for one, other in pairs for a, b in zip(one, other, strict=True))


def _complete(rng: random.Random, completions: int) -> tuple[int, int]:
    """How many random completions gave an answer that the incomplete record excluded, and how many were open before."""
    outside = undecided = 0
    for _ in range(completions):
        declared = MADE["variables"](rng)
        tree = parse(MADE["rule"](rng, asks_known=False)[0], declared)
        known = MADE["facts_of"](MADE["record"](rng, declared), declared)
        before = evaluate(tree, known)
        after = evaluate(tree, MADE["completed"](rng, known, declared))
        undecided += before is Truth.UNKNOWN
        outside += after is Truth.UNKNOWN or before not in (after, Truth.UNKNOWN)
    return outside, undecided


if __name__ == "__main__":
    main()
