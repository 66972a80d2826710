"""Which figures of a printed table contradict each other?"""

from __future__ import annotations

import pytest

from seriatim.findings import Finding, Severity
from seriatim.tallies.consistency import CONVENTIONS, consistency_findings, conventions_named, matching_conventions
from seriatim.tallies.published import Claim, Reading, published_from_csv

HEAD = "endpoint,group,k,n,percent,lower,upper,level,p,test"


def found(*lines: str) -> tuple[Finding, ...]:
    return consistency_findings(published_from_csv("\n".join([HEAD, *lines]), "table.csv"))


def test_table_whose_figures_agree_has_no_findings():
    assert found("sepsis,first,28,155,18,12.4,25.0,,8.3e-5", "sepsis,last,6,155,4,1.4,8.2,,") == ()


def test_percentage_that_the_count_does_not_give_is_found_with_the_one_it_gives():
    (finding,) = found("cardiovascular,continuous,78,225,39,,,,")
    assert (finding.rule, finding.severity, finding.row) == ("published.percent", Severity.WARNING, 1)
    assert finding.expected == "34.7 % for 78 of 225"


def test_percentage_that_no_count_gives_is_found():
    (finding,) = found("fever,first,,10,33,,,,")
    assert finding.expected == "a percentage that some count of 10 gives"


def test_count_above_its_size_is_found_once():
    (finding,) = found("fever,first,12,10,120,1,2,,")
    assert (finding.rule, finding.expected) == ("published.count", "at most 10 of first")


def test_interval_of_another_level_than_printed_is_found_with_the_level_it_has():
    (finding,) = found("response,all,36,255,14,10,19,90,")
    assert finding.rule == "published.interval"
    assert "these bounds are the 95 % interval by Clopper-Pearson" in finding.expected
    assert finding.next_move == "the level is mislabelled: read it as 95 %"


def test_interval_of_no_level_is_found():
    (finding,) = found("response,all,36,255,14,10,45,95,")
    assert finding.expected == "a 95 % interval of the count, by Clopper-Pearson or Wilson"


@pytest.mark.parametrize("bounds", ["9.4,19.9,98", "10.1,19.0,95", "10.4,18.9,95"])
def test_interval_of_its_own_level_by_either_method_agrees(bounds):
    assert found(f"response,all,36,255,14,{bounds},") == ()


def test_half_an_interval_is_not_judged():
    assert found("response,all,36,255,14,3,,95,") == ()


def test_p_value_that_no_convention_gives_is_found_with_those_they_give():
    (finding,) = found("injection site,sc,5,103,,,,,1.0", "injection site,civ,0,225,,,,,")
    assert (finding.rule, finding.found) == ("published.p", "P = 1.0")
    assert "0.0029 by Fisher, minimum likelihood, 0.0057 by Fisher, central" in finding.expected


def test_p_value_below_a_bound_is_read_as_it_says():
    assert found("sepsis,first,28,155,,,,,<0.001", "sepsis,last,6,155,,,,,") == ()
    (finding,) = found("sepsis,first,8,155,,,,,<0.001", "sepsis,last,6,155,,,,,")
    assert finding.found == "P <0.001"


def test_p_value_that_one_admissible_count_gives_agrees():
    lines = ("ischaemia,first,,155,3,,,,{}", "ischaemia,last,,155,0,,,,")
    assert found(lines[0].format("0.12"), lines[1]) == ()  # 4 of 155
    assert found(lines[0].format("0.060"), lines[1]) == ()  # 5 of 155
    (finding,) = found(lines[0].format("0.5"), lines[1])
    assert finding.expected.endswith("(first admissible counts)")


PRESSORS = ("response,pressors,13,56,,,,,{},{}", "response,none,3,46,,,,,,")


def test_p_value_is_checked_by_the_test_that_the_paper_names():
    doubled, likelihood = "Fisher, central (one tail doubled)", "Fisher, minimum likelihood"
    assert found(PRESSORS[0].format("0.037", f'"{doubled}"'), PRESSORS[1]) == ()
    (finding,) = found(PRESSORS[0].format("0.037", f'"{likelihood}"'), PRESSORS[1])
    assert (finding.rule, finding.severity) == ("published.test", Severity.WARNING)
    assert finding.expected == f"0.028 by {likelihood}, because the test is named {likelihood}"
    assert finding.next_move.endswith(f"the P value is that of {doubled}")


def test_p_value_of_no_test_is_the_same_finding_whatever_test_is_named():
    (finding,) = found(PRESSORS[0].format("0.5", "chi-square"), PRESSORS[1])
    assert finding.rule == "published.p"


def test_named_test_is_looked_for_among_all_admissible_counts():
    ischaemia = ("ischaemia,first,,155,3,,,,0.044,{}", "ischaemia,last,,155,0,,,,,")
    assert found(ischaemia[0].format("chi-square"), ischaemia[1]) == ()  # 4 of 155
    (finding,) = found(ischaemia[0].format("Fisher's exact test"), ischaemia[1])
    assert "(first admissible counts), because the test is named Fisher's exact test" in finding.expected


@pytest.mark.parametrize("test", ["log-rank", "Fisher's exact test (one-sided)", "chi-square for trend"])
def test_p_value_of_a_test_that_counts_do_not_give_is_noted_and_not_judged(test):
    (finding,) = found(PRESSORS[0].format("0.9", test), PRESSORS[1])
    assert (finding.rule, finding.severity) == ("published.p_not_checked", Severity.NOTE)
    assert finding.found == f"P = 0.9 by the test {test}"


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("Fisher's exact", ["Fisher, minimum likelihood", "Fisher, central (one tail doubled)"]),
        ("two-tailed Fisher, doubled", ["Fisher, central (one tail doubled)"]),
        ("P2", ["Fisher, central (one tail doubled)"]),
        ("Chi-square", ["chi-squared", "chi-squared with Yates's correction"]),
        ("χ2 without continuity correction", ["chi-squared"]),
        ("X² with continuity correction", ["chi-squared with Yates's correction"]),
        ("chi-square or Fisher's exact test", ["chi-squared, or Fisher where an expected count is under 5"]),
        ("mid-P", ["mid-P"]),
        ("score test", ["Miettinen-Nurminen score"]),
        ("Wilcoxon", []),
    ],
)
def test_name_of_a_test_stands_for_the_conventions_that_it_leaves_open(printed, meant):
    assert list(conventions_named(printed)) == meant


def test_every_convention_is_known_by_its_own_name():
    assert [conventions_named(name) for name in CONVENTIONS] == [(name,) for name in CONVENTIONS]


def test_p_value_of_counts_that_contradict_themselves_is_not_judged():
    assert [finding.rule for finding in found("f,a,,10,33,,,,0.04", "f,b,1,10,,,,,")] == ["published.percent"]


def test_p_value_of_three_groups_is_noted_as_not_checked():
    (finding,) = found("fever,a,3,10,,,,,0.04", "fever,b,1,10,,,,,", "fever,c,1,10,,,,,")
    assert (finding.rule, finding.severity) == ("published.p_not_checked", Severity.NOTE)


def test_percentages_that_thousands_of_counts_fit_are_noted_and_not_enumerated():
    notes = found("fever,a,,38800,30,,,,0.9", "fever,b,,38800,20,,,,")
    assert [note.rule for note in notes] == ["published.readings", "published.p_not_checked"]
    assert {note.severity for note in notes} == {Severity.NOTE}
    assert notes[0].found == f"percentages that {389 * 389:,} combinations of counts print as"


def test_claim_without_figures_is_noted_with_the_reason_why_it_cannot_be_redone():
    table = published_from_csv("endpoint,group,k,n\nsepsis,first,28,155\n", "t.csv")
    claim = Claim(claim="median number of doses, 13 and 7", because="medians alone")
    (finding,) = consistency_findings(table.model_copy(update={"claims": (claim,)}))
    assert (finding.rule, finding.severity, finding.row) == ("published.not_redone", Severity.NOTE, 1)
    assert finding.found == "median number of doses, 13 and 7"
    assert finding.next_move == "it cannot be redone: medians alone"


def test_endpoint_is_found_by_its_place_in_the_table():
    (finding,) = found("fever,a,3,10,30,,,,", "rash,a,3,10,31,,,,")
    assert (finding.table, finding.row, finding.column) == ("rash", 2, "percent, a")


def test_conventions_that_give_a_printed_p_are_named():
    pressors = Reading("response", ("pressors", "none"), ((13, 56), (3, 46)))
    assert matching_conventions("0.037", pressors) == ["Fisher, central (one tail doubled)"]
    assert matching_conventions("0.028", pressors) == ["Fisher, minimum likelihood"]


def test_test_that_cannot_be_done_matches_nothing():
    named = matching_conventions("1.0", Reading("fever", ("a", "b"), ((0, 10), (0, 10))))
    assert "Fisher, minimum likelihood" in named
    assert "chi-squared" not in named
