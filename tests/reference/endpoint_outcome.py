"""What becomes of each patient under an endpoint, in plain Python over rows, patient by patient, record by record."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

GRADES = {
    "any": {1, 2, 3, 4, 5}, "3-4": {3, 4}, ">=3": {3, 4, 5}, "4": {4}, "2-3": {2, 3}, "5": {5},
}  # fmt: skip
ORDER = ["yes", "onset unclear", "not graded"]


def endpoint_outcomes(tables, group_of, endpoint):
    """Patients by group and outcome; `tables` are lists of stored rows, absent where the source has no such table."""
    counted = Counter()
    for person in tables["patient"]:
        counted[group_of[person["patient_id"]], outcome(tables, person, endpoint)] += 1
    return counted


def worst_grades(tables, group_of, endpoint):
    """Patients by group and worst grade of the endpoint's terms."""
    counted = Counter()
    for person in tables["patient"]:
        counted[group_of[person["patient_id"]], worst_grade(tables, person, endpoint)] += 1
    return counted


def outcome(tables, person, endpoint):
    readings = [event_reading(event, person, endpoint) for event in events_of(tables, person, endpoint)]
    readings += [timing(row["start_earliest"], row["start_latest"], person, endpoint, "yes")
                 for row in interventions_of(tables, person, endpoint)]  # fmt: skip
    for answer in ORDER:
        if answer in readings:
            return answer
    return without_answer(tables, person, endpoint)


def worst_grade(tables, person, endpoint):
    events_only = endpoint | {"grades": "any", "interventions": []}
    grades = []
    for event in events_of(tables, person, events_only):
        if event_reading(event, person, events_only) in ("yes", "onset unclear"):
            grades.append(event["grade"])
    if grades:
        known = [grade for grade in grades if grade is not None]
        return str(max(known)) if known else "not graded"
    answer = without_answer(tables, person, events_only)
    return "none" if answer == "no" else "not assessed"


def has_events(endpoint):
    return bool(endpoint["terms"] or endpoint["system_organ_classes"] or not endpoint["interventions"])


def events_of(tables, person, endpoint):
    if not has_events(endpoint):
        return []
    found = [event for event in tables.get("adverse_event", []) if event["patient_id"] == person["patient_id"]]
    for column, words in (("term", endpoint["terms"]), ("system_organ_class", endpoint["system_organ_classes"])):
        if words:
            found = [event for event in found if event[column] is not None and event[column].lower() in words]
    return found


def interventions_of(tables, person, endpoint):
    rows = [row for row in tables.get("intervention", []) if row["patient_id"] == person["patient_id"]]
    rows = [row for row in rows if row["intervention"].lower() in endpoint["interventions"]]
    if endpoint["intervention_reasons"]:
        rows = [row for row in rows if row["reason"] in endpoint["intervention_reasons"]]
    return rows


def event_reading(event, person, endpoint):
    """The answer that one event record gives, "no" where it counts for nothing, "not counted" off treatment."""
    if endpoint["emergent"] == "source flag" and event["treatment_emergent"] != "yes":
        return "not counted"
    not_related = endpoint["related"] and event["relatedness"] == "not_related"
    not_serious = endpoint["serious"] and event["serious"] != "yes"
    if not_related or not_serious:
        answer = "no"
    elif endpoint["grades"] == "any":
        answer = "no" if event["grade"] == 0 else "yes"
    elif event["grade"] is None:
        answer = "not graded"
    else:
        answer = "yes" if event["grade"] in GRADES[endpoint["grades"]] else "no"
    return timing(event["onset_earliest"], event["onset_latest"], person, endpoint, answer)


def timing(earliest, latest, person, endpoint, answer):
    """The same answer, or what is left of it when the day is read both ways."""
    starts = person["accrual_earliest"] if endpoint["emergent"] == "first dose" else None
    ends = None
    if endpoint["window_days"] is not None:
        ends = person["accrual_earliest"] + timedelta(days=endpoint["window_days"])
    possible = certain = True
    if starts is not None:
        possible = possible and (latest is None or latest >= starts)
        certain = certain and earliest is not None and earliest >= starts
    if ends is not None:
        possible = possible and (earliest is None or earliest < ends)
        certain = certain and latest is not None and latest < ends
    if not possible:
        return "not counted"
    if not certain and answer == "yes":
        return "onset unclear"
    return answer


def without_answer(tables, person, endpoint):
    if has_events(endpoint) and "adverse_event" not in tables:
        return "not assessed"
    if endpoint["interventions"] and "intervention" not in tables:
        return "not assessed"
    rule = endpoint["no_record_means"] or ("absent" if has_events(endpoint) else "not assessed")
    if rule == "not assessed" and not was_charted(tables, person, endpoint):
        return "not assessed"
    if rule == "absent if assessed" and not was_looked_for(tables, person, endpoint):
        return "not assessed"
    return "window open" if window_is_open(tables, person, endpoint) else "no"


def was_charted(tables, person, endpoint):
    table = "adverse_event" if has_events(endpoint) else "intervention"
    return any(row["patient_id"] == person["patient_id"] for row in tables[table])


def was_looked_for(tables, person, endpoint):
    words = [endpoint["id"], endpoint["label"].lower(), *endpoint["terms"], *endpoint["system_organ_classes"],
             *endpoint["interventions"]]  # fmt: skip
    for row in tables.get("assessment", []):
        asked_for = row["looked_for"].lower() in words
        if row["patient_id"] == person["patient_id"] and asked_for and row["assessed"] == "yes":
            return True
    readings = [event_reading(event, person, endpoint) for event in events_of(tables, person, endpoint)]
    readings += [timing(row["start_earliest"], row["start_latest"], person, endpoint, "yes")
                 for row in interventions_of(tables, person, endpoint)]  # fmt: skip
    return any(reading != "not counted" for reading in readings)


def window_is_open(tables, person, endpoint):
    if endpoint["window_days"] is None:
        return False
    begun = person["accrual_earliest"]
    if person["accrual_latest"] - begun >= timedelta(hours=25):
        begun = person["accrual_latest"]
    for row in tables.get("follow_up", []):
        if row["patient_id"] == person["patient_id"] and row["last_contact_latest"] is not None:
            seen = row["last_contact_latest"] + timedelta(microseconds=1)
            return row["died"] != "yes" and seen < begun + timedelta(days=endpoint["window_days"])
    return False
