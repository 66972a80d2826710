"""How many patients are in each group, from which case to which, and when did practice change?"""

from __future__ import annotations

from seriatim.analyses.accrual import Options, analyse, needs
from seriatim.plans.plan import Plan
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

GROUP = Key("group", Role.PARTITION, ("early", "none", "late"))
MONTH = Key("month", Role.ORDER)
BLOCKS = {"by": "blocks", "size": 3}
ARMS = {"by": "levels", "column": "arm", "levels": ["early", "none", "late"]}


def rows(grouping: dict, changes: dict[str, tuple[int, int]] | None = None) -> list[ResultRow]:
    lines = [("early", 198512, 2), ("early", 198601, 1), ("late", 198602, 2)]
    accrual = tally_from_rows("accrual", Unit.PATIENT, "patients", (GROUP, MONTH), lines)
    keys = (Key("change", Role.VIEW, tuple(changes or ())), Key("period", Role.PARTITION, ("before", "after")))
    counted = [
        (change, period, n)
        for change, both in (changes or {}).items()
        for period, n in zip(("before", "after"), both, strict=True)
    ]
    practice = tally_from_rows("practice_changes", Unit.PATIENT, "changes", keys, counted)
    found = analyse({"accrual": accrual, "practice_changes": practice}, Plan(title="t", grouping=grouping), Options())
    return list(found)


def of(found: list[ResultRow], group: str) -> dict[str, float | str]:
    return {row.statistic: row.reason if row.value is None else row.value for row in found if row.group == group}


def test_groups_follow_each_other_along_the_case_number():
    found = rows(BLOCKS)
    assert of(found, "early") == {
        "patients": 3, "first_case": 1, "last_case": 3, "first_month": 198512, "last_month": 198601,
    }  # fmt: skip
    assert of(found, "late") == {
        "patients": 2, "first_case": 4, "last_case": 5, "first_month": 198602, "last_month": 198602,
    }  # fmt: skip


def test_group_without_patients_has_no_case_and_no_month():
    nobody = "no patient in the group"
    assert of(rows(BLOCKS), "none") == {"patients": 0} | dict.fromkeys(
        ("first_case", "last_case", "first_month", "last_month"), nobody
    )


def test_arms_of_a_trial_are_not_consecutive_cases():
    found = of(rows(ARMS), "late")
    assert found["first_case"] == found["last_case"] == "the groups are not consecutive cases"
    assert (found["patients"], found["first_month"]) == (2, 198602)


def test_each_change_of_practice_has_the_number_of_cases_before_it():
    found = rows(BLOCKS, {"1986-01-15 screen: stress test": (3, 2), "1990-01-01 terminate: fewer doses": (5, 0)})
    changes = {row.group: row.value for row in found if row.statistic == "cases_before_change"}
    assert changes == {"1986-01-15 screen: stress test": 3.0, "1990-01-01 terminate: fewer doses": 5.0}


def test_needs_are_two_tallies_of_patients():
    plan = Plan(title="t", grouping=BLOCKS)
    assert [(spec.name, spec.unit) for spec in needs(plan, Options())] == [
        ("accrual", Unit.PATIENT),
        ("practice_changes", Unit.PATIENT),
    ]
