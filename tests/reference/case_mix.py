"""The derivations of case mix in plain Python over rows."""

from __future__ import annotations


def case_mix(tables, variables, **_):
    return sorted(
        (patient["patient_id"], name, "not recorded" if patient[name] is None else str(patient[name]))
        for patient in tables["patient"]
        for name in variables
        if name in patient
    )


def age(tables, **_):
    return sorted(
        (patient["patient_id"], patient["age"] or 0, "no" if patient["age"] is None else "yes")
        for patient in tables["patient"]
    )


def screening(tables, **_):
    rows = {}
    for row in tables.get("screening", []):
        rows.setdefault(row["candidate_id"], []).append(row)
    return sorted((candidate, _year(found), *_outcome(found)) for candidate, found in rows.items())


def _year(found):
    dates = [row["screened_earliest"] for row in found if row["screened_earliest"] is not None]
    return min(dates).year if dates else 0


def _outcome(found):
    said = {row["treated"] for row in found}
    if "yes" in said:
        return "treated", "treated"
    reasons = {row["reason"] for row in found if row["reason"] is not None}
    reason = "several reasons" if len(reasons) > 1 else next(iter(reasons), "no reason recorded")
    return ("not treated" if "no" in said else "not recorded"), reason
