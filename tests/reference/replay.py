"""Replay one decision after another in plain Python: `known_at` and `judge`, told of each dose and each value in turn."""  # noqa: E501

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from seriatim.protocols.actions import LASTING, Action
from seriatim.protocols.bedside.known import known_at
from seriatim.protocols.bedside.moment import Moment, PastDose
from seriatim.protocols.bedside.observations import _NUMBER, Observation
from seriatim.protocols.bedside.verdict import Verdict, judge
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.rules.facts import Fact, Unknown
from seriatim.rules.truth import Truth
from seriatim.series.series import TreatmentSeries

Key = tuple[str, int, int, int]
Row = dict[str, Any]
BEFORE_ALL, AFTER_ALL = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def replayed(
    series: TreatmentSeries, protocol: TreatmentProtocol, as_known: str = "at_decision", *, assume: bool = True
) -> dict[Key, tuple[dict[str, Any], Verdict]]:
    """For each decision what is known of every variable, and the verdict."""
    answers = {}
    for patient, doses in _decisions(series).items():
        reached: dict[Any, Action] = defaultdict(lambda: Action.GIVE)
        latches: dict[tuple[int, int], Any] = {}
        observations = _observations(series, patient, doses, as_known)
        for place, dose in enumerate(doses):
            moment = _moment(patient, doses, place)
            facts = _with_counters_that_are_sure(
                known_at(protocol, observations, moment, assume=assume), dose, protocol
            )
            scopes = ((dose["course"], dose["cycle"]), dose["course"], "ever")
            in_force = max(reached[scope] for scope in scopes)
            verdict = judge(protocol, facts, latches.get(scopes[0]), in_force)
            latches[scopes[0]] = verdict.latches
            if verdict.definite in LASTING:
                scope = scopes[LASTING.index(verdict.definite)]
                reached[scope] = max(reached[scope], verdict.definite)
            answers[(patient, dose["course"], dose["cycle"], dose["dose"])] = (facts, verdict)
    return answers


def open_or_true(protocol: TreatmentProtocol, verdict: Verdict) -> list[Truth]:
    """The truth of each rule with its hold, in the order of the protocol."""
    held, maybe = set(verdict.held), set(verdict.maybe)
    return [Truth.of(rule.id in held, rule.id in held | maybe) for rule in protocol.rules]


def _rows(series: TreatmentSeries, table: str) -> list[Row]:
    return series.tables[table].collect("polars").to_native().to_dicts() if series.has(table) else []


def _decisions(series: TreatmentSeries) -> dict[str, list[Row]]:
    """The dated doses of each patient in order, without patients whose cycles overlap in time."""
    found: dict[str, list[Row]] = defaultdict(list)
    lost: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for row in _rows(series, "dose"):
        times = [row[f"{name}_earliest"] for name in ("planned", "started") if _exact(row, name)]
        if times:
            found[row["patient_id"]].append(row | {"at": times[0].replace(tzinfo=UTC)})
        else:
            lost[row["patient_id"]].add((row["course"], row["cycle"]))
    ordered = {}
    for patient, doses in found.items():
        doses.sort(key=lambda row: (row["at"], row["course"], row["cycle"], row["dose"]))
        cycles = [(row["course"], row["cycle"]) for row in doses]
        apart = all(
            one == two or (one < two and doses[place]["at"] < doses[place + 1]["at"])
            for place, (one, two) in enumerate(pairwise(cycles))
        )
        if apart:
            for row in doses:
                row["lost"] = (row["course"], row["cycle"]) in lost[patient]
                row["lost_in_course"] = any(course == row["course"] for course, _ in lost[patient])
            ordered[patient] = doses
    return ordered


def _exact(row: Row, name: str) -> bool:
    early, late = row[f"{name}_earliest"], row[f"{name}_latest"]
    return early is not None and early == late


def _moment(patient: str, doses: list[Row], place: int) -> Moment:
    past = [
        PastDose(row["course"], row["cycle"], row["at"], "not_charted" if row["status"] == "planned" else row["status"])
        for row in doses[:place]
    ]
    return Moment(patient, doses[place]["course"], doses[place]["cycle"], doses[place]["at"], tuple(past))


def _with_counters_that_are_sure(facts: dict[str, Any], dose: Row, protocol: TreatmentProtocol) -> dict[str, Any]:
    """A counter is not known where a dose that it would count has no time."""
    changed = dict(facts)
    for name, declared in protocol.document.variables.items():
        kind = declared.history
        of_course = kind == "doses_given_in_course"
        of_cycle = kind in ("held_doses", "held_in_a_row", "doses_given", "planned_dose")
        if (of_course and dose["lost_in_course"]) or (of_cycle and dose["lost"]):
            changed[name] = Unknown()
    return changed


def _observations(series: TreatmentSeries, patient: str, doses: list[Row], as_known: str) -> list[Observation]:
    found = []
    for table, taken, told in (("lab_result", "collected", "reported"), ("vital", "measured_at", "recorded")):
        for row in _rows(series, table):
            if row["patient_id"] == patient:
                known = row[f"{told}_latest"] if as_known == "at_decision" else None
                found.append(_observation(patient, row["test"], "value", row, taken, known))
    for row in _rows(series, "intervention"):
        if row["patient_id"] == patient:
            found += _interventions(patient, row, doses)
    for row in _rows(series, "assessment"):
        if row["patient_id"] == patient:
            told = row | {"answer_text": row["assessed"], "answer_micro": None, "answer_unit": None}
            found.append(_observation(patient, row["looked_for"], "answer", told, "assessed_at", None))
    for row in _rows(series, "patient"):
        if row["patient_id"] == patient and row["accrual_earliest"] is not None:
            at = row["accrual_earliest"].replace(tzinfo=UTC)
            for column, unit in (("age", "a"), ("performance_status", ""), ("sex", None), ("diagnosis", None)):
                value = None if row[column] is None else str(row[column])
                found.append(Observation(patient, column, value, unit, at))
    # Of several values of one time the first that is not empty is asked.
    return sorted(found, key=lambda one: one.value is None)


def _interventions(patient: str, row: Row, doses: list[Row]) -> list[Observation]:
    if row["rate_text"] is None:
        row = row | {"rate_text": "yes"}
    name = row["intervention"]
    found = [_observation(patient, name, "rate", row, "start", None)]
    if row["end_earliest"] is not None:
        found.append(_observation(patient, name, "rate", row, "end", None))
    if row["start_latest"] is not None and row["end_earliest"] is not None:
        begins, ends = row["start_latest"].replace(tzinfo=UTC), row["end_earliest"].replace(tzinfo=UTC)
        for at in {dose["at"] for dose in doses if begins < dose["at"] < ends}:
            found.append(Observation(patient, name, _text(row, "rate"), row["rate_unit"], at))
    return found


def _observation(patient: str, code: str, value: str, row: Row, taken: str, known: datetime | None) -> Observation:
    text, unit = _text(row, value), row[f"{value}_unit"]
    early, late = row[f"{taken}_earliest"], row[f"{taken}_latest"]
    if early is None or late is None:
        return Observation(patient, code, text, unit, BEFORE_ALL, AFTER_ALL, AFTER_ALL)
    early, late = early.replace(tzinfo=UTC), late.replace(tzinfo=UTC)
    told = max(known.replace(tzinfo=UTC), early) if known else late
    return Observation(patient, code, text, unit, early, min(late, told), told)


def _text(row: Row, value: str) -> str | None:
    """The text, or the number that the series took it for, written out."""
    text, micro = row[f"{value}_text"], row[f"{value}_micro"]
    if text is None or micro is None or _NUMBER.fullmatch(text):
        return text
    whole, rest = divmod(abs(micro), 10**6)
    return f"{row[f'{value}_censored'] or ''}{'-' if micro < 0 else ''}{whole}.{rest:06d}"


def low_high_age(facts: dict[str, Any], names: list[str]) -> list[int | None]:
    """The cells of one decision as a frame has them."""
    cells: list[int | None] = []
    for name in names:
        fact = facts.get(name)
        cells += [fact.low, fact.high, fact.age] if isinstance(fact, Fact) else [None, None, None]
    return cells
