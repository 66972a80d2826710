"""Does the table of terms show what its rows say, in an order that can be read?"""

from __future__ import annotations

from seriatim.analyses.terms import OUTCOME, Options, analyse
from seriatim.displays import terms as display
from seriatim.displays._contract import Shown
from seriatim.pages import Sentence, Table
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(title="terms", grouping={"by": "equal groups", "groups": 2})


def section_of(had: dict[str, tuple[int, int]], views: tuple = (("all", "any"),), size: int = 200):
    keys = (
        Key("group", Role.PARTITION, ("early", "late")),
        Key("reading", Role.VIEW, tuple(dict.fromkeys(reading for reading, _ in views))),
        Key("severity", Role.VIEW, tuple(dict.fromkeys(severity for _, severity in views))),
        Key("term", Role.VIEW, tuple(had)),
        OUTCOME,
    )
    rows = [
        (group, *view, term, outcome, count)
        for view in views
        for term, events in had.items()
        for group, n in zip(("early", "late"), events, strict=True)
        for outcome, count in (("yes", n), ("no", size - n))
    ]
    tally = tally_from_rows("terms", Unit.PATIENT, "terms", keys, rows)
    return display.section(Shown(Results(tuple(analyse({"terms": tally}, PLAN, Options()))), {"terms": tally}, PLAN))


HAD = {
    "any": (150, 90), "gut": (100, 40), "gut / nausea": (30, 30), "gut / diarrhoea": (90, 20),
    "skin": (120, 50), "skin / rash": (120, 50), "skin / wheal": (1, 0),
}  # fmt: skip


def test_classes_and_their_terms_stand_the_most_frequent_first() -> None:
    (table,) = (block for block in section_of(HAD).blocks if isinstance(block, Table))
    assert [(row.header, row.level) for row in table.rows] == [
        ("Any adverse event", 0), ("skin", 0), ("rash", 1), ("gut", 0), ("diarrhoea", 1), ("nausea", 1),
    ]  # fmt: skip


def test_terms_rarer_than_one_percent_in_every_group_are_counted_in_a_note() -> None:
    (table,) = (block for block in section_of(HAD).blocks if isinstance(block, Table))
    assert table.notes == ("1 term that fewer than 1 % of every group had is in the results, not in this table.",)


def test_cell_has_count_and_percentage_and_the_denominator_is_in_the_heading() -> None:
    (table,) = (block for block in section_of(HAD).blocks if isinstance(block, Table))
    assert table.columns[1] == "early (N = 200)"
    assert table.rows[2].cells[0].text == "120 (60.0 %)"


def test_sentence_names_the_terms_that_moved_and_how_many_were_compared() -> None:
    (sentence,) = (block for block in section_of(HAD).blocks if isinstance(block, Sentence))
    assert "Of 4 terms compared, 2 became rarer and 0 more frequent beyond chance" in sentence.text
    assert "rarer: rash, diarrhoea." in sentence.text


def test_each_severity_of_all_events_and_any_severity_of_related_ones_get_a_table() -> None:
    views = (("all", "any"), ("all", ">=3"), ("related", "any"), ("related", ">=3"))
    names = [block.name for block in section_of(HAD, views).blocks if isinstance(block, Table)]
    assert names == ["terms_all_any", "terms_all_from_3", "terms_related_any"]


def test_first_screen_has_no_sentence_about_terms() -> None:
    assert display.lead(Shown(Results(()), {}, PLAN)) == ()


def test_review_without_terms_has_no_section() -> None:
    assert display.section(Shown(Results(()), {}, PLAN)) is None


def test_each_arm_against_the_first_is_named_in_its_sentence_and_heading() -> None:
    arms = Plan(title="trial", grouping={"by": "levels", "column": "arm", "levels": ["placebo", "low", "high"]})
    keys = (Key("group", Role.PARTITION, ("placebo", "low", "high")), Key("reading", Role.VIEW, ("all",)),
            Key("severity", Role.VIEW, ("any",)), Key("term", Role.VIEW, ("skin / rash",)), OUTCOME)  # fmt: skip
    had = {"placebo": 8, "low": 22, "high": 60}
    rows = [(arm, "all", "any", "skin / rash", outcome, n) for arm, events in had.items()
            for outcome, n in (("yes", events), ("no", 100 - events))]  # fmt: skip
    tally = tally_from_rows("terms", Unit.PATIENT, "terms", keys, rows)
    results = Results(tuple(analyse({"terms": tally}, arms, Options(compare="each against first"))))
    *sentences, table = display.section(Shown(results, {"terms": tally}, arms)).blocks
    assert [sentence.text.partition(",")[0] for sentence in sentences] == [
        "low against placebo: of 1 terms compared", "high against placebo: of 1 terms compared",
    ]  # fmt: skip
    assert "low minus placebo, points (95 %)" in table.columns
