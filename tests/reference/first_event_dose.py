"""After which dose did the event come first? In plain Python over rows, patient by patient, dose by dose."""

from __future__ import annotations

import runpy
from datetime import timedelta
from pathlib import Path

ENDPOINT = runpy.run_path(str(Path(__file__).with_name("endpoint_outcome.py")))


def first_event_dose(tables, endpoint, window_days):
    """Rows of patient, endpoint, reading, event, doses, event_dose; `endpoint` as a mapping with its words in lower
    case.
    """
    rows = []
    for person in tables["patient"]:
        for reading in ("earliest", "latest"):
            answer = one_reading(tables, person, endpoint, reading, window_days)
            rows.append((person["patient_id"], endpoint["id"], reading, *answer))
    return sorted(rows)


def one_reading(tables, person, endpoint, reading, window_days):
    first_cycle, later = given_doses(tables, person)
    if not first_cycle:
        return "no dose recorded", 0, 0
    number = len(first_cycle)
    started = [dose[start_of(reading)] for dose in first_cycle]
    if None in started:
        return "dose not dated", number, 0
    until = max(started) + timedelta(days=window_days)
    for dose in later:
        begun = dose[start_of(reading)]
        if begun is not None:
            earliest_next = min(d[start_of(reading)] for d in later if d[start_of(reading)] is not None)
            if max(started) < earliest_next < until:
                until = earliest_next
    records = records_of(tables, person, endpoint)
    onsets = [record[f"onset_{reading}"] for record, answer in records if answer == "yes"]
    dated = [onset for onset in onsets if onset is not None]
    if any(onset < min(started) for onset in dated):
        return "before the first dose", number, 0
    inside = [onset for onset in dated if onset < until]
    if inside:
        return "after a dose", number, sum(start <= min(inside) for start in started)
    if None in onsets:
        return "onset unknown", number, 0
    if not records and ENDPOINT["without_answer"](tables, person, endpoint | {"window_days": None}) == "not assessed":
        return "not assessed", number, 0
    if follow_up_ends_before(tables, person, until):
        return "window open", number, 0
    for record, answer in records:
        onset = record[f"onset_{reading}"]
        if answer == "not graded" and (onset is None or min(started) <= onset < until):
            return "not graded", number, 0
    return "no event", number, 0


def start_of(reading):
    return "started_latest" if reading == "earliest" else "started_earliest"


def given_doses(tables, person):
    own = [dose for dose in tables.get("dose", []) if dose["patient_id"] == person["patient_id"]]
    given = [dose for dose in own if dose["status"] in ("given", "partial")]
    first = [dose for dose in given if dose["course"] == dose["cycle"] == 1]
    return first, [dose for dose in given if dose not in first]


def records_of(tables, person, endpoint):
    """Records with the answer each gives, whenever they were."""
    at_any_time = endpoint | {"emergent": "all records", "window_days": None}
    events = [(row, ENDPOINT["event_reading"](row, person, at_any_time))
              for row in ENDPOINT["events_of"](tables, person, at_any_time)]  # fmt: skip
    done = [({"onset_earliest": row["start_earliest"], "onset_latest": row["start_latest"]}, "yes")
            for row in ENDPOINT["interventions_of"](tables, person, at_any_time)]  # fmt: skip
    return [(row, answer) for row, answer in (*events, *done) if answer in ("yes", "not graded")]


def follow_up_ends_before(tables, person, until):
    for row in tables.get("follow_up", []):
        if row["patient_id"] == person["patient_id"] and row["died"] != "yes":
            return row["last_contact_latest"] is not None and row["last_contact_latest"] < until
    return False
