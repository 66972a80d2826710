"""Do the sentences say what their rows say, and no more?"""

from __future__ import annotations

import pytest

from seriatim.displays.wording import incidence as wording
from seriatim.displays.wording import methods
from seriatim.displays.wording.abstract import abstract_sentences
from seriatim.plans.endpoints import Endpoint
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.results.row import ResultRow


def row(name: str, value: float | None, **columns: object) -> ResultRow:
    about = {"result_id": name, "comparison_id": "c", "analysis": "incidence", "endpoint": "sepsis"}
    return ResultRow(**about | {"value": value, "statistic": name.split("/", maxsplit=1)[0]} | columns)


FIRST = row("risk/1", 28 / 155, numerator=28, denominator=155, group="cases 1–155")
LAST = row("risk/2", 6 / 155, numerator=6, denominator=155, group="cases 156–310")
DIFFERENCE = row("risk_difference", -22 / 155, lower=-0.2146, upper=-0.0763, level=0.95)
P = row("p_score", 0.00003)


def test_counts_come_first_then_the_change_with_its_interval_then_p_with_its_test():
    sentence = wording.fell("Line sepsis", FIRST, LAST, DIFFERENCE, P)
    assert sentence.text == (
        "Line sepsis: 28 of 155 (18 %) in the first group, 6 of 155 (4 %) in the last;"
        " a change of −14.2 points (95 % interval −21.5 to −7.6); P < 0.0001 by the score test."
    )
    assert sentence.result_ids == ("risk/1", "risk/2", "risk_difference", "p_score")


def test_what_cannot_be_given_is_said_with_its_reason():
    nobody = row("risk/2", None, reason="there are no patients", numerator=0, denominator=0)
    none = row("risk_difference", None, reason="a group has no patients")
    sentence = wording.fell("Line sepsis", FIRST, nobody, none, P)
    assert sentence.text.endswith(
        "not known in the last; the difference cannot be given because a group has no patients."
    )
    without_p = wording.fell("Line sepsis", FIRST, LAST, DIFFERENCE, row("p_score", None, reason="no variation"))
    assert without_p.text.endswith("; no P value because no variation.")


def test_series_of_one_group_is_told_without_a_comparison():
    assert wording.only_group("Line sepsis", FIRST).text == "Line sepsis: 28 of 155 (18 %); the series is one group."


def test_summary_leads_with_a_fall_only_where_most_fell_and_none_rose():
    most = wording.summary(wording.Moved(["Line sepsis", "Diarrhoea"], [], ["Intubation"]), (), "after Holm adjustment")
    assert most.text == (
        "Severe toxicity fell. Of 3 endpoints, 2 fell from the first group to the last beyond chance after Holm"
        " adjustment; for intubation a fall is not shown."
    )
    assert most.tone == "lead"
    half = wording.summary(wording.Moved(["Line sepsis"], [], ["Intubation"]), (), "adjusted")
    assert half.text.startswith("Of 2 endpoints, 1 fell")
    assert wording.summary(wording.Moved(["Line sepsis"], [], []), (), "adjusted").text.startswith(
        "Severe toxicity fell. Of 1 endpoint,"
    )


def test_endpoint_that_rose_is_never_hidden_behind_those_that_fell():
    told = wording.summary(wording.Moved(["Line sepsis", "Diarrhoea"], ["CRS", "Fever"], []), (), "adjusted").text
    assert told == (
        "Of 4 endpoints, 2 fell from the first group to the last beyond chance adjusted; CRS and fever rose."
    )


def test_abbreviation_keeps_its_capitals_inside_a_sentence():
    told = wording.summary(wording.Moved([], [], ["ICANS, grade 3", "Line sepsis", "X"]), (), "adjusted").text
    assert "for ICANS, grade 3; line sepsis; and x a fall is not shown" in told


def test_verdict_that_hangs_on_the_test_names_each_test():
    tests = [
        ("Fisher", row("p_fisher", 0.0605)),
        ("mid-P", row("p_mid", 0.0302)),
        ("none", row("p_x", None, reason="r")),
    ]
    sentence = wording.depends("Cardiac ischaemia", (FIRST, LAST), tests)
    assert "gives P = 0.061 by Fisher, 0.030 by mid-P." in sentence.text
    assert (sentence.tone, len(sentence.result_ids)) == ("caution", 5)


def test_missing_patients_are_told_for_the_group_that_lacks_most():
    rows = [
        row("risk/1", 0.1, missing=1, denominator=9, group="a"),
        row("risk/2", 0.1, missing=5, denominator=5, group="b"),
    ]
    sentence = wording.missing("Troponin", rows)
    assert "was not assessed, or its window is still open, in 5 of 10 patients (50 %) of b." in sentence.text
    assert wording.missing("Troponin", [FIRST, LAST]) is None


# ---- the plan in words

BLOCKS = {"by": "blocks", "size": 155}


def plan(grouping: dict, **given: object) -> Plan:
    return Plan(title="t", grouping=grouping, **given)


@pytest.mark.parametrize(
    ("grouping", "words"),
    [
        (BLOCKS, "blocks of 155 consecutive cases; a remainder under half a block joined the last one"),
        ({"by": "equal groups", "groups": 8}, "8 consecutive groups of equal size"),
        ({"by": "eras", "starts": ["1990-01-01", "1995-01-01"]}, "calendar eras that begin on 1990-01-01, 1995-01-01"),
        (
            {"by": "levels", "column": "arm", "levels": ["A", "B"]},
            "groups by arm (A, B), which are not consecutive",
        ),
        (
            {"by": "practice periods"},
            "periods between the dated changes of practice, each change taken as one of every site",
        ),
        (
            {"by": "practice periods", "domain": "screen"},
            "periods between the dated changes of practice in screen, each change taken as one of every site",
        ),
    ],
)
def test_each_grouping_has_its_words(grouping, words):
    assert methods.grouping(plan(grouping).grouping) == words


def test_methods_say_what_is_adjusted_and_what_is_not():
    declared = {"endpoints": [{"id": "a", "label": "A"}], "primary": {"endpoints": ["a"]}}
    told = " ".join(s.text for s in methods.text(plan(BLOCKS, treatment="IL-2", notes=("A note.",), **declared)))
    assert "The review counts treated patients given IL-2." in told
    assert "for 1 endpoint; the P values of its score tests are adjusted together by Holm" in told
    assert told.endswith("A note.")
    undeclared = " ".join(sentence.text for sentence in methods.text(plan(BLOCKS, level=0.9)))
    assert "The review counts treated patients." in undeclared
    assert "all results are exploratory and no P value is adjusted" in undeclared
    assert "Intervals are at 90 %" in undeclared


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"terms": ["line sepsis", "bacteraemia"]}, "line sepsis, bacteraemia"),
        ({}, "any adverse event"),
        ({"related": True, "serious": True}, "any adverse event, related only, serious only"),
        ({"interventions": "intubation", "intervention_reasons": "lung"}, "intubation (reason: lung)"),
        ({"terms": "hypoxia", "interventions": ["intubation"]}, "hypoxia; or intubation"),
    ],
)
def test_endpoint_says_what_a_record_must_be_of(given, words):
    assert methods.words(Endpoint(id="a", label="A", **given)) == words


def test_endpoint_says_from_when_to_when():
    assert methods.window(Endpoint(id="a", label="A")) == "from the first dose, without end"
    flagged = Endpoint(id="a", label="A", emergent="source flag", window_days=30)
    assert methods.window(flagged) == "where the source flags it as treatment-emergent, for 30 days"


# ---- the abstract of 1998 with the numbers of this series


def abstract(*rows: ResultRow) -> list[str]:
    asked = Plan(
        title="t", grouping=BLOCKS, endpoints=[{"id": "sepsis", "label": "Line sepsis"}],
        stratum="diagnosis", strata=["melanoma"],
    )  # fmt: skip
    return [sentence.text for sentence in abstract_sentences(Results(rows), asked)]


def test_abstract_is_told_in_its_own_order():
    assert abstract(
        row("response", 0.4, analysis="response", endpoint="overall_response", stratum="melanoma",
            statistic="p_fisher_minimum_likelihood"),
        row("doses/1", 13.0, analysis="doses", endpoint="first_cycle_doses", statistic="median", group="first"),
        row("doses/2", 7.0, analysis="doses", endpoint="first_cycle_doses", statistic="median", group="last"),
        row("run", 809.0, analysis="deaths", statistic="final_run"),
        FIRST, LAST, row("p_fisher_minimum_likelihood", 8.3e-5),
    ) == [
        "Line sepsis: from 18 % to 4 % (P < 0.0001, Fisher by minimum likelihood).",
        "No treatment-related death among the final 809 patients.",
        "Median number of doses in the first cycle: from 13 to 7.",
        "Melanoma, overall response, first group against last: P = 0.40.",
    ]  # fmt: skip


def test_sentence_without_its_rows_is_left_out():
    assert abstract() == []
    nothing = row("p_fisher_minimum_likelihood", None, reason="no variation")
    assert abstract(FIRST, LAST, nothing) == ["Line sepsis: from 18 % to 4 %."]
    empty = row("risk/2", None, reason="there are no patients")
    assert abstract(FIRST, empty, nothing) == []
    assert abstract(row("run", None, analysis="deaths", statistic="final_run", reason="no follow-up")) == []


def test_primary_contrast_of_a_trial_names_its_arms():
    arms = {"by": "levels", "column": "arm", "levels": ["placebo", "low", "high"]}
    endpoint = {"id": "fever", "label": "Fever", "terms": "fever"}
    asked = Plan(title="t", grouping=arms, endpoints=[endpoint], primary={"endpoints": ["fever"]})
    assert any(
        "The primary contrast is high against placebo for 1 endpoint;" in said.text for said in methods.text(asked)
    )
