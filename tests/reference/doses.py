"""The derivations about doses in plain Python over rows: slow, obvious, and what every engine must agree with."""

from __future__ import annotations

from fractions import Fraction
from math import floor

GIVEN = ("given", "partial")
QUESTIONS = {
    "held": "held",
    "skipped": "skipped",
    "refused": "refused",
    "given in part": "partial",
    "left open": "planned",
}


def doses_given(tables, **_):
    return _each(tables, lambda doses, _: ("recorded", len(_given(doses))) if doses else ("no dose record", 0))


def stop_reason(tables, **_):
    return _each(tables, lambda _, cycle: ((cycle or {}).get("stop_reason") or "not recorded",))


def dose_handling(tables, **_):
    rows = []
    for question, status in QUESTIONS.items():
        asked = _each(
            tables,
            lambda doses, _, status=status: (
                "not assessed" if not doses else "yes" if any(d["status"] == status for d in doses) else "no",
            ),
        )
        rows += [(patient, question, answer) for patient, answer in asked]
    for patient, reason in stop_reason(tables):
        answer = "not assessed" if reason in ("unknown", "not recorded") else "yes" if reason == "toxicity" else "no"
        rows.append((patient, "stopped for toxicity", answer))
    return sorted(rows)


def treatment_length(tables, **_):
    rows = []
    for patient in tables["patient"]:
        source = tables.get("dose", tables.get("cycle", []))
        own = [row for row in source if row["patient_id"] == patient["patient_id"]]
        treated = [row for row in own if "status" not in row or row["status"] in GIVEN]
        record = "recorded" if own else "no dose record"
        courses = {row["course"] for row in treated}
        cycles = {(row["course"], row["cycle"]) for row in treated}
        rows += [(patient["patient_id"], "courses", record, len(courses)),
                 (patient["patient_id"], "cycles", record, len(cycles))]  # fmt: skip
    return sorted(rows)


def planned_dose(tables, **_):
    rows = []
    for dose in tables.get("dose", []):
        if dose["course"] == dose["cycle"] == 1:
            rows.append((dose["patient_id"], "first cycle", dose["status"]))
        rows.append((dose["patient_id"], "all cycles", dose["status"]))
    return sorted(rows)


def dose_per_kg(tables, unit, resolution, **_):
    def one(doses, cycle):
        if not doses:
            return ("no dose record", 0)
        total = _total_per_kg(_given(doses), cycle, unit)
        return ("not known", 0) if total is None else ("known", floor(total / resolution + Fraction(1, 2)) * resolution)

    return _each(tables, one)


def _total_per_kg(given, cycle, unit):
    per_kg = [_value(dose, "amount_per_kg", {unit: 1}) for dose in given]
    if None not in per_kg:
        return sum(per_kg, Fraction(0))
    plain = unit.removesuffix("/kg")
    amounts = [_value(dose, "amount", {plain: 1} | ({"MIU": 10**6} if plain == "IU" else {})) for dose in given]
    weight = _value(cycle or {}, "baseline_weight", {"kg": 1, "lb": Fraction(45359237, 10**8)})
    if None in amounts or not weight:
        return None
    # Weights are kept in whole millionths of a kg.
    return sum(amounts, Fraction(0)) / Fraction(floor(weight * 10**6), 10**6)


def _value(row, column, factors):
    usable = row.get(f"{column}_micro") is not None and row.get(f"{column}_censored") is None
    factor = factors.get(row.get(f"{column}_unit"))
    value = Fraction(row[f"{column}_micro"], 10**6) * factor if usable and factor else None
    # No dose is as large as this; the engines leave it out because sums of it would not fit.
    return value if value is not None and value * 10**6 <= 2**63 // 256 else None


def _given(doses):
    return [dose for dose in doses if dose["status"] in GIVEN]


def _each(tables, answer):
    rows = []
    for patient in tables["patient"]:
        doses, cycles = (
            [
                r
                for r in tables.get(name, [])
                if r["patient_id"] == patient["patient_id"] and r["course"] == r["cycle"] == 1
            ]
            for name in ("dose", "cycle")
        )
        rows.append((patient["patient_id"], *answer(doses, cycles[0] if cycles else None)))
    return sorted(rows)
