"""Do our grades by CTCAE 5.0 agree with the expected grades of another grader's tests, case by case?

Where a case can only be asked after something is said about it, this says so:
- creatinine and bilirubin cases carry no unit there, because only multiples are compared; here a value without a
  unit is not graded, so the cases are asked with one;
- 10^3/mL is the same number as /mm3, the unit in which the criteria print their cut-points;
- a baseline marked HIGH is abnormal, LOW and NORMAL are not.
"""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from seriatim.grading.grade_value import Measurement, grade_value

TERMS = {
    "creatinine increased": "mg/dL",
    "blood bilirubin increased": "mg/dL",
    "platelet count decreased": None,
}
UNITS = {"10^9/L": "10^9/L", "10^3/uL": "10^9/L", "10^3/mL": "/mm3", "": None}
# Case number and why; a disagreement that is not named here fails.
DISAGREEMENTS: dict[str, str] = {}


def cases(data):
    with (data / "lab_grading_admiral" / "expected_grades.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["criteria"] in ("ctcv5", "ctcv5_uscv") and row["term"].lower() in TERMS:
                yield row


def micro(text):
    return int(Decimal(text) * 1_000_000) if text else None


def measured(row):
    unit = TERMS[row["term"].lower()] or UNITS[row["avalu"]]
    was = {"HIGH": "abnormal", "NORMAL": "normal", "LOW": "normal"}.get(row["bnrind"])
    return Measurement(
        micro(row["aval"]), unit, lower_limit=micro(row["anrlo"]), upper_limit=micro(row["anrhi"]),
        baseline=micro(row["base"]), baseline_unit=unit, baseline_was=was,
    )  # fmt: skip


@pytest.mark.parametrize("term", TERMS)
def test_expected_grades_of_each_term_are_ours(data, term: str) -> None:
    found = {}
    for row in cases(data):
        if row["term"].lower() == term:
            grade = grade_value(measured(row), term).grade
            found[row["case"]] = (grade, int(row["expected_grade"]) if row["expected_grade"] else None)
    assert len(found) >= 14
    differ = {case: pair for case, pair in found.items() if pair[0] != pair[1]}
    assert differ.keys() == {case for case in DISAGREEMENTS if case in found}, differ
