"""What does a person see who types the commands?"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from seriatim.reviews.review import Review
from seriatim.simulation import simulate

HEAVY = ("numpy", "polars", "scipy", "altair", "sqlalchemy", "fastapi", "duckdb", "pydantic")


def seriatim(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "seriatim", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def test_help_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from seriatim.cli.main import app\n"
        "answer = CliRunner().invoke(app, ['--help'])\n"
        "assert answer.exit_code == 0, answer.output\n"
        f"loaded = [name for name in {HEAVY} if name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [(), ("demo",), ("review",), ("check",), ("simulate",), ("template",), ("plan",)])
def test_each_help_opens(command):
    done = seriatim(*command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


@pytest.mark.parametrize("command", ["demo", "review", "check", "simulate", "template"])
def test_each_command_gives_an_example(command):
    assert f"Example: seriatim {command}" in seriatim(command, "--help").stdout


def test_a_source_that_is_not_there_is_exit_code_4(tmp_path):
    done = seriatim("check", str(tmp_path / "nowhere"))
    assert done.returncode == 4
    assert "there is no" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plan_with_faults_names_each_line_and_is_exit_code_5(tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text("schema: seriatim.plan/1\ntitle: t\ngrouping: {by: blocks, size: 0}\nendpoint: []\n")
    done = seriatim("plan", "check", str(plan))
    assert done.returncode == 5
    assert "2 faults" in done.stderr
    assert "line 3, grouping.blocks.size" in done.stderr
    assert "line 4, endpoint" in done.stderr


def test_an_unknown_analysis_option_names_the_known_ones(tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "schema: seriatim.plan/1\ntitle: t\ngrouping: {by: blocks, size: 5}\n"
        "analyses:\n  - {name: incidence, options: {curves: 3}}\n  - {name: deaths, options: {days: 3}}\n"
    )
    done = seriatim("plan", "check", str(plan))
    assert done.returncode == 5
    assert "line 5, curves: found 3, expected no such key" in done.stderr
    assert "curve_points" in done.stderr
    assert "line 6, days: found 3" in done.stderr


def test_a_new_plan_is_checked_and_never_overwrites(typed):
    assert typed("plan", "new", "mine.yaml").code == 0
    assert "no fault" in typed("plan", "check", "mine.yaml").out
    again = typed("plan", "new", "mine.yaml")
    assert again.code == 2
    assert "is there already" in again.err


def test_simulate_then_review_writes_the_report_and_its_parts(typed, tmp_path):
    made = typed("simulate", "il2-1998", "--out", "series", "--seed", "7", "--patients", "320")
    assert made.code == 0, made.err
    assert "320 simulated patients are in" in made.out
    done = typed("review", "series", "--plan", "il2_1998", "--out", "review", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["findings"] is not None
    written = {path.name for path in (tmp_path / "review").iterdir()}
    assert {"report.html", "results.parquet", "results.json", "tallies"} <= written


def test_template_writes_something_to_fill_in_and_says_what_to_do_next(typed, tmp_path):
    made = typed("template", "--out", "mine")
    assert made.code == 0, made.err
    assert "seriatim check mine/template.xlsx" in made.out
    assert (tmp_path / "mine" / "template.xlsx").is_file()


def test_each_command_gives_machines_one_document(typed):
    asked = {
        ("template", "--out", "mine"): {"workbook", "folder", "mapping"},
        ("simulate", "il2-1998", "--patients", "20", "--out", "series"): {"series", "scenario", "seed", "patients"},
        ("review", "series", "--out", "review"): {"report", "answer", "findings", "receipt"},
        ("check", "series"): {"findings", "receipt"},
        ("plan", "new", "mine.yaml"): {"plan", "like"},
        ("plan", "check", "mine.yaml"): {"plan", "endpoints", "analyses"},
    }
    for words, keys in asked.items():
        done = typed(*words, "--json")
        assert done.code == 0, done.err
        assert set(json.loads(done.out)) == keys
    assert json.loads(typed("plan", "show", "mine.yaml", "--json").out)["grouping"] == {"by": "blocks", "size": 155}


def test_template_that_nobody_filled_in_is_checked_and_not_reviewed(typed):
    typed("template", "--out", "mine")
    assert typed("check", "mine/template.xlsx").code == 0
    done = typed("review", "mine/template.xlsx", "--out", "review")
    assert done.code == 2
    assert "no patient is in the patient table" in done.err


@pytest.fixture
def short_demo(monkeypatch):
    """A demo of 320 patients: what is asked here is what is printed, not the numbers."""
    monkeypatch.setattr(simulate, "simulate", partial(simulate.simulate, patients=320))


@pytest.mark.usefixtures("short_demo")
def test_demo_prints_the_abstract_and_where_the_report_is(typed, tmp_path):
    done = typed("demo", "--out", "demo")
    assert done.code == 0, done.err
    assert "Line sepsis, grade 3-4: from" in done.out
    assert "Median number of doses in the first cycle" in done.out
    assert str(tmp_path / "demo" / "report.html") in done.out


@pytest.mark.usefixtures("short_demo")
def test_demo_gives_machines_its_sentences(typed, monkeypatch):
    monkeypatch.setattr(Review, "write", lambda _, folder: Path(folder) / "report.html")
    done = typed("demo", "--json")
    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert document["report"] == "demo/report.html"
    assert document["sentences"][0].startswith("Line sepsis, grade 3-4: from")
