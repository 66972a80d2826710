"""What does a person see who types `seriatim protocol ...`?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from seriatim.protocols.protocol import NOT_FOR_USE

ROOT = Path(__file__).parents[2]
PROTOCOL = """schema: seriatim.protocol/1
id: q8h
version: 1.0.0
title: Invented
zone: America/New_York
sources: {paper: {cite: A paper}}
variables:
  creatinine: {type: quantity, text: creatinine, unit: mg/dL, also_accept: {umol/L: {factor: 1/88.4, source: paper}}, codes: [creatinine], max_age: 12 h, resolution: 0.1, plausible: [0.1, 30], worse: up, required_for: [give], source: {ref: paper, at: p1}}
  ischaemia: {type: boolean, text: ischaemia, codes: [ecg], max_age: 24 h, worse: up, source: {ref: paper, at: p1}}
  pressor: {type: boolean, text: pressor, codes: [pressor], window: {since: previous_planned}, worse: up, missing: {assume: "no", because: the drug chart is complete, source: paper}, source: {ref: paper, at: p1}}
screening:
  - {id: renal_start, text: Creatinine below 1.5, require: "creatinine < '1.5 mg/dL'", waivable_by: [nephrologist], source: {ref: paper, at: p1}}
regimen:
  course: {cycles: 2, source: {ref: paper, at: p1}}
  cycle: {drug: aldesleukin, every: 8 h, max_doses: 14, window: {early: 30 min, late: 1 h, min_gap: 6 h}, late_policy: {up_to: 4 h}, source: {ref: paper, at: p1}}
before_dose:
  - {id: renal, text: Creatinine 2.5 or more, system: renal, when: "creatinine >= '2.5 mg/dL'", then: hold_dose, resume: "creatinine < '2.5 mg/dL'", measures: [fluid review], source: {ref: paper, at: table 1}, interpretation: The print says 2.5 and above.}
  - {id: heart, text: Ischaemia, when: ischaemia OR pressor, then: never_again, source: {ref: paper, at: table 1}}
"""  # noqa: E501
REQUEST = """schema: seriatim.decision-request/1
patient: P-017
zone: America/New_York
at: 2026-03-02 05:58
due: 2026-03-02 06:00
past:
  - {at: 2026-03-01 22:00, status: given}
screening:
  consent: {given: 2026-02-27 10:00}
  waivers: [{criterion: renal_start, role: nephrologist, at: 2026-03-01 10:00, reason: known stable kidney disease}]
observations:
  - {code: creatinine, value: 265, unit: umol/L, at: 2026-03-02 04:10, record: lab 7}
  - {code: ecg, value: false, at: 2026-03-02 05:00}
"""


@pytest.fixture
def files(tmp_path) -> Path:
    (tmp_path / "q8h.yaml").write_text(PROTOCOL)
    (tmp_path / "request.yaml").write_text(REQUEST)
    return tmp_path


@pytest.fixture
def decide(typed, files):
    """The command on the request with one text put in the place of another."""

    def of(old: str = "", new: str = "", *options: str):
        assert old in REQUEST
        (files / "request.yaml").write_text(REQUEST.replace(old, new) if old else REQUEST)
        return typed("protocol", "decide", "q8h.yaml", "request.yaml", *options)

    return of


COMMANDS = (
    "list",
    "show",
    "check",
    "diff",
    "decide",
    "replay",
    "sign",
    "signed",
    "sheet",
    "overlay",
    "export",
    "schema",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_protocols_gives_an_example(typed, command):
    done = typed("protocol", command, "--help")
    assert f"Example: seriatim protocol {command}" in done.out


def test_help_imports_nothing_of_the_engine():
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from seriatim.cli.main import app\n"
        "answer = CliRunner().invoke(app, ['protocol', 'decide', '--help'])\n"
        "assert answer.exit_code == 0, answer.output\n"
        "loaded = [n for n in sys.modules if n.startswith(('seriatim.protocols', 'duckdb', 'polars', 'sqlglot'))]\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_decision_is_told_with_reasons_values_sources_and_the_caution(decide):
    out = decide().out
    assert out.startswith("Hold this dose.")
    assert NOT_FOR_USE in out
    assert "2.997737557 mg/dL, charted as 265 micromol/L, 1 h 48 min before, lab 7" in out
    assert "source: paper, table 1. The print says 2.5 and above." in out
    assert "Measures: fluid review." in out
    assert "Assumed, not charted: pressor (the drug chart is complete)." in out
    assert "The next dose is due at 2026-03-02 14:00 -05:00." in out


def test_what_is_missing_is_asked_for(decide):
    out = decide("  - {code: ecg, value: false, at: 2026-03-02 05:00}\n", "").out
    assert "'stop, and do not treat again' cannot be excluded. Obtain: ischaemia." in out
    assert "unknown: never measured" in out


def test_a_record_is_printed_for_machines_and_worked_out_again(decide, typed, files):
    record = json.loads(decide("", "", "--json").out)
    assert record["schema"] == "seriatim.decision/1"
    assert record["decision"]["operational"] == "hold_dose"
    (files / "record.json").write_text(json.dumps(record))
    again = typed("protocol", "decide", "q8h.yaml", "record.json")
    assert (again.code, "to the last bit" in again.out) == (0, True)
    record["decision"]["operational"] = "give"
    (files / "record.json").write_text(json.dumps(record))
    changed = typed("protocol", "decide", "q8h.yaml", "record.json")
    assert (changed.code, changed.out) == (3, "The decision is not the same: decision.\n")
    told = json.loads(typed("protocol", "decide", "q8h.yaml", "record.json", "--json").out)
    assert (told["equal"], told["differing"]) == (False, ["decision"])


def test_a_request_may_be_json(typed, files):
    request = {
        "schema": "seriatim.decision-request/1",
        "patient": "P-1",
        "at": "2026-03-02T05:58:00-05:00",
        "observations": [{"code": "ecg", "value": "yes", "at": "2026-03-02T05:00:00-05:00"}],
    }
    (files / "request.json").write_text(json.dumps(request))
    done = typed("protocol", "decide", "q8h.yaml", "request.json")
    assert done.out.startswith("Stop, and do not treat again.")
    assert "Not checked: the time of the dose" in done.out
    assert "screening and consent, because the request does not ask" in done.out


def test_a_dose_that_is_too_early_waits(decide):
    out = decide("due: 2026-03-02 06:00", "due: 2026-03-02 08:00").out
    assert "Beside the rules:\n- 2 h 2 min before its planned time" in out
    assert "wait until 2026-03-02 07:30 -05:00" in out


def test_where_the_doses_before_are_not_told_nothing_is_given(decide):
    out = decide("past:\n  - {at: 2026-03-01 22:00, status: given}\n", "").out
    assert "it is not known when the last dose was given" in out


def test_a_second_cycle_waits_for_the_rest_and_a_second_course_for_what_it_requires(decide, files):
    more = "rest: 9 d, next_course_after: 7 wk, next_course_from: discharge,"
    rest = PROTOCOL.replace("course: {cycles: 2,", f"course: {{cycles: 2, {more}")
    (files / "q8h.yaml").write_text(rest)
    past = "past:\n  - {at: 2026-03-01 22:00, status: given}"
    early = decide(past, "cycle: 2\npast:\n  - {at: 2026-02-25 22:00, status: given, cycle: 1}")
    assert "less than 9 d since the last dose of the cycle before" in early.out
    unknown = decide(past, "course: 2\npast: []")
    assert "it is not known when the discharge was" in unknown.out
    home = decide(past, "course: 2\npast: []\nbefore: {discharge: 2025-12-01 12:00}")
    assert "discharge" not in home.out


def test_a_candidate_without_consent_is_not_treated(decide):
    out = decide("  consent: {given: 2026-02-27 10:00}\n", "").out
    assert "no consent is recorded" in out


def test_the_holds_and_stops_of_the_record_before_are_handed_on(decide):
    out = decide("265", "210\nopen_holds: {renal: 'true'}\n#")  # what follows on the line is a comment
    assert out.code == 5
    still = decide("due:", "open_holds: {renal: 'true'}\nin_force: stop_cycle\ndue:")
    assert "An earlier decision is still in force: stop this cycle." in still.out


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("at: 2026-03-02 05:58", "at: 2026-11-01 01:30", "the clocks were changed that night; add the offset"),
        ("zone: America/New_York\n", "", "neither offset nor zone"),
        ("at: 2026-03-02 04:10", "at: yesterday", "is no time"),
        ("at: 2026-03-02 04:10", "at: 2026-03-02", "without a time of day"),
        ("status: given", "status: swallowed", "'given'"),
        ("value: 265", "valeu: 265", "no such key"),
        ("at: 2026-03-01 22:00", "at: 2026-03-03 22:00", "after the decision"),
        ("due:", "open_holds: {kidney: 'true'}\ndue:", "a rule with resume"),
        ("status: given", "status: given, started: 2026-03-01 22:00, ended: 2026-03-01 21:00", "ended before"),
    ],
)
def test_faults_of_a_request_are_told_with_their_line(decide, old, new, told):
    done = decide(old, new)
    assert done.code == 5
    assert told in done.err
    assert "line " in done.err


def test_every_fault_of_a_request_is_told_at_once(decide):
    done = decide("2026-03-02 04:10", "then", "--json")
    both = decide("zone: America/New_York\n", "")
    assert "1 fault" in done.err
    assert "7 faults" in both.err


def test_an_observation_of_somebody_else_ends_the_question(decide):
    done = decide("record: lab 7", "patient: P-018")
    assert (done.code, "another patient" in done.err) == (2, True)


def test_a_protocol_that_is_not_there_names_those_that_are(typed):
    done = typed("protocol", "show", "consensus")
    assert (done.code, "consensus-2014" in done.err) == (2, True)
    assert typed("protocol", "show", "nowhere.yaml").code == 4


def test_an_unverified_protocol_is_worked_with_only_when_asked_for(typed):
    refused = typed("protocol", "show", "nci-expected-toxicities")
    assert (refused.code, "--unverified" in refused.err) == (2, True)
    shown = typed("protocol", "show", "nci-expected-toxicities", "--unverified")
    assert (shown.code, "[unverified]" in shown.out) == (0, True)


def test_the_library_is_listed_with_what_is_unverified(typed):
    assert "consensus-2014" in typed("protocol", "list").out
    rows = json.loads(typed("protocol", "list", "--json").out)["protocols"]
    assert {row["name"] for row in rows} >= {"consensus-2014", "community-2015", "us-label"}


def test_a_protocol_is_shown_in_words_with_sources_and_readings(typed, files):
    out = typed("protocol", "show", "q8h.yaml").out
    assert "Before each dose: renal" in out
    assert "- Creatinine 2.5 or more (renal): hold this dose [paper, table 1]" in out
    assert "    until creatinine below 2.5 mg/dL" in out
    assert "    read so: The print says 2.5 and above." in out
    assert "Regimen: aldesleukin every 8 h, at most 14 doses a cycle, 2 cycles a course [paper, p1]" in out
    assert json.loads(typed("protocol", "show", "q8h.yaml", "--json").out)["id"] == "q8h"


def test_a_check_names_holes_and_ends_with_3_until_they_are_closed(typed, files):
    text = PROTOCOL.replace("creatinine >= '2.5 mg/dL'", "creatinine >= '2.5 mg/dL' AND creatinine < '2.9 mg/dL'")
    (files / "hole.yaml").write_text(text)
    done = typed("protocol", "check", "hole.yaml", "--out", "hole.html")
    assert done.code == 3
    assert "choose: No rule covers creatinine" in done.out
    assert "<html" in (files / "hole.html").read_text()
    found = json.loads(typed("protocol", "check", "hole.yaml", "--json").out)
    assert (found["schema"], found["ready_to_sign"]) == ("seriatim.verification/1", False)


def test_two_versions_are_compared_with_a_patient_between_them(typed, files):
    (files / "later.yaml").write_text(PROTOCOL.replace("2.5 mg/dL'", "2.2 mg/dL'").replace("1.0.0", "1.1.0"))
    done = typed("protocol", "diff", "q8h.yaml", "later.yaml", "--out", "diff.html")
    assert done.code == 0
    assert "creatinine" in done.out
    assert (files / "diff.html").is_file()
    assert json.loads(typed("protocol", "diff", "q8h.yaml", "later.yaml", "--json").out)["lines"]


@pytest.mark.parametrize(
    ("of", "file"), [("protocol", "protocol.schema.json"), ("decision-request", "decision-request.schema.json")]
)
def test_the_published_json_schema_is_the_one_that_is_printed(typed, of, file):
    printed = typed("protocol", "schema", "--of", of).out
    assert json.loads(printed) == json.loads((ROOT / "docs" / "reference" / file).read_text())


def test_there_is_no_schema_of_anything_else(typed):
    assert typed("protocol", "schema", "--of", "plan").code == 2


def test_a_series_is_replayed_under_two_protocols_and_its_limits_are_told(typed, files):
    assert typed("simulate", "il2-1998", "--out", "series", "--seed", "7", "--patients", "12").code == 0
    (files / "later.yaml").write_text(PROTOCOL.replace("2.5 mg/dL'", "2.2 mg/dL'").replace("1.0.0", "1.1.0"))
    asked = ("protocol", "replay", "series", "--protocol", "q8h.yaml", "--against", "later.yaml")
    done = typed(*asked, "--out", "replay", "--sweep", "creatinine: 2.5 mg/dL: 2 mg/dL, 3.5 mg/dL")
    assert done.code == 0
    assert "What a replay does not show:\n- One step only" in done.out
    assert (files / "replay" / "report.html").is_file()
    alone = typed("protocol", "replay", "series", "--protocol", "q8h.yaml", "--out", "alone", "--json")
    assert json.loads(alone.out)["limits"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--as-known", "never"), "expected at_decision or final"),
        (("--sweep", "creatinine 3 mg/dL"), "expected"),
    ],
)
def test_a_replay_that_has_no_meaning_is_refused(typed, files, options, told):
    typed("simulate", "il2-1998", "--out", "series", "--seed", "7", "--patients", "3")
    done = typed("protocol", "replay", "series", "--protocol", "q8h.yaml", "--out", "replay", *options)
    assert (done.code, told in done.err) == (2, True)


def test_a_protocol_is_signed_by_every_role_and_any_change_voids_it(typed, files):
    approved = PROTOCOL.replace("title: Invented", "title: Invented\nstatus: approved")
    (files / "q8h.yaml").write_text(approved)
    (files / "key").write_text("k" * 40)
    roles = ("physician", "pharmacist", "nurse")
    for role in roles:
        signed = typed(
            "protocol", "sign", "q8h.yaml", "--role", role, "--by", f"u-{role}", "--until", "2099-01-01",
            "--out", f"{role}.yaml", "--key", "key",
        )  # fmt: skip
        assert signed.code == 0
    papers = [f"{role}.yaml" for role in roles]
    assert typed("protocol", "signed", "q8h.yaml", *papers).code == 0
    assert typed("protocol", "signed", "q8h.yaml", *papers, "--key", "key", "--json").code == 0
    late = typed("protocol", "signed", "q8h.yaml", *papers, "--on", "2100-01-01")
    assert (late.code, "Not signed" in late.out) == (3, True)
    assert typed("protocol", "signed", "q8h.yaml", papers[0]).code == 3
    (files / "q8h.yaml").write_text(approved.replace("max_age: 12 h", "max_age: 13 h"))
    assert typed("protocol", "signed", "q8h.yaml", *papers).code == 3


def test_a_signature_is_never_overwritten_and_its_last_day_is_a_day(typed, files):
    words = ("protocol", "sign", "q8h.yaml", "--role", "nurse", "--by", "u1", "--out")
    assert typed(*words, "request.yaml", "--until", "2099-01-01").code == 2
    assert "expected a day" in typed(*words, "new.yaml", "--until", "soon").err


def test_what_is_unverified_is_not_signed(typed):
    done = typed(
        "protocol", "sign", "us-label", "--role", "nurse", "--by", "u1", "--until", "2099-01-01", "--out", "nurse.yaml"
    )
    assert (done.code, "unverified" in done.err) == (6, True)


def test_a_dose_sheet_is_printed_of_a_signed_protocol_and_as_a_specimen_of_another(typed, files):
    words = ("protocol", "sheet", "q8h.yaml", "--first", "2026-03-07 22:00", "--out", "sheet.html")
    refused = typed(*words)
    assert (refused.code, "--specimen" in refused.err) == (6, True)
    assert not (files / "sheet.html").exists()
    assert typed(*words, "--specimen").code == 0
    assert "07:00" in (files / "sheet.html").read_text(), "eight hours later, the clocks having gone forward"
    twice = typed("protocol", "sheet", "q8h.yaml", "--first", "2026-11-01 01:30", "--out", "other.html", "--specimen")
    assert (twice.code, "add the offset" in twice.err) == (2, True)


def test_a_checklist_is_printed_of_a_protocol(typed, files):
    assert typed("protocol", "show", "q8h.yaml", "--out", "checklist.html").code == 0
    assert "Creatinine 2.5 or more" in (files / "checklist.html").read_text()
