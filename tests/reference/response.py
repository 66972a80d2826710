"""The derivations of response in plain Python over rows: slow, obvious, and what every engine must agree with."""

from __future__ import annotations

from datetime import timedelta


def best_response(tables, **_):
    recorded = {row["patient_id"]: row["best_response"] for row in tables.get("response", [])}
    return sorted((row["patient_id"], recorded.get(row["patient_id"], "not assessed")) for row in tables["patient"])


def ongoing_complete(tables, landmark_days, data_cut, **_):
    rows = []
    for patient in tables["patient"]:
        response, follow_up = _records(tables, patient["patient_id"])
        at_landmark = at_data_cut = "not assessed"
        if response is not None:
            readings = {
                _at_landmark(patient, response, follow_up, landmark_days, data_cut, r) for r in ("earliest", "latest")
            }
            at_landmark = readings.pop() if len(readings) == 1 else "date unclear"
            at_data_cut = _at_data_cut(response, follow_up)
        rows += [(patient["patient_id"], "landmark", at_landmark), (patient["patient_id"], "data cut", at_data_cut)]
    return sorted(rows)


def response_duration(tables, **_):
    rows = []
    for patient in tables["patient"]:
        response, follow_up = _records(tables, patient["patient_id"])
        if response is None or response["best_response"] not in ("CR", "PR"):
            continue
        for reading in ("earliest", "latest"):
            start, end = response[f"response_start_{reading}"], _end(response, follow_up, reading)
            until = end or _known_until(response, follow_up, reading)
            if start is None or until is None or until < start:
                rows.append((patient["patient_id"], reading, 0, "not dated"))
            else:
                how = "progression or death" if end else "censored"
                rows.append((patient["patient_id"], reading, (until - start).days, how))
    return sorted(rows)


def _records(tables, patient_id):
    found = [
        next((row for row in tables.get(name, []) if row["patient_id"] == patient_id), None)
        for name in ("response", "follow_up")
    ]
    return found[0], found[1] or {}


def _end(response, follow_up, reading):
    death = follow_up.get(f"death_{reading}")
    if death is None and follow_up.get("died") == "yes":
        death = follow_up.get(f"last_contact_{reading}")
    dates = [date for date in (response[f"progression_{reading}"], death) if date is not None]
    return min(dates) if dates else None


def _known_until(response, follow_up, reading):
    dates = [follow_up.get(f"last_contact_{reading}"), response[f"last_assessed_{reading}"]]
    dates = [date for date in dates if date is not None]
    return max(dates) if dates else None


def _at_landmark(patient, response, follow_up, days, data_cut, reading):
    landmark = patient[f"accrual_{reading}"] + timedelta(days=days)
    if landmark > data_cut:
        return "follow-up too short"
    end, start = _end(response, follow_up, reading), response[f"response_start_{reading}"]
    if (end and end <= landmark) or (start and start > landmark) or response["best_response"] == "PD":
        return "no"
    known = _known_until(response, follow_up, reading)
    if known is None or known < landmark:
        return "follow-up too short"
    return "yes" if response["best_response"] == "CR" else "no"


def _at_data_cut(response, follow_up):
    ended = _end(response, follow_up, "latest") is not None or follow_up.get("died") == "yes"
    return "yes" if response["best_response"] == "CR" and not ended else "no"
