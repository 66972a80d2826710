"""What does a person see who checks and reviews printed tables, and how does each command end?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "published"


def patients(folder: Path, *rows: str) -> Path:
    source = folder / "ward"
    source.mkdir()
    (source / "patient.csv").write_text("patient_id,accrual\n" + "".join(f"{row}\n" for row in rows))
    (source / "adverse_event.csv").write_text("patient_id,term,grade,onset\n1,line sepsis,3,1990-02-01\n")
    return source


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("il2_1998_abstract.yaml", 0, "0 contradictions in the printed table"),
        ("yu_2010_table_2.csv", 0, "0 contradictions in the printed table"),
        ("nejm_2011_table_3.csv", 3, "Constitutional row 6, p: found P = 0.06"),
        ("sc_civ_2004_table_5.yaml", 3, "2 contradictions in the printed table"),
        ("fyfe_1995_response.yaml", 3, "the level is mislabelled: read it as 95 %"),
    ],
)
def test_check_of_a_printed_table_ends_with_3_where_figures_do_not_agree(typed, name, code, told):
    ended = typed("check", str(EXAMPLES / name))
    assert (ended.code, ended.err) == (code, "")
    assert told in ended.out


def test_check_gives_machines_one_document_and_the_same_exit_code(typed):
    ended = typed("check", str(EXAMPLES / "sc_civ_2004_table_5.yaml"), "--json")
    assert ended.code == 3
    document = json.loads(ended.out)
    assert [finding["rule"] for finding in document["findings"]] == ["published.percent", "published.p"]
    assert document["findings"][0]["severity"] == "warning"
    assert document["receipt"] == []


@pytest.mark.parametrize("name", ["fyfe_1995_response.yaml", "nejm_2011_table_3.csv"])
def test_review_of_a_printed_table_writes_its_report_and_says_what_does_not_agree(typed, tmp_path, name):
    ended = typed("review", str(EXAMPLES / name), "--out", "out")
    assert ended.code == 0
    assert "1 printed figure does not agree with the others" in ended.out
    assert ended.out.rstrip().endswith(f"The report is {tmp_path / 'out' / 'report.html'}")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"report.html", "results.parquet", "results.json", "tallies"}


def test_review_of_the_abstract_prints_the_bound_behind_its_run_without_a_death(typed):
    ended = typed("review", str(EXAMPLES / "il2_1998_abstract.yaml"), "--out", "out")
    assert "No treatment-related death among the last 809 patients" in ended.out
    assert "0.45 % (exact 95 %)" in ended.out
    assert "The chance of the run, by how many died before it" in Path("out/report.html").read_text(encoding="utf-8")


def test_review_gives_machines_the_report_and_the_findings(typed):
    ended = typed("review", str(EXAMPLES / "il2_1998_abstract.yaml"), "--out", "out", "--json")
    assert ended.code == 0
    document = json.loads(ended.out)
    assert (document["report"], document["receipt"]) == ("out/report.html", [])
    assert {(finding["rule"], finding["severity"]) for finding in document["findings"]} == {
        ("published.not_redone", "note")
    }
    assert f"seriatim review {EXAMPLES}" in Path("out/report.html").read_text(encoding="utf-8")


def test_printed_table_with_faults_names_each_line_and_is_exit_code_5(typed):
    Path("table.csv").write_text("endpoint,group,k,n,p\nfever,a,24*,137,NS\nfever,b,3,108,\n")
    ended = typed("check", "table.csv")
    assert (ended.code, ended.out) == (5, "")
    assert ended.err.splitlines()[0] == "seriatim: table.csv: 2 faults"
    assert "line 2, rows.0.cells.0.k: found '24*'" in ended.err
    assert "line 2, rows.0.p: found 'NS'" in ended.err


def test_series_of_which_rows_were_set_aside_is_exit_code_3_and_its_report_is_written(typed, tmp_path):
    source = patients(tmp_path, "1,1990-01-01", "2,")
    ended = typed("review", str(source), "--out", "out")
    assert ended.code == 3
    assert "seriatim: 1 row was set aside; the report lists them." in ended.err
    assert "1 of the rows read were set aside" in ended.out
    assert Path("out/report.html").is_file()


def test_plan_may_allow_rows_to_be_set_aside(typed, tmp_path):
    source = patients(tmp_path, "1,1990-01-01", "2,")
    Path("plan.yaml").write_text(
        "schema: seriatim.plan/1\ntitle: t\nset_aside: allow\ngrouping: {by: blocks, size: 5}\n"
        "endpoints: [{id: sepsis, label: Sepsis}]\nanalyses: [{name: incidence}]\n"
    )
    assert typed("review", str(source), "--plan", "plan.yaml", "--out", "out").code == 0


def test_check_of_a_series_prints_the_receipt_that_adds_up(typed, tmp_path):
    ended = typed("check", str(patients(tmp_path, "1,1990-01-01", "2,")))
    assert ended.code == 3
    assert "patient: 2 rows read = 1 used + 1 set aside; 0 values set aside" in ended.out
    assert "1 rows or values were set aside" in ended.out


def test_check_of_a_series_without_faults_is_exit_code_0(typed, tmp_path):
    assert typed("check", str(patients(tmp_path, "1,1990-01-01", "2,1990-01-02"))).code == 0


def test_mapping_that_is_not_there_is_exit_code_4(typed, tmp_path):
    ended = typed("check", str(patients(tmp_path, "1,1990-01-01")), "--mapping", "nowhere.yaml")
    assert ended.code == 4
    assert "there is no file nowhere.yaml" in ended.err


def test_folder_that_cannot_be_written_is_a_sentence_and_exit_code_2(typed):
    Path("taken").write_text("a file")
    ended = typed("review", str(EXAMPLES / "yu_2010_table_2.csv"), "--out", "taken")
    assert ended.code == 2
    assert "seriatim: taken: " in ended.err
    assert typed("plan", "new", "nowhere/plan.yaml").code == 2


def test_plan_is_shown_in_words(typed):
    ended = typed("plan", "show", "il2_1998")
    assert ended.code == 0
    assert "They were cut into blocks of 155 consecutive cases" in ended.out
    assert "Pulmonary intubation: intubation; without a record: absent" in ended.out


def test_plan_that_the_library_does_not_have_is_exit_code_2(typed):
    assert "the library has no plan mine; it has il2_1998" in typed("plan", "new", "a.yaml", "--like", "mine").err
    assert typed("plan", "check", "mine").code == 2


def test_plan_of_the_library_passes_its_own_check(typed):
    ended = typed("plan", "check", "il2_1998")
    assert ended.code == 0
    assert "6 endpoints" in ended.out


def test_word_that_is_no_command_is_exit_code_2(typed):
    assert typed("revew").code == 2


def test_reader_of_a_pipe_that_goes_away_is_no_error():
    command = [sys.executable, "-m", "seriatim", "plan", "show", "il2_1998"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == ("", 0)
