"""Are grades, shifts and worst values read rightly from small tallies?"""

from __future__ import annotations

import pytest

from seriatim.analyses.labs import BASELINE, HAD, READING, WORST, Options, analyse
from seriatim.methods import miettinen_nurminen
from seriatim.methods.jonckheere_terpstra import jonckheere_terpstra
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(title="labs", grouping={"by": "equal groups", "groups": 2})
GROUP = Key("group", Role.PARTITION, ("early", "late"))
TEST = Key("test", Role.VIEW, ("creatinine",))
SHIFTS = [
    ("early", "0", "0", 2), ("early", "0", "3", 5), ("early", "1", "4", 1), ("early", "not known", "2", 2),
    ("early", "0", "not graded", 3), ("early", "0", "not assessed", 4),
    ("late", "0", "0", 8), ("late", "0", "1", 3), ("late", "0", "3", 1),
]  # fmt: skip
VALUES = [("early", "creatinine, mg/dL", 1_000_000, 3), ("early", "creatinine, mg/dL", 4_500_000, 4),
          ("late", "creatinine, mg/dL", 1_200_000, 7), ("late", "creatinine, umol/L", 90_000_000, 1)]  # fmt: skip
REASONS = [("early", "creatinine", "its unit is not recorded", "yes", 3),
           ("early", "creatinine", "its unit is not recorded", "no", 14),
           ("late", "creatinine", "its unit is not recorded", "no", 12)]  # fmt: skip


def results(doubtful: list | None = None) -> Results:
    shifts = [(group, "creatinine", "before treatment", *rest) for group, *rest in SHIFTS]
    shifts += [(group, "creatinine", "on treatment", *rest) for group, *rest in doubtful or SHIFTS]
    units = Key("test_in_unit", Role.VIEW, ("creatinine, mg/dL", "creatinine, umol/L"))
    reasons = Key("reason", Role.VIEW, ("its unit is not recorded",))
    made = {
        "lab_shift": ((GROUP, TEST, READING, BASELINE, WORST), shifts),
        "lab_worst_value": ((GROUP, units, Key("worst", Role.ORDER)), VALUES),
        "lab_not_graded": ((GROUP, TEST, reasons, HAD), REASONS),
    }
    tallies = {name: tally_from_rows(name, Unit.PATIENT, name, keys, rows) for name, (keys, rows) in made.items()}
    return Results(tuple(analyse(tallies, PLAN, Options(tests=("creatinine",)))))


def test_patients_without_a_grade_leave_the_denominator_and_widen_the_bounds() -> None:
    found = results()
    risk = found.one(endpoint="creatinine", statistic="risk", group="early")
    assert (risk.numerator, risk.denominator, risk.missing) == (6, 10, 7)
    low, high = (
        found.one(statistic=name, group="early", endpoint="creatinine") for name in ("risk_lowest", "risk_highest")
    )
    assert (low.numerator, low.denominator) == (6, 17)
    assert (high.numerator, high.denominator) == (13, 17)


def test_grade_3_and_4_first_against_last_with_its_own_p_value() -> None:
    found = results()
    expected = miettinen_nurminen.difference(6, 10, 1, 12)
    row = found.one(endpoint="creatinine", statistic="risk_difference")
    assert (row.value, row.lower, row.upper) == pytest.approx(
        (expected.value, expected.interval.lower, expected.interval.upper)
    )
    assert found.one(endpoint="creatinine", statistic="p_score").value == pytest.approx(
        miettinen_nurminen.score_test(6, 10, 1, 12).value
    )


def test_drift_of_grades_leaves_out_whoever_has_no_grade() -> None:
    row = results().one(endpoint="creatinine", statistic="p_trend_grades")
    assert row.value == pytest.approx(jonckheere_terpstra([[2, 0, 2, 5, 1], [8, 3, 0, 1, 0]]).value)
    assert row.missing == 7


def test_every_patient_is_in_one_square_of_the_shift() -> None:
    rows = [row for row in results() if row.statistic == "shift"]
    assert sum(row.value for row in rows if row.group == "early") == 17
    assert {row.convention for row in rows if row.group == "late"} == {"0 to 0", "0 to 1", "0 to 3"}


def test_worst_values_are_given_unit_by_unit() -> None:
    found = results()
    median = found.one(endpoint="creatinine, worst value in mg/dL", statistic="median", group="early")
    assert (median.value, median.denominator, median.unit) == (4.5, 7, "mg/dL")
    other = found.one(endpoint="creatinine, worst value in umol/L", statistic="median", group="late")
    assert (other.value, other.denominator) == (90.0, 1)


def test_group_without_values_in_a_unit_has_a_reason() -> None:
    row = results().one(endpoint="creatinine, worst value in umol/L", statistic="median", group="early")
    assert row.value is None
    assert row.reason


def test_reasons_are_counted_by_patients_of_the_group() -> None:
    row = results().one(statistic="not_graded", group="early")
    assert (row.numerator, row.denominator, row.convention) == (3, 17, "its unit is not recorded")


def test_doubtful_samples_give_rows_only_where_they_change_a_grade() -> None:
    assert not [row for row in results() if row.statistic.endswith("doubtful_on")]
    changed = [*SHIFTS[:-1], ("late", "0", "0", 1)]
    rows = [row for row in results(changed) if row.statistic == "risk_doubtful_on"]
    assert [(row.group, row.numerator) for row in rows] == [("early", 6), ("late", 0)]
