"""The derivations of laboratory values in plain Python over rows."""

from __future__ import annotations

from datetime import timedelta

from seriatim.grading.criteria import criteria_of, lab_test
from seriatim.grading.grade_value import Measurement, grade_value

SIDES = ("earliest", "latest")


def lab_shift(tables, tests, window_days, **_):
    rows = []
    for patient in tables["patient"]:
        for name in tests:
            for reading in ("before treatment", "on treatment"):
                before, on = _split(tables, patient, name, reading, window_days)
                baseline = _last(before, name)
                rows.append((
                    patient["patient_id"], name, reading, _baseline_grade(baseline, name),
                    _worst([_grade(value, baseline, name).code for value in on]),
                ))  # fmt: skip
    return sorted(rows)


def lab_worst_value(tables, tests, window_days, **_):
    rows = []
    for patient in tables["patient"]:
        for name in tests:
            _, on = _split(tables, patient, name, "before treatment", window_days)
            values = [value for value in on if value["value_micro"] is not None]
            for unit in {value["value_unit"] for value in values}:
                numbers = [value["value_micro"] for value in values if value["value_unit"] == unit]
                label = f"{name}, {unit or 'unit not recorded'}"
                rows.append((patient["patient_id"], label, min(numbers) if _is_low(name) else max(numbers)))
    return sorted(rows)


def lab_not_graded(tables, tests, window_days, **_):
    rows = set()
    for patient in tables["patient"]:
        for name in tests:
            before, on = _split(tables, patient, name, "before treatment", window_days)
            baseline = _last(before, name)
            for value in on:
                graded = _grade(value, baseline, name)
                if graded.grade is None:
                    reason = graded.reason.removeprefix("cannot be graded, because ")
                    rows.add((patient["patient_id"], name, reason, "yes"))
    return sorted(rows)


def _split(tables, patient, name, reading, window_days):
    begun, until = _window(tables, patient)
    before, on = [], []
    for value in tables.get("lab_result", []):
        if value["patient_id"] != patient["patient_id"] or value["test"].lower() not in lab_test(name).spellings:
            continue
        earliest, latest = value["collected_earliest"], value["collected_latest"]
        if earliest is None:
            continue
        maybe, sure = earliest <= begun["latest"], latest <= begun["earliest"]
        if maybe if reading == "before treatment" else sure:
            before.append(value)
        elif earliest <= until["latest"] + timedelta(days=window_days):
            on.append(value)
    return before, on


def _window(tables, patient):
    given = [
        dose
        for dose in tables.get("dose", [])
        if dose["patient_id"] == patient["patient_id"]
        and dose["course"] == 1
        and dose["status"] in ("given", "partial")
    ]
    begun, until = {}, {}
    for side in SIDES:
        dates = [dose[f"started_{side}"] for dose in given if dose[f"started_{side}"] is not None]
        begun[side] = min(dates, default=patient[f"accrual_{side}"])
        until[side] = max(dates, default=patient[f"accrual_{side}"])
    return begun, until


def _is_low(name):
    return criteria_of("ctcae-v5", lab_test(name).term)[0].direction == "low"


def _last(before, name):
    usable = [value for value in before if value["value_micro"] is not None]
    sign = -1 if _is_low(name) else 1
    ordered = sorted(
        usable, key=lambda value: (value["collected_earliest"], -sign * value["value_micro"], -value["source_row"])
    )
    return ordered[-1] if ordered else None


def _measurement(value, **baseline):
    return Measurement(
        value["value_micro"], value["value_unit"], value["value_censored"],
        value["lower_limit_micro"], value["lower_limit_unit"], value["upper_limit_micro"], value["upper_limit_unit"],
        **baseline,
    )  # fmt: skip


def _grade(value, baseline, name):
    if baseline is None:
        return grade_value(_measurement(value), lab_test(name).term)
    number = baseline["value_micro"] if baseline["value_censored"] is None else None
    limit, unit = baseline["upper_limit_micro"], baseline["upper_limit_unit"]
    same = unit is None or unit == baseline["value_unit"]
    was = None
    if number is not None and limit is not None and (same and (unit is None or baseline["value_unit"] is not None)):
        was = "abnormal" if number > limit else "normal"
    told = {"baseline": number, "baseline_unit": baseline["value_unit"], "baseline_was": was}
    return grade_value(_measurement(value, **told), lab_test(name).term)


def _baseline_grade(baseline, name):
    if baseline is None:
        return "not known"
    code = grade_value(_measurement(baseline, baseline_was="normal"), lab_test(name).term).code
    return str(code) if code >= 0 else "not graded"


def _worst(codes):
    if not codes:
        return "not assessed"
    return str(max(codes)) if max(codes) >= 0 else "not graded"
