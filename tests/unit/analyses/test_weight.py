"""Are gains and grades of weight read rightly from small tallies?"""

from __future__ import annotations

import pytest

from seriatim.analyses.weight import GRADE, RECORD, Options, analyse
from seriatim.methods.jonckheere_terpstra import jonckheere_terpstra
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(title="weight", grouping={"by": "equal groups", "groups": 2})
GROUP = Key("group", Role.PARTITION, ("early", "late"))
CYCLE = Key("cycle", Role.VIEW, ("1",))
GAINS = [("early", "recorded", -20, 1), ("early", "recorded", 50, 3), ("early", "recorded", 110, 3),
         ("early", "no baseline weight", 0, 2), ("early", "no weight in the cycle", 0, 1),
         ("late", "recorded", 50, 4), ("late", "recorded", 70, 4), ("late", "cycle not given", 0, 2)]  # fmt: skip
GRADES = [("early", "0", 1), ("early", "1", 3), ("early", "2", 2), ("early", "3", 1), ("early", "not assessed", 3),
          ("late", "1", 8), ("late", "cycle not given", 2)]  # fmt: skip


def results(gains: list = GAINS) -> Results:
    made = {
        "weight_gain": ((GROUP, CYCLE, RECORD, Key("gain", Role.ORDER)), gains),
        "weight_gain_grade": ((GROUP, CYCLE, GRADE), GRADES),
    }
    tallies = {
        name: tally_from_rows(name, Unit.PATIENT, name, keys, [(row[0], "1", *row[1:]) for row in rows])
        for name, (keys, rows) in made.items()
    }
    return Results(tuple(analyse(tallies, PLAN, Options())))


def test_median_gain_is_in_percent_of_the_baseline_with_its_interval() -> None:
    row = results().one(statistic="median", group="early")
    assert (row.value, row.unit, row.denominator) == (5.0, "%", 7)
    assert row.lower is not None


def test_patients_without_a_weight_are_missing_and_those_without_the_cycle_are_not() -> None:
    found = results()
    assert found.one(statistic="median", group="early").missing == 3
    assert found.one(statistic="median", group="late").missing == 0
    assert found.one(statistic="patients", group="late", convention="cycle not given").value == 2


def test_drift_over_the_groups_uses_every_distinct_gain_in_order() -> None:
    row = results().one(statistic="p_trend_gain")
    assert row.value == pytest.approx(jonckheere_terpstra([[1, 3, 0, 3], [0, 4, 4, 0]]).value)
    assert row.missing == 3


def test_grade_3_is_compared_among_those_with_a_grade() -> None:
    found = results()
    risk = found.one(statistic="risk", group="early")
    assert (risk.numerator, risk.denominator, risk.missing) == (1, 7, 3)
    late = found.one(statistic="risk", group="late")
    assert (late.numerator, late.denominator, late.missing) == (0, 8, 0)


def test_group_without_any_weight_has_a_reason() -> None:
    gains = [row for row in GAINS if row[0] == "late"] + [("early", "no baseline weight", 0, 10)]
    row = results(gains).one(statistic="median", group="early")
    assert row.value is None
    assert row.reason
    assert row.missing == 10
