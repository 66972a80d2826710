"""What does the report say of the risk of one dose?"""

from __future__ import annotations

from seriatim.analyses.risk_per_dose import Options, analyse, needs
from seriatim.displays import risk_per_dose
from seriatim.displays._contract import Shown
from seriatim.pages import Figure, Sentence, Table
from seriatim.plans.grouping import Levels
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(
    title="per dose",
    grouping={"by": "equal groups", "groups": 2},
    endpoints=[{"id": "it", "label": "Hypotension", "terms": "hypotension"}],
)


def shown(
    early: dict[str, int] | int = 40, late: dict[str, int] | int = 4, groups=("early", "late"), left_out=()
) -> Shown:
    """Groups of 155, all given 8 doses, with so many first events after dose 3, by reading where they differ."""
    (spec,) = needs(PLAN, Options())
    keys = tuple(Key("group", key.role, groups) if key.name == "group" else key for key in spec.keys)
    rows = [(*row[:1], "it", *row[1:]) for row in left_out]
    for reading in ("earliest", "latest"):
        for group, events in zip(groups, (early, late), strict=False):
            n = events if isinstance(events, int) else events[reading]
            rows += [(group, "it", reading, "after a dose", 8, 3, n), (group, "it", reading, "no event", 8, 0, 155 - n)]
    tallies = {spec.name: tally_from_rows(spec.name, Unit.PATIENT, spec.definition, keys, rows)}
    return Shown(Results(tuple(analyse(tallies, PLAN, Options()))), tallies, PLAN)


def words(made: Shown) -> str:
    return " ".join(block.text for block in risk_per_dose.section(made).blocks if isinstance(block, Sentence))


def test_first_screen_says_for_how_many_endpoints_a_single_dose_became_less_risky():
    (sentence,) = risk_per_dose.lead(shown())
    assert sentence.text.startswith("Risk per dose: for 1 of 1 endpoint the risk of a single dose fell as well (")


def test_first_screen_leaves_open_what_the_interval_leaves_open():
    (sentence,) = risk_per_dose.lead(shown(20, 20))
    assert (
        "for 0 of 1 endpoint the risk of a single dose fell as well; for 1 a change per dose is not shown"
        in sentence.text
    )


def test_first_screen_tells_a_rise_of_the_risk_of_a_single_dose():
    (sentence,) = risk_per_dose.lead(shown(4, 40))
    assert "for 1 it rose (Hypotension)" in sentence.text


def test_fall_by_one_reading_of_dates_alone_is_not_called_a_fall():
    made = shown({"earliest": 20, "latest": 40}, {"earliest": 20, "latest": 4})
    (sentence,) = risk_per_dose.lead(made)
    assert "for 0 of 1 endpoint" in sentence.text
    assert "depends on how inexact dates are read: 0.00 points" in words(made)


def test_series_of_one_group_makes_no_claim_of_a_change():
    made = shown(groups=("early",))
    assert risk_per_dose.lead(made) == ()
    assert "Hypotension: by dose 7, 26 % would have had it (95 % interval 20 % to 33 %)." in words(made)
    assert "change" not in words(made)


def test_patients_who_could_not_be_placed_are_tabled_by_reason_and_group():
    left_out = [("early", "latest", "onset unknown", 8, 0, 3), ("late", "latest", "not assessed", 8, 0, 2)]
    section = risk_per_dose.section(shown(left_out=left_out))
    (table,) = (block for block in section.blocks if isinstance(block, Table) and block.name == "not_placed")
    assert [(row.header, [cell.text for cell in row.cells]) for row in table.rows] == [
        ("Hypotension: Had it, onset unknown", ["latest reading of onset", "3", "0"]),
        ("Hypotension: Not assessed", ["latest reading of onset", "0", "2"]),
    ]


def test_risk_by_a_dose_is_told_with_the_interval_of_its_change():
    # 1 - (1 - 40/155) is 26 %, 4/155 is 3 %; by dose 7, of which only the third has events.
    assert (
        "by dose 7, 26 % in the first group and 3 % in the last would have had it, a change of −23.2 points"
        in words(shown())
    )


def test_section_warns_that_stopping_is_not_random():
    assert "Toxicity ends dosing" in words(shown())


def test_change_per_dose_stands_with_its_interval_before_the_p_value():
    text = words(shown())
    assert text.index("interval") < text.index("P < 0.0001")
    assert "26 % in the first group" in text


def test_picture_is_drawn_for_two_groups_with_doses():
    figures = [block for block in risk_per_dose.section(shown()).blocks if isinstance(block, Figure)]
    assert [figure.name for figure in figures] == ["hazard_by_dose_it"]


def test_an_endpoint_without_any_event_is_told_with_its_reason():
    text = words(shown(0, 0))
    assert "Hypotension" in text


def test_nothing_is_shown_that_was_not_asked_for():
    empty = Shown(Results(()), {}, PLAN)
    assert risk_per_dose.section(empty) is None
    assert risk_per_dose.lead(empty) == ()


def test_doses_that_are_not_recorded_one_by_one_leave_nothing_to_say():
    (spec,) = needs(PLAN, Options())
    keys = tuple(Key("group", key.role, ("early", "late")) if key.name == "group" else key for key in spec.keys)
    rows = [
        (group, "it", way, "no dose recorded", 0, 0, 9) for group in ("early", "late") for way in ("earliest", "latest")
    ]
    tallies = {spec.name: tally_from_rows(spec.name, Unit.PATIENT, spec.definition, keys, rows)}
    made = Shown(Results(tuple(analyse(tallies, PLAN, Options()))), tallies, PLAN)
    (sentence,) = risk_per_dose.lead(made)
    assert sentence.text == "Risk per dose cannot be given: the doses of these patients are not recorded one by one."


def test_hazards_are_tabled_for_every_group():
    made = shown(groups=("early", "late"))
    (table,) = (block for block in risk_per_dose.section(made).blocks if getattr(block, "name", "") == "hazards")
    assert table.columns == ("Endpoint and dose", "early", "late")
    assert [cell.text for cell in table.rows[2].cells] == ["40/155 (25.8 %)", "4/155 (2.6 %)"]


def test_arms_are_named_in_place_of_first_and_last():
    made = shown()
    arms = PLAN.model_copy(update={"grouping": Levels(by="levels", column="arm", levels=("early", "late"))})
    named = Shown(made.results, made.tallies, arms)
    assert "the risk of a single dose was lower in late than in early (" in risk_per_dose.lead(named)[0].text
    assert "Hypotension: per dose given, late minus early is −" in words(named)
    assert "26 % in early and 3 % in late would have had it, a difference of" in words(named)
