"""Is a printed table checked and reviewed by the same road as a series?"""

from __future__ import annotations

from math import comb
from pathlib import Path

import pytest

from seriatim import shelves
from seriatim.displays import checklist
from seriatim.displays._contract import Shown
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.reviews.assemble import assemble
from seriatim.reviews.check import check_source
from seriatim.reviews.published import is_published, review_published
from seriatim.reviews.review import Review
from seriatim.tallies.tally import counts

HEAD = "schema: seriatim.published/1\ntitle: Toxicity\nsource: a paper\n"


def table(folder: Path, body: str) -> Path:
    path = folder / "table.yaml"
    path.write_text(HEAD + body, encoding="utf-8")
    return path


TWO = (
    "groups: {first: 155, last: 155}\n"
    "rows:\n  - {endpoint: sepsis, cells: [{group: first, k: 28}, {group: last, k: 6}]}\n"
)


def test_one_yaml_or_csv_file_is_a_printed_table_and_a_folder_is_not(tmp_path):
    for name, expected in (("a.yaml", True), ("a.YML", True), ("a.csv", True), ("a.xlsx", False)):
        (tmp_path / name).write_text("")
        assert is_published(tmp_path / name) is expected
    assert not is_published(tmp_path)
    assert not is_published(tmp_path / "nowhere.csv")


def test_printed_counts_become_rows_a_report_and_a_plan_of_their_own(tmp_path):
    done = review_published(table(tmp_path, TWO), command="seriatim review table.yaml")
    assert [row.numerator for row in done.results.where(statistic="risk")] == [28, 6]
    assert done.results.one(statistic="risk_difference").exploratory
    assert counts(done.tallies["incidence"], "group", "outcome", endpoint="sepsis").tolist() == [[28, 127], [6, 149]]
    assert done.plan.population.label == "patients of the printed table (a paper)"
    assert done.provenance["Reader"] == "published counts"
    assert done.page.subtitle == done.plan.population.label
    assert "Toxicity" in done.html


def test_report_of_a_printed_table_claims_nothing_of_terms_grades_or_windows(tmp_path):
    done = review_published(table(tmp_path, TWO))
    assert "any adverse event" not in done.html
    assert "from the first dose" not in done.html


def test_contradictions_of_a_printed_table_are_in_its_report_and_make_the_check_fail(tmp_path):
    path = table(tmp_path, TWO.replace("k: 28}", 'k: 28, percent: "19"}'))
    done = review_published(path)
    assert "1 printed figure does not agree with the others" in " ".join(s.text for s in done.answer)
    assert [section.name for section in done.page.sections] == [
        "answer",
        "incidence",
        "counted",
        "checklist",
        "methods",
    ]
    checked = check_source(path)
    assert checked.needs_mending
    assert checked.summary == "1 contradiction in the printed table"


def test_printed_table_that_agrees_with_itself_passes_its_check(tmp_path):
    checked = check_source(table(tmp_path, TWO))
    assert not checked.needs_mending
    assert checked.summary == "0 contradictions in the printed table"


def test_what_could_not_be_checked_is_noted_and_no_contradiction(tmp_path):
    cells = '{group: first, k: 28}, {group: last, k: 6}, {group: third, k: 6}], p: "0.001"'
    checked = check_source(
        table(
            tmp_path,
            f"groups: {{first: 155, last: 155, third: 155}}\nrows:\n  - {{endpoint: sepsis, cells: [{cells}}}\n",
        )
    )
    assert [found.rule for found in checked.findings] == ["published.p_not_checked"]
    assert not checked.needs_mending


def test_printed_table_of_one_group_has_its_risks_and_no_comparison(tmp_path):
    body = "groups: {all: 255}\nrows:\n  - {endpoint: response, cells: [{group: all, k: 36}]}\n"
    done = review_published(table(tmp_path, body))
    assert done.results.one(statistic="risk").value == pytest.approx(36 / 255)
    assert done.results.one(statistic="risk_difference").reason == "the series is one group"
    assert "the series is one group" in done.html


def test_printed_table_of_which_no_row_can_be_read_is_a_report_of_its_contradictions(tmp_path):
    body = 'groups: {all: 10}\nrows:\n  - {endpoint: response, cells: [{group: all, percent: "33"}]}\n'
    done = review_published(table(tmp_path, body))
    assert len(done.results) == 0
    assert "Do the printed figures agree with each other?" in done.html


def deaths_of(folder: Path, deaths: str) -> Review:
    return review_published(table(folder, f"{TWO}deaths: {deaths}\n"))


def test_printed_run_without_a_death_becomes_the_tally_of_deaths(tmp_path):
    tally = deaths_of(tmp_path, "{total: 1241, run: 809}").tallies["deaths"]
    assert tally.levels("group") == ("1-432", "433-1241")
    assert counts(tally, "group", death="not printed").tolist() == [432, 0]
    assert counts(tally, "group", death="no death").tolist() == [0, 809]
    assert tally.key("death").label("no death") == "no treatment-related death"


def test_printed_number_of_earlier_deaths_gives_one_chance_of_the_run(tmp_path):
    done = deaths_of(tmp_path, "{total: 1241, run: 809, earlier: 3}")
    assert counts(done.tallies["deaths"], "group", death="related").tolist() == [3, 0]
    assert done.results.one(statistic="p_final_run").value == pytest.approx(comb(432, 3) / comb(1241, 3), rel=1e-10)


def test_printed_run_of_all_patients_is_one_group_without_a_chance(tmp_path):
    done = deaths_of(tmp_path, "{total: 362, run: 362}")
    assert done.tallies["deaths"].levels("group") == ("1-362",)
    assert done.results.one(statistic="risk_in_run").upper == pytest.approx(1 - 0.025 ** (1 / 362), rel=1e-12)
    assert done.results.one(statistic="p_final_run").reason.startswith("there was no death before the run")


def test_printed_table_that_says_nothing_of_deaths_has_no_section_of_them(tmp_path):
    done = review_published(table(tmp_path, TWO))
    assert set(done.tallies) == {"incidence"}
    assert "Did anybody die of treatment?" not in done.html


def test_printed_claim_is_a_row_with_its_reason_and_no_contradiction(tmp_path):
    path = table(tmp_path, f"{TWO}claims: [{{claim: weight gain unchanged, because: no figures are printed}}]\n")
    row = review_published(path).results.one(analysis="published")
    assert (row.endpoint, row.value) == ("weight_gain_unchanged", None)
    assert row.reason == "cannot be redone: no figures are printed"
    assert not check_source(path).needs_mending


def test_section_of_a_stranger_stands_before_who_was_counted(monkeypatch):
    names = {"survival": "stranger.survival", "counted": "c", "methods": "m", "incidence": "i"}
    order: list[str] = []
    monkeypatch.setattr(shelves, "names_on", lambda _: names)
    monkeypatch.setattr(shelves, "take", lambda _, name: order.append(name) or checklist)
    assemble(Shown(Results(()), {}, Plan(title="t", grouping={"by": "blocks", "size": 5})))
    assert order == ["incidence", "survival", "counted", "methods"]
