"""Is the cumulative risk by dose number what R survival gives, with its log(-log) interval?"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from seriatim.methods.discrete_hazard import cumulative_risk
from seriatim.methods.values import Estimate

CASES = list(csv.DictReader(Path(__file__).with_name("discrete_hazard.csv").read_text(encoding="utf-8").splitlines()))
# survfit at months 6, 12 and 24 of twenty invented patients (R survival 3.5-3, conf.type="log-log"): a person who is
# censored or has the event in a month is at risk in it.
AT_RISK = (20, 19, 17, 16, 14, 13, 12, 11, 9, 8, 7, 6, 5, 4)
EVENTS = (1, 2, 0, 2, 1, 0, 1, 2, 0, 1, 0, 1, 1, 1)
MONTH_6, MONTH_12, MONTH_24 = 4, 8, 14


def counts(text: str) -> list[int]:
    return [int(word) for word in text.split()]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cumulative_risk_and_its_interval_are_those_of_survfit(case: dict[str, str]) -> None:
    risk = cumulative_risk(counts(case["at_risk"]), counts(case["events"]))
    assert isinstance(risk, Estimate)
    assert risk.interval
    found = (risk.value, risk.interval.lower, risk.interval.upper)
    assert found == pytest.approx([float(case[name]) for name in ("risk", "lower", "upper")], abs=1e-13)


@pytest.mark.parametrize(
    ("steps", "without_event", "lower", "upper"),
    [
        (MONTH_6, 0.74375, 0.4890781508352621, 0.8846691032780992),
        (MONTH_12, 0.51796875, 0.27542456510145286, 0.7148993756382365),
        (MONTH_24, 0.226611328125, 0.059753308009425576, 0.4574109728413595),
    ],
)
def test_steps_of_a_survival_curve_give_the_curve_of_survfit(
    steps: int, without_event: float, lower: float, upper: float
) -> None:
    risk = cumulative_risk(AT_RISK[:steps], EVENTS[:steps])
    assert isinstance(risk, Estimate)
    assert risk.interval
    found = (1 - risk.value, 1 - risk.interval.upper, 1 - risk.interval.lower)
    assert found == pytest.approx((without_event, lower, upper), abs=1e-13)
