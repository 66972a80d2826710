"""Which figures of the 1998 abstract do counts allow, and what follows from them?

Cancer 1998;83:797-805. Every number expected here was worked out from the printed percentages alone; the document
`docs/explanation/what-the-abstract-allows.md` prints the same and is held to it.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb
from pathlib import Path

import pytest

from seriatim.displays.wording.numbers import p_value
from seriatim.findings import Severity
from seriatim.methods.clopper_pearson import clopper_pearson, clopper_pearson_upper
from seriatim.methods.compatible_counts import compatible_counts
from seriatim.methods.event_free_run import final_run, longest_run_anywhere
from seriatim.methods.fisher_exact import fisher_exact
from seriatim.methods.pearson_chi_squared import pearson_chi_squared
from seriatim.plans.grouping import Blocks, block_ends
from seriatim.plans.plan import read_plan
from seriatim.reviews.published import review_published
from seriatim.tallies.consistency import consistency_findings
from seriatim.tallies.published import identifier, read_published, readings

ROOT = Path(__file__).parents[2]
ABSTRACT = ROOT / "examples" / "published" / "il2_1998_abstract.yaml"
PAGE = (ROOT / "docs" / "explanation" / "what-the-abstract-allows.md").read_text(encoding="utf-8")

# Endpoint, printed percentages, counts of the first 155, and of the last 155 and 156.
COUNTS = {
    "line_sepsis": ("18", "4", [28], [6], [6, 7]),
    "diarrhoea": ("92", "12", [142, 143], [18, 19], [18, 19]),
    "neuropsychiatric": ("19", "8", [29, 30], [12, 13], [12, 13]),
    "intubation": ("12", "3", [18, 19], [4, 5], [4, 5]),
    "hypotension": ("81", "31", [125, 126], [48], [48, 49]),
    "cardiac_ischaemia": ("3", "0", [4, 5], [0], [0]),
}
# The lowest and highest P by Fisher's test (minimum likelihood) over those counts.
P_RANGES = {
    ("line_sepsis", 155): (8.3e-5, 8.3e-5),
    ("line_sepsis", 156): (4.6e-5, 1.33e-4),
    ("diarrhoea", 155): (1.0e-51, 8.3e-50),
    ("diarrhoea", 156): (3.2e-52, 2.6e-50),
    ("neuropsychiatric", 155): (0.0043, 0.0121),
    ("neuropsychiatric", 156): (0.0028, 0.0080),
    ("intubation", 155): (0.0018, 0.0080),
    ("intubation", 156): (0.0010, 0.0048),
    ("hypotension", 155): (1.7e-19, 5.8e-19),
    ("hypotension", 156): (7.6e-20, 7.1e-19),
    ("cardiac_ischaemia", 155): (0.0605, 0.123),
    ("cardiac_ischaemia", 156): (0.0298, 0.0605),
}


def p_values(endpoint: str, last: int) -> list[float]:
    first_percent, last_percent, *_ = COUNTS[endpoint]
    tables = product(compatible_counts(first_percent, 155), compatible_counts(last_percent, last))
    return [fisher_exact(a, 155, b, last, convention="minimum likelihood").value for a, b in tables]


@pytest.mark.parametrize("endpoint", COUNTS)
def test_each_printed_percentage_stands_for_one_count_or_two(endpoint):
    first, last, of_first, of_155, of_156 = COUNTS[endpoint]
    assert list(compatible_counts(first, 155)) == of_first
    assert list(compatible_counts(last, 155)) == of_155
    assert list(compatible_counts(last, 156)) == of_156


@pytest.mark.parametrize(("endpoint", "last"), P_RANGES)
def test_p_of_each_endpoint_lies_in_the_range_of_its_admissible_counts(endpoint, last):
    low, high = P_RANGES[endpoint, last]
    found = p_values(endpoint, last)
    assert min(found) == pytest.approx(low, rel=0.02)
    assert max(found) == pytest.approx(high, rel=0.02)


@pytest.mark.parametrize("endpoint", [name for name in COUNTS if name != "cardiac_ischaemia"])
def test_five_of_six_falls_are_beyond_chance_by_every_admissible_count(endpoint):
    assert max(p_values(endpoint, 155) + p_values(endpoint, 156)) < 0.013


@pytest.mark.parametrize(
    ("events", "n", "lower", "upper"),
    [(28, 155, 12.4, 25.0), (6, 155, 1.4, 8.2), (143, 155, 86.9, 95.9), (18, 155, 7.0, 17.7), (5, 155, 1.1, 7.4)],
)
def test_exact_intervals_of_the_admissible_counts(events, n, lower, upper):
    interval = clopper_pearson(events, n).interval
    assert (round(100 * interval.lower, 1), round(100 * interval.upper, 1)) == (lower, upper)


ISCHAEMIA = [
    # events of the first 155, size of the last, Fisher minimum likelihood, Fisher doubled, chi-squared, Yates
    (4, 155, 0.1226, 0.1226, 0.0441, 0.1311),
    (5, 155, 0.0605, 0.0605, 0.0242, 0.0713),
    (4, 156, 0.0605, 0.1210, 0.0434, 0.1295),
    (5, 156, 0.0298, 0.0595, 0.0237, 0.0702),
]


@pytest.mark.parametrize(("events", "last", "likelihood", "doubled", "chi", "yates"), ISCHAEMIA)
def test_verdict_on_cardiac_ischaemia_depends_on_count_size_and_test(events, last, likelihood, doubled, chi, yates):
    table = (events, 155, 0, last)
    assert round(fisher_exact(*table, convention="minimum likelihood").value, 4) == likelihood
    assert round(fisher_exact(*table, convention="central").value, 4) == doubled
    assert round(pearson_chi_squared(*table).value, 4) == chi
    assert round(pearson_chi_squared(*table, yates=True).value, 4) == yates


def test_p2_of_the_same_branch_in_1994_is_one_tail_doubled():
    """Cancer 1994;74:3212: response in 13 of 56 patients with vasopressors and 3 of 46 without, P2 = 0.037."""
    assert round(fisher_exact(13, 56, 3, 46, convention="central").value, 3) == 0.037
    assert round(fisher_exact(13, 56, 3, 46, convention="minimum likelihood").value, 4) == 0.0279


def test_1241_patients_are_eight_groups_of_155_the_last_of_156():
    assert block_ends(1241, Blocks(by="blocks", size=155)) == (155, 310, 465, 620, 775, 930, 1085, 1241)


def test_no_death_among_809_still_allows_nearly_half_a_percent():
    assert round(100 * clopper_pearson(0, 809).interval.upper, 3) == 0.455
    assert round(100 * clopper_pearson_upper(0, 809).interval.upper, 3) == 0.370


@pytest.mark.parametrize("deaths", range(1, 8))
def test_chance_of_the_final_run_is_a_ratio_of_choices(deaths):
    exact = Fraction(comb(432, deaths), comb(1241, deaths))
    assert final_run(1241, 809, deaths).value == pytest.approx(float(exact), rel=1e-12)
    assert longest_run_anywhere(1241, 809, deaths).value == pytest.approx(float((deaths + 1) * exact), rel=1e-12)


def test_chance_of_the_final_run_after_three_and_five_deaths():
    assert round(final_run(1241, 809, 3).value, 3) == 0.042
    assert round(final_run(1241, 809, 5).value, 4) == 0.0050
    assert round(longest_run_anywhere(1241, 809, 3).value, 3) == 0.168
    assert round(longest_run_anywhere(1241, 809, 5).value, 3) == 0.030


# ---- the abstract as a printed table, from its file to a report


def test_example_holds_the_percentages_of_the_abstract_and_the_endpoints_of_the_plan():
    table = read_published(ABSTRACT)
    printed = {row.endpoint: tuple(cell.percent for cell in row.cells) for row in table.rows}
    assert printed == {name: (first, last) for name, (first, last, *_) in COUNTS.items()}
    assert set(printed) == {endpoint.id for endpoint in read_plan("il2_1998").endpoints}


def test_abstract_does_not_contradict_itself():
    found = consistency_findings(read_published(ABSTRACT))
    assert [finding for finding in found if finding.severity is not Severity.NOTE] == []


def test_what_the_abstract_says_and_nobody_can_redo_is_told_with_its_reason(done):
    claims = read_published(ABSTRACT).claims
    listed = Path(__file__).with_name("not_reproducible.md").read_text(encoding="utf-8").splitlines()
    assert len(claims) == 5
    assert not [claim for claim in claims if f"- **{claim.claim}**: {claim.because}." not in listed]
    assert [finding.found for finding in done.findings] == [claim.claim for claim in claims]
    rows = done.results.where(statistic="printed_claim")
    assert [row.reason for row in rows] == [f"cannot be redone: {claim.because}" for claim in claims]
    assert all(row.value is None for row in rows)


@pytest.fixture(scope="module")
def done():
    return review_published(ABSTRACT)


def test_every_reading_of_the_abstract_is_reviewed_and_nothing_else(done):
    table = read_published(ABSTRACT)
    labels = {reading.label for row in table.rows for reading in readings(table, row)}
    assert len(labels) == sum(len(a) * (len(b) + len(c)) for _, _, a, b, c in COUNTS.values())
    reviewed = {row.endpoint for row in done.results.where(analysis="incidence")}
    assert reviewed == {identifier(label) for label in labels}


@pytest.mark.parametrize("endpoint", COUNTS)
def test_p_values_of_the_review_span_the_range_of_the_admissible_counts(done, endpoint):
    rows = done.results.where(statistic="p_fisher_minimum_likelihood")
    found = sorted(row.value for row in rows if row.endpoint.startswith(endpoint))
    expected = sorted(p_values(endpoint, 155) + p_values(endpoint, 156))
    assert found == pytest.approx(expected, rel=1e-9)


def test_review_says_of_every_reading_of_ischaemia_that_the_verdict_depends_on_the_test(done):
    rows = done.results.where(analysis="incidence", statistic="verdict_depends")
    verdicts = {row.endpoint: row.value for row in rows}
    of_ischaemia = {value for name, value in verdicts.items() if name.startswith("cardiac_ischaemia")}
    assert of_ischaemia == {1.0}
    assert {value for name, value in verdicts.items() if not name.startswith("cardiac_ischaemia")} == {0.0}


def test_report_of_the_abstract_counts_six_endpoints_and_not_its_readings(done):
    assert done.answer[0].text.startswith("Of 6 endpoints, 6 were rarer and 0 more frequent in final than in first")
    assert done.answer[-1].text.startswith("cardiac_ischaemia [4/155, 0/155] depends on the test")
    assert "No single one of these may be quoted alone" in done.html


def test_review_of_the_abstract_bounds_the_risk_behind_its_run_without_a_death(done):
    run = done.results.one(statistic="final_run")
    assert (run.value, run.denominator) == (809, 1241)
    assert done.results.one(statistic="risk_in_run").upper == pytest.approx(1 - 0.025 ** (1 / 809), rel=1e-12)
    assert done.results.one(statistic="risk_in_run_one_sided").upper == pytest.approx(1 - 0.05 ** (1 / 809), rel=1e-12)
    said = "No treatment-related death among the last 809 patients"
    assert any(said in sentence.text and "0.45 % (exact 95 %)" in sentence.text for sentence in done.answer)


@pytest.mark.parametrize("deaths", range(1, 11))
def test_review_of_the_abstract_gives_the_chance_of_its_run_for_each_number_of_earlier_deaths(done, deaths):
    exact = Fraction(comb(432, deaths), comb(1241, deaths))
    final = done.results.one(statistic="p_final_run_given", numerator=deaths)
    anywhere = done.results.one(statistic="p_run_anywhere_given", numerator=deaths)
    assert final.value == pytest.approx(float(exact), rel=1e-10)
    assert anywhere.value == pytest.approx(float((deaths + 1) * exact), rel=1e-10)
    (section,) = (section for section in done.page.sections if section.name == "deaths")
    (table,) = (block for block in section.blocks if getattr(block, "name", "") == "chance_of_run")
    printed = next(row for row in table.rows if row.header == str(deaths))
    assert [cell.text for cell in printed.cells] == [p_value(final.value), p_value(anywhere.value)]


def test_review_of_the_abstract_does_not_guess_how_many_died_before(done):
    assert done.results.one(statistic="p_final_run").reason.startswith("how many died before the run is not known")
    before = done.results.one(analysis="deaths", statistic="risk", group="1-432")
    assert before.reason == "there are no patients"
    assert before.missing == 432


# ---- the page that explains it


@pytest.mark.parametrize("endpoint", COUNTS)
def test_page_prints_the_counts_and_ranges_of_each_endpoint(endpoint):
    first, last, of_first, of_155, of_156 = COUNTS[endpoint]
    cells = (f"{first} → {last} %", _listed(of_first), _listed(of_155), _range(p_values(endpoint, 155)),
             _listed(of_156), _range(p_values(endpoint, 156)))  # fmt: skip
    name = endpoint.replace("_", " ")
    assert f"| {name}, {' | '.join(cells)} |" in PAGE


def _listed(counts: list[int]) -> str:
    return ", ".join(map(str, counts))


def _range(found: list[float]) -> str:
    low, high = _printed(min(found)), _printed(max(found))
    return low if low == high else f"{low} to {high}"


def _printed(p: float) -> str:
    if p < 1e-6:
        return f"{p:.1e}"
    return f"{p:.6f}" if p < 1e-4 else p_value(p)


@pytest.mark.parametrize("row", ISCHAEMIA)
def test_page_prints_the_table_of_ischaemia(row):
    events, last, *values = row
    assert f"| {events}/155 against 0/{last} | {' | '.join(f'{value:.4f}' for value in values)} |" in PAGE


@pytest.mark.parametrize("deaths", range(1, 6))
def test_page_prints_the_chance_of_the_run(deaths):
    final, anywhere = (run(1241, 809, deaths).value for run in (final_run, longest_run_anywhere))
    assert f"| {deaths} | {p_value(final)} | {p_value(anywhere)} |" in PAGE


def test_page_lists_everything_that_cannot_be_reproduced_with_its_reason():
    listed = (Path(__file__).with_name("not_reproducible.md")).read_text(encoding="utf-8").splitlines()
    assert len(listed) >= 8
    assert [line for line in listed if line not in PAGE.splitlines()] == []
    assert [line for line in listed if not line.startswith("- **") or "**: " not in line] == []
