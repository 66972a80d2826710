"""The gain of weight in plain Python over rows, with fractions."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from math import floor

KILOGRAMS = {"kg": Fraction(1), "lb": Fraction(45359237, 100000000)}


def weight_gain(tables, days_after, cycle=1):
    return sorted((p["patient_id"], str(cycle), *_gain(tables, p, cycle, days_after)) for p in tables["patient"])


def weight_gain_grade(tables, days_after, cycle=1):
    rows = []
    for patient_id, number, record, gain in weight_gain(tables, days_after, cycle):
        grade = next((str(g) for g, cut in ((3, 200), (2, 100), (1, 50)) if gain >= cut), "0")
        lacking = "cycle not given" if record == "cycle not given" else "not assessed"
        rows.append((patient_id, number, grade if record == "recorded" else lacking))
    return rows


def _gain(tables, patient, cycle, days_after):
    begun, until = _window(tables, patient, cycle)
    if begun is None:
        return "cycle not given", 0
    weights = [
        (row["measured_at_earliest"], weight)
        for row in tables.get("vital", [])
        if row["patient_id"] == patient["patient_id"]
        and row["test"].lower() == "weight"
        and (weight := _kilograms(row, "value")) is not None
        and row["measured_at_earliest"] is not None
    ]
    before = [(at, weight) for at, weight in weights if at <= begun]
    after = [weight for at, weight in weights if begun < at <= until + timedelta(days=days_after)]
    charted = [
        weight
        for row in tables.get("cycle", [])
        if row["patient_id"] == patient["patient_id"] and (row["course"], row["cycle"]) == (1, cycle)
        if (weight := _kilograms(row, "baseline_weight")) is not None
    ]
    baseline = max(charted) if charted else max(before)[1] if before else None
    if baseline is None:
        return "no baseline weight", 0
    if not after:
        return "no weight in the cycle", 0
    return "recorded", floor(1000 * max(after) / baseline) - 1000


def _window(tables, patient, cycle):
    dates = [
        row["started_latest"]
        for row in tables.get("dose", [])
        if row["patient_id"] == patient["patient_id"] and (row["course"], row["cycle"]) == (1, cycle)
        and row["status"] in ("given", "partial") and row["started_latest"] is not None
    ]  # fmt: skip
    if dates:
        return min(dates), max(dates)
    own = [row for row in tables.get("cycle", [])
           if row["patient_id"] == patient["patient_id"] and (row["course"], row["cycle"]) == (1, cycle)]  # fmt: skip
    begun = [row["start_latest"] for row in own if row["start_latest"] is not None]
    until = [row["end_latest"] for row in own if row["end_latest"] is not None]
    first = patient["accrual_latest"] if cycle == 1 else None
    return (min(begun) if begun else first), (max(until) if until else first)


def _kilograms(row, name):
    micro, unit = row[f"{name}_micro"], row[f"{name}_unit"]
    if micro is None or unit not in KILOGRAMS or row[f"{name}_censored"] is not None or not 0 < micro <= 10**9:
        return None
    return micro * KILOGRAMS[unit]
