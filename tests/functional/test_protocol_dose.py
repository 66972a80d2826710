"""Does the command work a dose out, refuse with reasons, and keep a second entry blind?"""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from seriatim.cli.main import app

FIRST = """schema: seriatim.dose-request/1
at: 2026-03-02 06:00
zone: America/New_York
weight: {weight: 82.4 kg, at: 2026-03-02 05:30}
cycle_baseline: {weight: 82.4 kg, at: 2026-03-02 05:30}
cycle_start: 2026-03-02 06:00
given: []
"""
SECOND = """first_by: n1
second: {by: n2, weight: 82.4 kg, dose: "DOSE M[IU-aldesleukin]", volume: 2.7 mL, checked: [CHECKED]}
"""
CHECKED = "drug, dose, calculation, volume, route, rate, expiry, appearance, pump_rate, cycle_and_day"


@pytest.fixture
def asked(tmp_path):
    def run(text: str, *options: str):
        request = tmp_path / "dose.yaml"
        request.write_text(text)
        return CliRunner().invoke(app, ["protocol", "dose", "consensus-2014", str(request), *options])

    return run


def test_a_dose_is_shown_with_each_step_and_the_caution(asked):
    done = asked(FIRST)
    assert done.exit_code == 0
    assert done.stdout.startswith("48.6 million international units of aldesleukin\n  weight: ")
    assert "2.7 millilitres" in done.stdout
    assert "Not for clinical use" in done.stdout


def test_an_old_weight_gives_reasons_and_no_number(asked):
    old = FIRST.replace("at: 2026-03-02 05:30", "at: 2026-02-01 05:30")
    done = asked(old)
    assert done.exit_code == 6
    assert done.stdout.startswith("No dose:\n")
    assert "million" not in done.stdout
    assert json.loads(asked(old, "--json").stdout)["refused"]


def test_a_second_entry_that_agrees_leaves_the_dose(asked):
    done = asked(FIRST + SECOND.replace("DOSE", "48.6").replace("CHECKED", CHECKED))
    assert done.exit_code == 0, done.stdout
    assert "The second check agrees." in done.stdout


def test_a_second_entry_that_differs_is_told_without_the_first(asked):
    differing = FIRST + SECOND.replace("DOSE", "50").replace("CHECKED", CHECKED)
    for options in ((), ("--json",)):
        done = asked(differing, *options)
        assert done.exit_code == 6
        assert "Differs: dose" in done.stdout
        assert "48.6" not in done.stdout


def test_every_fault_of_a_request_is_told_at_once(asked):
    done = asked(FIRST.replace("82.4 kg", "82.4").replace("at: 2026-03-02 06:00\n", "at: tomorrow\n", 1))
    assert "3 faults" in str(done.exception)
    assert "weight.weight" in str(done.exception)
    assert "cycle_baseline.weight" in str(done.exception)
