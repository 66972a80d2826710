"""The completeness of the record in plain Python over rows, without laboratory values, weights and endpoints.

Those three are the questions of other derivations, whose own references hold them.
"""

from __future__ import annotations

from datetime import timedelta


def completeness(tables):
    rows = set()
    for patient in tables["patient"]:
        own = {
            name: [row for row in tables.get(name, []) if row["patient_id"] == patient["patient_id"]]
            for name in ("adverse_event", "response", "follow_up")
        }
        answers = {
            "any adverse event record": "yes" if own["adverse_event"] else "no",
            "all adverse events graded": _graded(own["adverse_event"]),
            "response assessed": "yes" if any(row["best_response"] != "NE" for row in own["response"]) else "no",
            "followed for 30 days": "yes" if any(_followed(row, patient) for row in own["follow_up"]) else "no",
        }
        rows |= {(patient["patient_id"], item, answer) for item, answer in answers.items() if answer != "no"}
    return sorted(rows)


def _graded(events):
    if not events:
        return "does not apply"
    return "yes" if all(event["grade"] is not None for event in events) else "no"


def _followed(row, patient):
    until = row["last_contact_latest"]
    enough = until is not None and until >= patient["accrual_earliest"] + timedelta(days=30)
    return enough or row["died"] == "yes"
