"""Does the report of a replay count what was done, said and at stake, and never leave its limits out?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from seriatim.errors import Misuse
from seriatim.protocols.load import load_protocol
from seriatim.protocols.protocol import NOT_FOR_USE, TreatmentProtocol
from seriatim.protocols.replay.changes import linked, rule_changes
from seriatim.protocols.replay.limits import ALWAYS
from seriatim.protocols.replay.sweep import Sweep, moved
from seriatim.results.results import Results
from seriatim.reviews.replay import Replay, replay
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.series.series import TreatmentSeries

PROTOCOL = """schema: seriatim.protocol/1
id: ward
version: {version}
title: invented
sources: {{w: {{cite: invented}}}}
variables:
  creatinine: {{type: quantity, text: creatinine, unit: mg/dL, codes: [creatinine], resolution: 0.1,
    plausible: [0.1, 30], worse: up, required_for: [give]}}
  pressor: {{type: quantity, text: vasopressor, unit: ug/kg/min, codes: [vasopressor], take: worst,
    window: {{since: previous_planned}}, worse: up, resolution: 0.1, plausible: [0, 5],
    missing: {{assume: 0 ug/kg/min, because: complete chart, source: w}}}}
  status: {{type: count, text: performance status, codes: [performance_status]}}
screening:
  - {{id: scr.status, text: 0 or 1, require: status <= 1, source: {{ref: w, at: a}}}}
before_dose:
  - {{id: renal, text: creatinine, when: "creatinine >= '{limit} mg/dL'", then: hold_dose, source: {{ref: w, at: a}}}}
  - {{id: hemo, text: vasopressor, when: "pressor > '1 ug/kg/min'", then: hold_dose, source: {{ref: w, at: a}}}}
"""


def protocol(limit: str, version: str) -> TreatmentProtocol:
    return load_protocol(PROTOCOL.format(limit=limit, version=version), "ward.yaml")


MILD, STRICT = protocol("3", "1.0.0"), protocol("2", "2.0.0")


def table(name: str, rows: list[dict[str, str]]) -> RawTable:
    names = list(dict.fromkeys(key for row in rows for key in row))
    columns = {key: [row.get(key, "") for row in rows] for key in names}
    return RawTable(name, name, pl.DataFrame({"source_row": range(2, len(rows) + 2)} | columns))


def dose(patient: str, number: int, status: str) -> dict[str, str]:
    at = f"2001-03-05 {8 * (number - 1):02d}:30"
    keys = {"patient_id": patient, "course": "1", "cycle": "1", "dose": str(number), "status": status, "planned": at}
    return keys | ({"started": at} if status == "given" else {})


def creatinine(patient: str, value: str, hour: int, reported: str = "") -> dict[str, str]:
    taken = f"2001-03-05 {hour:02d}:00"
    return {"patient_id": patient, "test": "creatinine", "value": value, "value_unit": "mg/dL", "collected": taken,
            "reported": reported or taken}  # fmt: skip


def ward(engine: str = "polars") -> TreatmentSeries:
    """A: 2.4 before the second dose, then a grade 3 event. B: nothing measured. C: high, known only after the dose."""
    patients = [
        {"patient_id": "A", "accrual": "2001-03-05", "performance_status": "0"},
        {"patient_id": "B", "accrual": "2001-03-05", "performance_status": "2"},
        {"patient_id": "C", "accrual": "2001-03-05"},
    ]
    doses = [dose("A", 1, "given"), dose("A", 2, "given"), dose("A", 3, "given"), dose("B", 1, "given"),
             dose("C", 1, "given"), dose("C", 2, "held")]  # fmt: skip
    labs = [creatinine("A", "1.0", 0), creatinine("A", "2.4", 8), creatinine("C", "1.0", 0),
            creatinine("C", "5.0", 0, "2001-03-05 02:00")]  # fmt: skip
    labs[3]["collected"] = "2001-03-05 00:20"
    event = [{"patient_id": "A", "term": "Hypotension", "grade": "3", "onset": "2001-03-05 10:00"},
             {"patient_id": "B", "term": "Confusion", "grade": "4", "onset": ""}]  # fmt: skip
    response = [{"patient_id": "A", "best_response": "PR"}]
    course = [{"patient_id": "A", "course": "1", "protocol": "ward@1.0.0"}]
    tables = (table("patient", patients), table("dose", doses), table("lab_result", labs),
              table("adverse_event", event), table("response", response), table("course", course))  # fmt: skip
    return take_in(RawSource("ward", "by hand", tables, "abc"), engine=engine)


def value(results: Results, statistic: str, stratum: str) -> float | None:
    return next(row.value for row in results.where(statistic=statistic) if row.stratum == stratum)


@pytest.fixture(scope="module", params=["polars", "duckdb"])
def done(request: pytest.FixtureRequest) -> Replay:
    return replay(ward(request.param), MILD, STRICT)


def test_the_event_after_the_dose_that_only_the_stricter_would_withhold_is_at_stake(done: Replay) -> None:
    assert value(done.results, "doses_lost", "certain") == 1
    assert value(done.results, "events_at_stake", "certain") == 1
    assert value(done.results, "doses_lost_among_responders", "certain") == 1


def test_doses_after_the_protocols_parted_are_counted_apart(done: Replay) -> None:
    assert value(done.results, "doses_lost_later", "certain") == 1


def test_a_dose_given_without_a_creatinine_is_undecided_and_never_permitted(done: Replay) -> None:
    found = {
        r.tally_keys: r.value for r in done.results.where(statistic="doses") if r.stratum == "no protocol recorded"
    }
    assert found["adherence=given, protocol undecided"] == 1


def test_a_value_reported_after_the_dose_is_not_known_before_it(done: Replay) -> None:
    later = replay(ward(), MILD, STRICT, as_known="final")
    for one, against in ((done, 0), (later, 1)):
        rows = [row for row in one.results.where(statistic="given_against") if row.stratum == "no protocol recorded"]
        assert rows[0].numerator == against


def test_the_protocol_of_a_course_is_told_from_none_recorded(done: Replay) -> None:
    followed = {row.stratum: row.denominator for row in done.results.where(statistic="followed")}
    assert followed == {"this protocol": 3, "no protocol recorded": 2}


def test_where_the_protocols_part_is_told_by_dose(done: Replay) -> None:
    assert [(row.tally_keys, row.value) for row in done.results.where(statistic="parted_at_dose")] == [("at_dose=2", 1)]


def test_missing_data_widen_the_cells_that_they_may_belong_to(done: Replay) -> None:
    cell = next(r for r in done.results.where(statistic="decisions") if r.stratum == "hold_dose / hold_dose")
    assert (cell.lower, cell.value, cell.upper) == (1, 1, 2)


def test_without_the_assumption_no_verdict_is_settled_as_give(done: Replay) -> None:
    rows = {row.stratum: row.numerator for row in done.results.where(statistic="not_settled")}
    assert rows["without any"] == 5
    assert rows["as declared"] == 1


def test_who_would_have_been_excluded_and_of_whom_it_is_not_known(done: Replay) -> None:
    row = next(r for r in done.results.where(statistic="excluded") if r.stratum == "scr.status")
    assert (row.numerator, row.denominator, row.missing) == (1, 2, 1)


def test_the_limits_are_in_the_report_and_beside_the_results(done: Replay, tmp_path: Path) -> None:
    done.write(tmp_path)
    told = json.loads((tmp_path / "limits.json").read_text(encoding="utf-8"))
    assert set(ALWAYS) < set(told)
    assert told[-1] == NOT_FOR_USE
    assert any(limit.startswith("Adverse events without a date (1)") for limit in told)
    assert all(limit.split(",")[0].split("'")[0][:40] in done.html for limit in ALWAYS)


def test_a_sweep_moves_the_threshold_wherever_it_stands() -> None:
    swept = replay(ward(), MILD, sweep=Sweep("creatinine", "3 mg/dL", ("2 mg/dL", "3.5 mg/dL")))
    found = {row.stratum: row.value for row in swept.results.where(statistic="given_withheld")}
    assert found == {"creatinine 2 mg/dL": 2, "creatinine 3.5 mg/dL": 0}
    assert moved(MILD, "creatinine", "3 mg/dL", "2 mg/dL").rules[0].tree == STRICT.rules[0].tree


def test_the_rule_that_changed_is_named_and_linked_to_the_change_of_practice_of_its_day() -> None:
    dated = PROTOCOL.replace("title: invented", "title: invented\neffective: {{since: 2001-02-01}}")
    later = load_protocol(dated.format(limit="2", version="2.0.0"), "ward.yaml")
    changes = rule_changes(MILD, later)
    assert [(change.rule, change.kind) for change in changes] == [("renal", "changed")]
    day, other = date(2001, 2, 1), date(2001, 3, 1)
    told = dict(linked(changes, [(day, "stop earlier"), (other, "line care")]))
    assert told["stop earlier"] == "renal changed in ward@2.0.0 (w, a)"
    assert told["line care"] == "no rule of these versions changed on that day"


def test_a_threshold_that_no_rule_has_is_refused() -> None:
    with pytest.raises(Misuse, match="no rule compares creatinine with 4 mg/dL"):
        moved(MILD, "creatinine", "4 mg/dL", "2 mg/dL")


def test_a_series_without_doses_is_refused() -> None:
    patients = RawSource("w", "t", (table("patient", [{"patient_id": "A", "accrual": "2001"}]),), "")
    with pytest.raises(Misuse, match="no dose table"):
        replay(take_in(patients), MILD)
