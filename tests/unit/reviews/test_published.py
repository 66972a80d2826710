"""Is a printed table checked and reviewed by the same road as a series?"""

from __future__ import annotations

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
    assert checked.summary == "1 contradictions in the printed table"


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
    assert done.results.one(statistic="risk_difference").reason == "a group has no patients"
    assert "the series is one group" in done.html


def test_printed_table_of_which_no_row_can_be_read_is_a_report_of_its_contradictions(tmp_path):
    body = 'groups: {all: 10}\nrows:\n  - {endpoint: response, cells: [{group: all, percent: "33"}]}\n'
    done = review_published(table(tmp_path, body))
    assert len(done.results) == 0
    assert "Do the printed figures agree with each other?" in done.html


def test_section_of_a_stranger_stands_before_who_was_counted(monkeypatch):
    names = {"survival": "stranger.survival", "counted": "c", "methods": "m", "incidence": "i"}
    order: list[str] = []
    monkeypatch.setattr(shelves, "names_on", lambda _: names)
    monkeypatch.setattr(shelves, "take", lambda _, name: order.append(name) or checklist)
    assemble(Shown(Results(()), {}, Plan(title="t", grouping={"by": "blocks", "size": 5})))
    assert order == ["incidence", "survival", "counted", "methods"]
