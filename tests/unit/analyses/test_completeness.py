"""Are shares of complete records read rightly from a small tally?"""

from __future__ import annotations

import pytest

from seriatim.analyses.completeness import ALWAYS, COMPLETE, Options, analyse
from seriatim.methods import miettinen_nurminen
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(title="completeness", grouping={"by": "equal groups", "groups": 2})


def results() -> Results:
    keys = (Key("group", Role.PARTITION, ("early", "late")), Key("item", Role.VIEW, ALWAYS[:2]), COMPLETE)
    rows = [("early", ALWAYS[0], "yes", 8), ("early", ALWAYS[0], "no", 2), ("late", ALWAYS[0], "yes", 10),
            ("early", ALWAYS[1], "yes", 3), ("early", ALWAYS[1], "no", 5), ("early", ALWAYS[1], "does not apply", 2),
            ("late", ALWAYS[1], "yes", 9), ("late", ALWAYS[1], "no", 1)]  # fmt: skip
    tally = tally_from_rows("completeness", Unit.PATIENT, "completeness", keys, rows)
    return Results(tuple(analyse({"completeness": tally}, PLAN, Options())))


def test_item_that_does_not_apply_leaves_the_denominator_and_is_named() -> None:
    row = results().one(endpoint=ALWAYS[1], statistic="risk", group="early")
    assert (row.numerator, row.denominator, row.missing) == (3, 8, 2)


def test_last_group_is_compared_with_the_first() -> None:
    found = results()
    expected = miettinen_nurminen.difference(8, 10, 10, 10)
    row = found.one(endpoint=ALWAYS[0], statistic="risk_difference")
    assert (row.value, row.lower, row.upper) == pytest.approx(
        (expected.value, expected.interval.lower, expected.interval.upper)
    )
    assert row.direction == "last minus first"
    assert found.one(endpoint=ALWAYS[0], statistic="p_score").value == pytest.approx(
        miettinen_nurminen.score_test(8, 10, 10, 10).value
    )
