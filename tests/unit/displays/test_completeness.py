"""Does the report warn where the record of the last group is not that of the first?"""

from __future__ import annotations

from seriatim.analyses.completeness import ALWAYS, COMPLETE, Options, analyse
from seriatim.displays import completeness as display
from seriatim.displays._contract import Shown
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(title="completeness", grouping={"by": "equal groups", "groups": 2})


def shown(last: int) -> Shown:
    keys = (Key("group", Role.PARTITION, ("early", "late")), Key("item", Role.VIEW, ALWAYS[:1]), COMPLETE)
    rows = [("early", ALWAYS[0], "yes", 90), ("early", ALWAYS[0], "no", 10),
            ("late", ALWAYS[0], "yes", last), ("late", ALWAYS[0], "no", 100 - last)]  # fmt: skip
    tally = tally_from_rows("completeness", Unit.PATIENT, "completeness", keys, rows)
    return Shown(Results(tuple(analyse({"completeness": tally}, PLAN, Options()))), {}, PLAN)


def test_item_lost_in_a_tenth_of_the_patients_is_a_caution_on_the_first_screen() -> None:
    (sentence,) = display.lead(shown(70))
    assert sentence.tone == "caution"
    assert "any adverse event record: −20.0 points (95 % interval " in sentence.text


def test_record_that_is_as_complete_needs_no_word_on_the_first_screen() -> None:
    assert display.lead(shown(88)) == ()
    assert "No item of the record" in display.section(shown(88)).blocks[0].text


def test_table_has_a_line_an_item_with_counts_difference_and_p() -> None:
    table = display.section(shown(70)).blocks[1]
    (line,) = table.rows
    assert line.header == "Any adverse event record"
    assert line.cells[1].text.startswith("70/100 (70 %")
    assert line.cells[2].text.startswith("−20.0 (")


def test_review_without_completeness_has_no_section() -> None:
    empty = Shown(Results(()), {}, PLAN)
    assert display.section(empty) is None
    assert display.lead(empty) == ()


def test_series_of_one_group_is_not_said_to_be_equally_complete() -> None:
    keys = (Key("group", Role.PARTITION, ("all cases",)), Key("item", Role.VIEW, ALWAYS[:1]), COMPLETE)
    tally = tally_from_rows("completeness", Unit.PATIENT, "c", keys, [("all cases", ALWAYS[0], "yes", 9)])
    alone = Shown(Results(tuple(analyse({"completeness": tally}, PLAN, Options()))), {}, PLAN)
    assert display.section(alone).blocks[0].text == (
        "Whether the record is equally complete in all groups cannot be said: the series is one group."
    )


def test_arms_are_named_in_sentence_and_heading() -> None:
    arms = Plan(title="trial", grouping={"by": "levels", "column": "arm", "levels": ["early", "late"]})
    sentence, table = display.section(Shown(shown(70).results, {}, arms)).blocks
    assert sentence.text.startswith("The record of late is not as complete as that of early, or more so (")
    assert "Late minus early, points (95 %)" in table.columns
