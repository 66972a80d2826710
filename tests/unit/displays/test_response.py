"""Does the section on response say what its rows say, and no more?"""

from __future__ import annotations

import pytest

from seriatim.analyses._response_counts import BEST_RESPONSE, MOMENT, ONGOING
from seriatim.analyses._response_duration import DURATION_KEYS
from seriatim.analyses.response import Options, analyse
from seriatim.displays import response as display
from seriatim.displays._contract import Shown
from seriatim.methods import miettinen_nurminen
from seriatim.pages import Figure, Table
from seriatim.plans.grouping import Levels
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(title="response", grouping={"by": "equal groups", "groups": 2}, stratum="diagnosis", strata=("melanoma",))
FORBIDDEN = ("no difference", "unchanged", "safe", "caused by", "trend towards", "significant")


def shown(best: list, ongoing: list | None = None, **options: object) -> Shown:
    group, stratum = (
        Key("group", Role.PARTITION, ("early", "late")),
        Key("stratum", Role.PARTITION, ("melanoma", "other")),
    )
    rows = {"best_response": best, "ongoing_complete": ongoing or [], "response_duration": []}
    keys = {
        "best_response": (BEST_RESPONSE,),
        "ongoing_complete": (MOMENT, ONGOING),
        "response_duration": DURATION_KEYS,
    }
    tallies = {
        name: tally_from_rows(name, Unit.PATIENT, name, (group, stratum, *keys[name]), rows[name]) for name in rows
    }
    return Shown(Results(tuple(analyse(tallies, PLAN, Options(**options)))), tallies, PLAN)


# Melanoma CR 20 to 15 %, other PR 20 to 18 %.
BEST = [
    ("early", "melanoma", "CR", 20), ("early", "melanoma", "PD", 75), ("early", "melanoma", "NE", 5),
    ("late", "melanoma", "CR", 15), ("late", "melanoma", "PD", 85),
    ("early", "other", "PR", 10), ("early", "other", "SD", 40), ("late", "other", "PR", 9), ("late", "other", "SD", 41),
]  # fmt: skip


def text_of(section: object) -> str:
    parts = []
    for block in section.blocks:
        parts.append(block.text if hasattr(block, "text") else "")
        if isinstance(block, Table):
            parts += [block.caption, *block.notes, *(cell.text for row in block.rows for cell in row.cells)]
    return "\n".join([*parts, *section.notes])


def test_lead_says_how_large_a_loss_is_not_excluded_where_the_plan_has_no_margin() -> None:
    (sentence,) = display.lead(shown(BEST))
    assert "strata together" in sentence.text
    # Weights 50 and 25: (50 x -5 + 25 x -2) / 75 = -4 points.
    assert "a change of −4.0 points" in sentence.text
    lower = miettinen_nurminen.stratified_difference([20, 10], [100, 50], [15, 9], [100, 50]).interval.lower
    assert f"a loss of up to {-100 * lower:.1f} points is not excluded" in sentence.text


def test_lead_gives_margin_source_and_verdict_where_the_plan_has_one() -> None:
    margin = {"endpoint": "overall_response", "points": 20, "source": "protocol 7"}
    (sentence,) = display.lead(shown(BEST, margins=(margin,)))
    assert (
        "margin 20 points, protocol 7: a loss of that size is excluded at the one-sided 2.5 % level," in sentence.text
    )
    assert "one-sided P = 0.00023" in sentence.text


def test_lead_says_not_excluded_where_the_interval_reaches_the_margin() -> None:
    margin = {"endpoint": "overall_response", "points": 10, "source": "protocol 7"}
    (sentence,) = display.lead(shown(BEST, margins=(margin,)))
    assert "a loss of that size is not excluded" in sentence.text


def test_section_warns_of_patients_who_could_not_be_evaluated() -> None:
    section = display.section(shown(BEST))
    assert "not evaluable or not recorded in 5 of 150 patients (3 %) of early" in text_of(section)


def test_section_warns_of_follow_up_that_does_not_reach_the_landmark() -> None:
    ongoing = [("late", "melanoma", "landmark", "follow-up too short", 30), ("late", "melanoma", "landmark", "yes", 70)]
    assert "30 of 100 patients (30 %) were not followed to the landmark" in text_of(
        display.section(shown(BEST, ongoing))
    )


def test_section_never_says_what_a_p_value_cannot() -> None:
    text = text_of(display.section(shown(BEST))).lower()
    assert not [words for words in FORBIDDEN if words in text]


def test_every_table_cell_has_a_row_or_a_reason_behind_it() -> None:
    for block in display.section(shown(BEST)).blocks:
        if isinstance(block, Table):
            for row in block.rows:
                assert all(cell.result_ids or cell.kind != "number" or cell.text.isdigit() for cell in row.cells)


def test_series_without_response_analysis_has_no_section() -> None:
    empty = Shown(Results(()), {}, PLAN)
    assert display.lead(empty) == ()
    assert display.section(empty) is None


@pytest.mark.parametrize("missing", ["early", "late"])
def test_group_without_any_record_gets_a_reason_and_no_number(missing: str) -> None:
    other = "late" if missing == "early" else "early"
    best = [(missing, "melanoma", "not assessed", 10), (other, "melanoma", "CR", 2), (other, "melanoma", "PD", 8)]
    (sentence,) = display.lead(shown(best))
    assert "cannot be given" in sentence.text


def test_durations_of_the_first_and_last_group_have_a_picture_with_numbers_at_risk() -> None:
    group = Key("group", Role.PARTITION, ("early", "late"))
    stratum = Key("stratum", Role.PARTITION, ("melanoma", "other"))
    rows = [
        (when, "melanoma", reading, day, end, 5)
        for when in ("early", "late")
        for reading in ("earliest", "latest")
        for day, end in ((90, "progression or death"), (200, "censored"))
    ]
    made = shown(BEST)
    durations = tally_from_rows("response_duration", Unit.PATIENT, "d", (group, stratum, *DURATION_KEYS), rows)
    tallies = {**made.tallies, "response_duration": durations}
    section = display.section(Shown(Results(tuple(analyse(tallies, PLAN, Options()))), tallies, PLAN))
    figure = next(block for block in section.blocks if isinstance(block, Figure) and block.name == "response_duration")
    assert "early: 10 at risk at the start, 50 % still in response at 180" in figure.alternative


def test_response_that_is_shown_to_be_less_is_on_the_first_screen_although_overall_response_is_open() -> None:
    best = [("early", "melanoma", "CR", 20), ("early", "melanoma", "PD", 80), ("late", "melanoma", "PR", 20),
            ("late", "melanoma", "PD", 80)]  # fmt: skip
    overall, less = display.lead(shown(best))
    assert "a change of 0.0 points" in overall.text
    assert less.text.startswith(
        "Response fell from the first group to the last: Complete response, melanoma by 20.0 points"
    )
    assert less.tone == "caution"
    assert "not adjusted for their number" in less.text


def test_ongoing_response_is_told_with_its_landmark() -> None:
    ongoing = [("early", "melanoma", "landmark", "yes", 5), ("early", "melanoma", "landmark", "no", 95),
               ("late", "melanoma", "landmark", "yes", 6), ("late", "melanoma", "landmark", "no", 94)]  # fmt: skip
    text = text_of(display.section(shown(BEST, ongoing)))
    assert "Ongoing complete response 365 days after the first treatment, melanoma: a change of 1.0 points" in text


def test_group_without_any_record_is_not_said_to_count_as_no_response() -> None:
    best = [("early", "melanoma", "not assessed", 10), ("late", "melanoma", "CR", 2), ("late", "melanoma", "PD", 8)]
    text = text_of(display.section(shown(best)))
    assert "No response is recorded in early: no rate is given there." in text
    assert "10 of 10 patients (100 %) of early; they count as no response" not in text


def test_series_without_any_record_of_response_has_one_sentence_and_no_empty_tables() -> None:
    best = [("early", "melanoma", "not assessed", 10), ("late", "melanoma", "not assessed", 10)]
    (only,) = display.section(shown(best)).blocks
    assert only.text == "Response is not recorded for any patient: whether it was kept cannot be said."
    assert display.lead(shown(best)) == (only,)


def test_durations_are_told_with_the_log_rank_test_and_with_whom_it_compares() -> None:
    group = Key("group", Role.PARTITION, ("early", "late"))
    stratum = Key("stratum", Role.PARTITION, ("melanoma", "other"))
    rows = [(when, "melanoma", reading, day, "progression or death", 5)
            for when, day in (("early", 300), ("late", 90)) for reading in ("earliest", "latest")]  # fmt: skip
    made = shown(BEST)
    durations = tally_from_rows("response_duration", Unit.PATIENT, "d", (group, stratum, *DURATION_KEYS), rows)
    tallies = {**made.tallies, "response_duration": durations}
    section = display.section(Shown(Results(tuple(analyse(tallies, PLAN, Options()))), tallies, PLAN))
    table = next(block for block in section.blocks if isinstance(block, Table) and block.name == "response_duration")
    assert table.notes[1].startswith("Log-rank test: all groups, P = ")
    assert "first group against last, P = " in table.notes[1]
    assert table.notes[1].endswith("It compares those who responded, not all who were treated.")


def test_arms_are_named_and_a_single_group_is_compared_with_nothing() -> None:
    made = shown(BEST)
    arms = PLAN.model_copy(update={"grouping": Levels(by="levels", column="arm", levels=("early", "late"))})
    (named, *_) = display.lead(Shown(made.results, made.tallies, arms))
    assert "a difference of −4.0 points" in named.text
    assert "(late minus early)" in named.text
    assert display.section(Shown(made.results, made.tallies, arms)).heading == "Did response differ between the groups?"
    alone = Results(tuple(row for row in made.results if row.group != "late"))
    (only,) = display.lead(Shown(alone, made.tallies, PLAN))
    assert only.text == "Overall response (CR or PR): 30 of 150 (20 %); the series is one group."
