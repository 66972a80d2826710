"""The counting of terms in plain Python over rows, patient by patient."""

from __future__ import annotations

from collections import Counter

GRADES = {"any": {1, 2, 3, 4, 5}, "3-4": {3, 4}, ">=3": {3, 4, 5}, "5": {5}}
RANKS = ("no", "not graded", "onset unclear", "yes")


def terms(tables, group_of, readings, severities, emergent):
    """Patients by group, reading, severity, term and outcome (all but "no")."""
    counted = Counter()
    for patient in tables["patient"]:
        events = [event for event in tables["adverse_event"] if event["patient_id"] == patient["patient_id"]]
        for reading in readings:
            for severity in severities:
                for term, rank in _ranks(patient, events, reading, severity, emergent).items():
                    if rank:
                        counted[group_of[patient["patient_id"]], reading, severity, term, RANKS[rank]] += 1
    return counted


def _ranks(patient, events, reading, severity, emergent):
    best = {}
    for event in events:
        rank = _rank(patient, event, reading, severity, emergent)
        organ_class = event["system_organ_class"] or "no system organ class"
        for term in ("any", organ_class, f"{organ_class} / {event['term']}"):
            best[term] = max(best.get(term, 0), rank)
    return best


def _rank(patient, event, reading, severity, emergent):
    sure = 3
    if emergent == "source flag" and event["treatment_emergent"] != "yes":
        return 0
    if emergent == "first dose":
        start = patient["accrual_earliest"]
        if event["onset_latest"] is not None and event["onset_latest"] < start:
            return 0
        sure = 3 if event["onset_earliest"] is not None and event["onset_earliest"] >= start else 2
    if reading == "related" and event["relatedness"] == "not_related":
        return 0
    if reading == "serious" and event["serious"] != "yes":
        return 0
    if severity == "any":
        return 0 if event["grade"] == 0 else sure
    if event["grade"] is None:
        return 1
    return sure if event["grade"] in GRADES[severity] else 0
