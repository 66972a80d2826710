"""Do the printed tables of other papers agree with themselves, and by which test were their P values worked out?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seriatim.findings import Severity
from seriatim.methods.clopper_pearson import clopper_pearson
from seriatim.methods.fisher_exact import fisher_exact
from seriatim.reviews.published import review_published
from seriatim.tallies.consistency import consistency_findings, matching_conventions
from seriatim.tallies.printed import prints_as
from seriatim.tallies.published import Published, Reading, read_published, readings

EXAMPLES = Path(__file__).parents[2] / "examples" / "published"
RULE_OF_2011 = "chi-squared, or Fisher where an expected count is under 5"


def example(name: str) -> Published:
    return read_published(EXAMPLES / name)


def test_21_of_22_p_values_of_the_2011_vaccine_trial_follow_the_rule_of_expected_counts():
    """N Engl J Med 2011;364:2119, table 3: grade 3 to 5 under interleukin-2 with or without a vaccine."""
    table = example("nejm_2011_table_3.csv")
    other = [
        row.endpoint
        for row in table.rows
        if RULE_OF_2011 not in matching_conventions(row.p or "", readings(table, row)[0])
    ]
    assert len(table.rows) == 22
    assert other == ["Constitutional"]


def test_no_single_other_convention_gives_as_many_of_its_p_values():
    table = example("nejm_2011_table_3.csv")
    matched = [matching_conventions(row.p or "", readings(table, row)[0]) for row in table.rows]
    counted = {name: sum(name in names for names in matched) for names in matched for name in names}
    assert counted.pop(RULE_OF_2011) == 21
    assert max(counted.values()) < 21


def test_only_contradiction_of_the_2011_vaccine_trial_is_constitutional():
    (finding,) = consistency_findings(example("nejm_2011_table_3.csv"))
    assert (finding.rule, finding.table, finding.row, finding.found) == ("published.p", "Constitutional", 6, "P = 0.06")
    assert f"0.051 by {RULE_OF_2011}" in finding.expected


@pytest.mark.parametrize(
    ("event", "p"),
    [
        ("hypotension", "3.5e-7"),
        ("hypoxia", "0.0016"),
        ("capillary leak", "3.6e-9"),
        ("catheter infection", "0.094"),
        ("diarrhoea", "0.00019"),
        ("hyponatraemia", "1.4e-5"),
        ("hypokalaemia", "4.1e-12"),
    ],
)
def test_fisher_of_the_2010_antibody_trial(event, p):
    """N Engl J Med 2010;363:1324, table 2: grade 3 or 4, 137 patients against 108; the paper prints no P."""
    table = example("yu_2010_table_2.csv")
    row = next(row for row in table.rows if row.endpoint == event)
    (reading,) = readings(table, row)
    (a, n), (b, m) = reading.counts
    assert (n, m) == (137, 108)
    assert prints_as(fisher_exact(a, n, b, m, convention="minimum likelihood").value, p)


# Table 2 of the antibody trial: patients of 137 and of 108, and table 5 of the other: of 103 and of 225.
COUNTS_OF_2010 = {
    "hypotension": (24, 0), "hypoxia": (18, 2), "capillary leak": (31, 0), "catheter infection": (18, 7),
    "any infection": (54, 24), "diarrhoea": (18, 1), "hyponatraemia": (31, 4), "hypokalaemia": (48, 2),
    "ALT": (31, 3), "fever without neutropenia": (53, 6), "neuropathic pain": (71, 6), "none": (8, 40),
}  # fmt: skip
COUNTS_OF_2004 = {
    "any": (47, 171), "body as a whole": (26, 73), "cardiovascular": (3, 78), "digestive": (9, 30), "haemic": (10, 22),
    "metabolic": (10, 54), "nervous": (1, 28), "respiratory": (0, 31), "skin": (4, 17), "urogenital": (3, 24),
    "injection site": (5, 0),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "printed", "sizes"),
    [
        ("yu_2010_table_2.csv", COUNTS_OF_2010, (137, 108)),
        ("sc_civ_2004_table_5.yaml", COUNTS_OF_2004, (103, 225)),
    ],
)
def test_every_printed_row_of_the_table_is_in_the_example(name, printed, sizes):
    table = example(name)
    found = {row.endpoint: readings(table, row)[0].counts for row in table.rows}
    assert found == {event: tuple(zip(counts, sizes, strict=True)) for event, counts in printed.items()}


def test_2010_antibody_trial_has_no_contradiction():
    assert consistency_findings(example("yu_2010_table_2.csv")) == ()


def test_2010_antibody_trial_is_still_found_out_where_a_figure_is_printed_wrongly():
    """Each of its rows with the percentage of one patient more: so that "no contradiction" is a finding of its own."""
    table = example("yu_2010_table_2.csv")
    for row in table.rows:
        cell = row.cells[0]
        wrong = cell.model_copy(update={"percent": f"{100 * (cell.k + 1) / 137:.1f}"})
        spoilt = table.model_copy(update={"rows": (row.model_copy(update={"cells": (wrong, *row.cells[1:])}),)})
        assert [finding.rule for finding in consistency_findings(spoilt)] == ["published.percent"]


def test_subcutaneous_against_continuous_interleukin_2_has_exactly_two_contradictions():
    """Br J Cancer 2004 (PMC2409650), table 5: 78 of 225 is printed as 39 %, 5 against 0 as P = 1.0."""
    percent, p = consistency_findings(example("sc_civ_2004_table_5.yaml"))
    assert (percent.rule, percent.table, percent.row, percent.found) == (
        "published.percent", "cardiovascular", 3, "39 %",
    )  # fmt: skip
    assert percent.expected == "34.7 % for 78 of 225"
    assert percent.next_move == "look up count, size and percentage in the source; one of them is wrong"
    assert (p.rule, p.table, p.row, p.found) == ("published.p", "injection site", 11, "P = 1.0")
    assert "0.0029 by Fisher, minimum likelihood" in p.expected
    assert p.next_move.endswith("no usual convention gives this P")


def test_interval_of_1995_is_printed_with_another_level_than_it_has():
    """J Clin Oncol 1995;13:688: response in 36 of 255 patients, "90 % interval 10 to 19"."""
    (finding,) = consistency_findings(example("fyfe_1995_response.yaml"))
    assert finding.rule == "published.interval"
    assert finding.next_move == "the level is mislabelled: read it as 95 %"
    ninety = clopper_pearson(36, 255, 0.90).interval
    assert (round(100 * ninety.lower, 1), round(100 * ninety.upper, 1)) == (10.7, 18.2)


@pytest.mark.parametrize(
    ("source", "events", "n", "lower", "upper"),
    [
        ("J Clin Oncol 1999;17:2105, response", 43, 270, "12", "21"),
        ("Cancer 2008, renal cell carcinoma, response", 53, 259, "15.7", "25.9"),
        ("N Engl J Med 1987, treatment-related deaths", 4, 157, "0.7", "6.4"),
        ("lifileucel label, treatment-related deaths", 12, 160, "3.9", "12.7"),
    ],
)
def test_exact_intervals_of_other_series(source, events, n, lower, upper):
    interval = clopper_pearson(events, n).interval
    assert prints_as(100 * interval.lower, lower), source
    assert prints_as(100 * interval.upper, upper), source


def test_p_of_the_2003_trial_of_dose_is_the_chi_squared_test():
    """J Clin Oncol 2003;21:3127: response in 33 of 156 patients at high dose, 19 of 150 at low dose, P = 0.048."""
    reading = Reading("response", ("high", "low"), ((33, 156), (19, 150)))
    assert "chi-squared" in matching_conventions("0.048", reading)
    assert "Fisher, minimum likelihood" not in matching_conventions("0.048", reading)


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_each_example_is_reviewed_from_its_file_to_a_report(path, tmp_path):
    table = read_published(path)
    done = review_published(path)
    groups = len(table.groups)
    endpoints = {row.endpoint for row in done.results.where(analysis="incidence")}
    assert len(endpoints) == sum(len(readings(table, row)) for row in table.rows)
    risks = done.results.where(analysis="incidence", statistic="risk")
    assert len(risks) == groups * len(endpoints)
    for row in risks:
        assert row.value == row.numerator / row.denominator
    report = done.write(tmp_path)
    text = report.read_text(encoding="utf-8")
    assert table.title in text or table.source in text
    assert ("Do the printed figures agree" in text) == bool(done.findings)
    wrong = {finding.rule for finding in done.findings if finding.severity is not Severity.WARNING}
    assert wrong <= {"published.not_redone"}


def test_printed_table_of_the_how_to_page_is_read_and_reviewed_as_it_stands(tmp_path):
    page = (EXAMPLES.parents[1] / "docs" / "how-to" / "review-a-printed-table.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "table.yaml"
    path.write_text(text, encoding="utf-8")
    done = review_published(path)
    assert [finding.rule for finding in done.findings] == ["published.not_redone"]
    assert done.results.one(statistic="final_run").value == 809


def test_early_deaths_and_late_run_of_1994_have_one_exact_probability(tmp_path):
    """JAMA 1994;271:907: three treatment-related deaths among 283 patients, none in the last 214."""
    path = tmp_path / "jama_1994.yaml"
    path.write_text(
        "schema: seriatim.published/1\ntitle: t\nsource: JAMA 1994\ngroups: {all: 283}\n"
        "rows: [{endpoint: death, cells: [{group: all, k: 3}]}]\ndeaths: {total: 283, run: 214, earlier: 3}\n"
    )
    done = review_published(path)
    # (69 x 68 x 67) / (283 x 282 x 281): all three among the first 69.
    assert done.results.one(statistic="p_final_run").value == pytest.approx(314364 / 22425486, rel=1e-12)
    assert done.results.one(statistic="risk_in_run").upper == pytest.approx(1 - 0.025 ** (1 / 214), rel=1e-12)
