"""Do kappa and the intraclass correlation give the numbers that R gives?"""

from __future__ import annotations

import csv
from math import isclose
from pathlib import Path

import pytest

from seriatim.methods.cohen_kappa import cohen_kappa
from seriatim.methods.intraclass_correlation import intraclass_correlation
from seriatim.methods.values import Estimate

with Path(__file__).with_name("agreement.csv").open(encoding="utf-8") as file:
    EXPECTED = {(row["case"], row["statistic"]): float(row["value"]) for row in csv.DictReader(file)}
TABLES = {
    "satisfaction": [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]],
    "diarrhoea": [[60, 10, 2], [8, 30, 7], [1, 6, 31]],
    "grades": [[30, 6, 1, 0, 0], [5, 22, 7, 1, 0], [1, 8, 19, 6, 0], [0, 2, 5, 17, 3], [0, 0, 1, 4, 9]],
}
RATINGS = {
    "judges": [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    "stricter": [[0, 1], [1, 1], [1, 2], [2, 3], [3, 4], [2, 2], [4, 4], [0, 0]],
}


def three(estimate: object) -> tuple[float, float, float]:
    assert isinstance(estimate, Estimate)
    assert estimate.interval is not None
    return estimate.value, estimate.interval.lower, estimate.interval.upper


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
@pytest.mark.parametrize("case", TABLES)
def test_kappa_and_its_interval_are_those_of_r(case: str, weights: str) -> None:
    for name, ours in zip(("kappa", "lower", "upper"), three(cohen_kappa(TABLES[case], weights)), strict=True):
        # The standard error of R is by numerical derivatives.
        assert isclose(ours, EXPECTED[case, f"{name} {weights}"], abs_tol=1e-8)


@pytest.mark.parametrize("model", ["one_way", "agreement", "consistency"])
@pytest.mark.parametrize("case", RATINGS)
def test_intraclass_correlation_and_its_interval_are_those_of_r(case: str, model: str) -> None:
    ours = three(intraclass_correlation(RATINGS[case], model=model))
    for name, number in zip((model, f"{model} lower", f"{model} upper"), ours, strict=True):
        assert isclose(number, EXPECTED[case, name], abs_tol=1e-9)
