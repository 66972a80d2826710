"""What is known of each patient's death, in plain Python over rows, source by source."""

from __future__ import annotations

from datetime import timedelta


def treatment_death(tables, ripe_days):
    return sorted((person["patient_id"], death(tables, person, ripe_days)) for person in tables["patient"])


def death(tables, person, ripe_days):
    follow_up = next(iter(own(tables, "follow_up", person)), {})
    said = []
    if follow_up.get("died") == "yes" or follow_up.get("death_earliest") is not None:
        said.append(follow_up["relatedness"])
    if any(cycle["stop_reason"] == "death" for cycle in own(tables, "cycle", person)):
        said.append(None)
    fatal = [event["relatedness"] for event in own(tables, "adverse_event", person) if event["grade"] == 5]
    if fatal:
        said.append(of_events(fatal))
    if not said:
        return without_death(follow_up, person, ripe_days)
    contradicted = follow_up.get("died") == "no" or {"related", "not_related"} <= set(said)
    if not contradicted and "related" in said:
        return "related"
    if not contradicted and "not_related" in said:
        return "not related"
    return "relatedness unknown"


def of_events(fatal):
    if "related" in fatal:
        return "related"
    return "not_related" if set(fatal) == {"not_related"} else "unknown"


def without_death(follow_up, person, ripe_days):
    if follow_up.get("last_contact_latest") is None:
        return "no follow-up"
    day = timedelta(hours=25)
    begun, contact = person["accrual_earliest"], follow_up["last_contact_latest"]
    if person["accrual_latest"] >= person["accrual_earliest"] + day:
        begun = person["accrual_latest"]
    if contact >= follow_up["last_contact_earliest"] + day:
        contact = follow_up["last_contact_earliest"]
    return "no death" if contact >= begun + timedelta(days=ripe_days) else "follow-up too short"


def own(tables, name, person):
    return [row for row in tables.get(name, []) if row["patient_id"] == person["patient_id"]]
