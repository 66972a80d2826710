"""Does the section on toxicity show what its rows say, with what must not be overlooked?"""

from __future__ import annotations

from collections.abc import Mapping

from seriatim.analyses._family import family_rows
from seriatim.analyses._keys import OUTCOME
from seriatim.analyses.accrual import analyse as accrual_rows
from seriatim.analyses.incidence import GRADE_LEVELS, Options, analyse
from seriatim.displays import incidence as display
from seriatim.displays._contract import Shown
from seriatim.findings import Account, AccountLine
from seriatim.pages import Figure, Section, Table
from seriatim.plans.plan import AnalysisRequest, Plan, read_plan
from seriatim.results.results import Results
from seriatim.reviews.review import review
from seriatim.simulation.simulate import simulate
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, tally_from_rows

SEPSIS = {"id": "sepsis", "label": "Line sepsis, grade 3-4", "terms": "line sepsis", "grades": "3-4"}
TUBE = {"id": "tube", "label": "Intubation", "interventions": "intubation"}
ISCHAEMIA = {"id": "ischaemia", "label": "Cardiac ischaemia", "terms": "ischaemia", "grades": "4"}
SIZE = 155
Outcomes = Mapping[str, tuple[dict[str, int], ...]]


def plan(*endpoints: dict, **given: object) -> Plan:
    return Plan(**{"title": "t", "grouping": {"by": "blocks", "size": SIZE}, "endpoints": endpoints} | given)


def tally_of(outcomes: Outcomes) -> Tally:
    """Endpoint to its outcomes group by group; those not named are a no, in groups of 155."""
    groups = tuple(f"group {place}" for place in range(1, max(map(len, outcomes.values())) + 1))
    keys = (Key("group", Role.PARTITION, groups), Key("endpoint", Role.VIEW, tuple(outcomes)), OUTCOME)
    lines = [
        (groups[place], endpoint, outcome, n)
        for endpoint, counted in outcomes.items()
        for place, group in enumerate(counted)
        for outcome, n in (group | {"no": SIZE - sum(group.values())}).items()
    ]
    return tally_from_rows("incidence", Unit.PATIENT, "patients", keys, lines)


def shown(asked: Plan, outcomes: Outcomes, more: Mapping[str, Tally] | None = None, points: int = 0) -> Shown:
    tallies = {"incidence": tally_of(outcomes), **(more or {})}
    rows = list(analyse(tallies, asked, Options(curve_points=points)))
    rows += family_rows(rows, asked)
    if "accrual" in tallies:
        rows += accrual_rows(tallies, asked, None)
    account = Account((AccountLine("patients reviewed", 2 * SIZE, "patient"),))
    return Shown(Results(tuple(rows)), tallies, asked, account=account)


def had(*events: int) -> tuple[dict[str, int], ...]:
    return tuple({"yes": n} for n in events)


def table(section: Section | None, name: str) -> Table:
    assert section is not None
    return next(block for block in section.blocks if isinstance(block, Table) and block.name == name)


def texts(found: Table, row: int = 0) -> list[str]:
    return [cell.text for cell in found.rows[row].cells]


TWO = {"sepsis": had(28, 6), "ischaemia": had(5, 0)}


def test_lead_counts_the_primary_endpoints_that_fell_after_adjustment():
    asked = plan(SEPSIS, ISCHAEMIA, primary={"endpoints": ["sepsis", "ischaemia"]})
    first, caution = display.lead(shown(asked, TWO))
    assert first.text == (
        "Severe toxicity fell. Of 2 endpoints, 2 fell from the first group to the last beyond chance after Holm"
        " adjustment."
    )
    assert first.result_ids[0].endswith("p_score_holm")
    assert caution.text.startswith("Cardiac ischaemia depends on the test: 5 of 155 (3 %) against 0 of 155 (0 %)")
    assert caution.tone == "caution"


def test_lead_without_a_primary_contrast_says_that_nothing_was_adjusted():
    (first,) = display.lead(shown(plan(SEPSIS), {"sepsis": had(28, 6)}))
    assert "(not adjusted: no primary contrast was declared)" in first.text


def test_lead_tells_a_rise_and_what_did_neither():
    outcomes = {"sepsis": had(6, 28), "ischaemia": had(5, 5)}
    first, *_ = display.lead(shown(plan(SEPSIS, ISCHAEMIA), outcomes))
    assert first.text.endswith("line sepsis, grade 3-4 rose; for cardiac ischaemia a fall is not shown.")


def test_endpoint_that_cannot_be_compared_did_neither():
    outcomes = {"sepsis": had(28, 6), "ischaemia": had(0, 0)}
    first, *_ = display.lead(shown(plan(SEPSIS, ISCHAEMIA), outcomes))
    assert "for cardiac ischaemia a fall is not shown" in first.text


def test_printed_endpoint_fell_only_where_it_did_by_every_admissible_count():
    readings = [
        {"id": "a", "label": "sepsis [28/155, 6/155]"},
        {"id": "b", "label": "sepsis [28/155, 27/155]"},
        {"id": "c", "label": "fever [90/155, 5/155]"},
    ]
    outcomes = {"a": had(28, 6), "b": had(28, 27), "c": had(90, 5)}
    first, *_ = display.lead(shown(plan(*readings), outcomes))
    assert first.text.startswith("Of 2 endpoints, 1 fell")
    assert "for sepsis a fall is not shown" in first.text


def test_series_of_one_group_leads_with_no_comparison_and_tells_each_risk():
    one = shown(plan(SEPSIS), {"sepsis": had(28)})
    (lead,) = display.lead(one)
    assert lead.text.startswith("The series is one group: no first group is compared with a last")
    told = [block.text for block in display.section(one).blocks if hasattr(block, "text")]
    assert told == ["Line sepsis, grade 3-4: 28 of 155 (18 %); the series is one group."]


def test_plan_that_asks_for_no_incidence_has_no_section_and_no_lead():
    nothing = Shown(Results(()), {}, plan(SEPSIS))
    assert display.lead(nothing) == ()
    assert display.section(nothing) is None
    assert display.picture(nothing) is None


def test_table_has_counts_in_every_cell_and_the_level_of_the_plan_in_its_heading():
    section = display.section(shown(plan(SEPSIS, level=0.9), {"sepsis": had(28, 6)}))
    found = table(section, "incidence")
    assert found.columns == (
        "Endpoint",
        "group 1",
        "group 2",
        "Last minus first, points (90 %)",
        "P (score)",
        "P (Holm)",
        "Grade 5, group by group",
    )
    assert "exact 90 % interval" in found.caption
    first, last, difference, p, holm, _ = texts(found)
    assert (first[:14], last[:12]) == ("28/155 (18 %; ", "6/155 (4 %; ")
    assert difference.startswith("−14.2 (")
    assert (p, holm) == ("< 0.0001", "not computed")
    assert "(exact 90 %)" in table(section, "conventions").columns[1]


def test_every_convention_has_its_column_and_a_ratio_without_end_says_so():
    section = display.section(shown(plan(ISCHAEMIA), {"ischaemia": had(0, 5)}))
    odds, *p_values = texts(table(section, "conventions"))
    assert odds.startswith("infinite (")
    assert odds.endswith("to no upper limit)")
    assert len(p_values) == len(display.CONVENTIONS)
    none = display.section(shown(plan(ISCHAEMIA), {"ischaemia": had(0, 0)}))
    assert texts(table(none, "conventions"))[0] == "no variation: all patients had the event, or none had"


def test_ratio_below_one_is_printed_with_its_limits():
    section = display.section(shown(plan(SEPSIS), {"sepsis": had(28, 6)}))
    assert texts(table(section, "conventions"))[0] == "0.18 (0.06 to 0.47)"


def test_trend_table_names_its_scores_and_does_not_say_why():
    found = table(display.section(shown(plan(SEPSIS), {"sepsis": had(28, 20, 6)})), "trend")
    assert found.notes[0] == "Cochran-Armitage over groups; scores: mean case number of each group."
    assert texts(found)[3:] == ["not computed", "not computed"]  # no tally by case, none of grades


def test_bounds_are_shown_only_where_something_is_missing():
    none = display.section(shown(plan(SEPSIS), {"sepsis": had(28, 6)}))
    assert "bounds" not in [block.name for block in none.blocks if isinstance(block, Table)]
    some = display.section(shown(plan(SEPSIS), {"sepsis": ({"yes": 28, "not assessed": 10}, {"yes": 6})}))
    found = table(some, "bounds")
    assert len(found.rows) == 1
    group, counted, missing, lowest, highest = texts(found)
    assert (group, missing, lowest, highest) == ("group 1", "10", "28/155 (18 %)", "38/155 (25 %)")
    assert counted.startswith("28/145 (19 %")
    told = [block.text for block in some.blocks if hasattr(block, "tone") and block.tone == "caution"]
    assert told == [
        "Line sepsis, grade 3-4 was not assessed, or its window is still open, in 10 of 155 patients (6 %) of group 1."
    ]


def worst_grades(*lines: tuple) -> dict[str, Tally]:
    keys = (
        Key("group", Role.PARTITION, ("group 1", "group 2")),
        Key("endpoint", Role.VIEW, ("sepsis",)),
        Key("worst_grade", Role.PARTITION, GRADE_LEVELS),
    )
    return {"worst_grade": tally_from_rows("worst_grade", Unit.PATIENT, "patients", keys, list(lines))}


def test_worst_grades_stand_beside_not_graded_and_not_assessed():
    lines = [("group 1", "sepsis", "4", 20), ("group 1", "sepsis", "not graded", 2), ("group 2", "sepsis", "none", 9)]
    section = display.section(shown(plan(SEPSIS, TUBE), TWO | {"tube": had(1, 1)}, worst_grades(*lines)))
    found = table(section, "worst_grades")
    assert found.columns[-2:] == ("Not graded", "Not assessed")
    assert [row.header for row in found.rows] == ["Line sepsis, group 1", "Line sepsis, group 2"]
    assert texts(found) == ["0", "0", "0", "0", "20", "0", "2", "0"]


def by_case(events: list[int], last: int = 2 * SIZE) -> dict[str, Tally]:
    endpoint = Key("endpoint", Role.VIEW, ("sepsis",))
    cases = [(case, "sepsis", "yes" if case in events else "no", 1) for case in range(1, last + 1)]
    keys = (Key("case_number", Role.ORDER), endpoint, OUTCOME)
    group = Key("group", Role.PARTITION, ("group 1", "group 2"))
    months = [("group 1", 198601, SIZE), ("group 2", 198701, SIZE)]
    change = "1986-06-01 screen: MRI"
    changes = (Key("change", Role.VIEW, (change,)), Key("period", Role.PARTITION, ("before", "after")))
    return {
        "incidence_by_case": tally_from_rows("incidence_by_case", Unit.PATIENT, "patients", keys, cases),
        "accrual": tally_from_rows("accrual", Unit.PATIENT, "p", (group, Key("month", Role.ORDER)), months),
        "practice_changes": tally_from_rows("practice_changes", Unit.PATIENT, "p", changes, [(change, "before", 100)]),
    }


def test_picture_has_a_tick_an_event_the_groups_the_curve_and_the_changes_of_practice():
    events = list(range(5, 300, 10))
    figure = display.picture(shown(plan(SEPSIS), {"sepsis": had(16, 14)}, by_case(events), points=5))
    data = figure.spec["datasets"]
    assert [row["case"] for row in data["events_0"]] == events
    assert [(row["first"], row["last"], row["risk"]) for row in data["groups_0"]] == [
        (1, 155, 16 / 155),
        (156, 310, 14 / 155),
    ]
    assert len(data["curve_0"]) == 5
    assert "A, 1986-06-01 screen: MRI (case 101)" in figure.caption
    assert figure.table == "incidence"


def test_picture_needs_no_analysis_of_accrual():
    alone = {"incidence_by_case": by_case([5, 15, 200])["incidence_by_case"]}
    data = display.picture(shown(plan(SEPSIS), {"sepsis": had(2, 1)}, alone)).spec["datasets"]
    assert [(row["first"], row["last"]) for row in data["groups_0"]] == [(1, 155), (156, 310)]


def test_picture_of_very_many_events_has_no_ticks():
    many = shown(plan(SEPSIS), {"sepsis": had(16, 14)}, by_case(list(range(1, 2500)), last=2500))
    assert display.picture(many).spec["datasets"]["events_0"] == []


def test_picture_of_groups_that_are_not_consecutive_is_not_drawn():
    assert display.picture(shown(plan(SEPSIS), {"sepsis": had(28, 6)})) is None


def test_small_print_about_records_is_left_out_where_there_are_no_records():
    of_series = shown(plan(SEPSIS), {"sepsis": had(28, 6)})
    assert len(display.section(of_series).notes) == 4
    printed = Shown(of_series.results, of_series.tallies, of_series.plan)
    assert display.section(printed).notes == (display.OF_INTERVALS,)


def test_no_sentence_says_more_than_it_may():
    asked = plan(SEPSIS, ISCHAEMIA, primary={"endpoints": ["sepsis"]})
    section = display.section(shown(asked, TWO))
    words = " ".join(block.text for block in section.blocks if hasattr(block, "text")).lower()
    assert not [
        never for never in ("no difference", "safe", "caused by", "trend towards", "significant") if never in words
    ]


def test_worst_grades_of_the_simulated_series_are_drawn_with_the_unknown_apart():
    series = simulate("il2-1998", seed=3, patients=160)
    done = review(series, read_plan("il2_1998").model_copy(update={"analyses": (AnalysisRequest(name="incidence"),)}))
    section = next(section for section in done.page.sections if section.name == "incidence")
    (picture,) = [block for block in section.blocks if isinstance(block, Figure) and block.name == "grade_bars"]
    assert "Hypotension" in picture.alternative


def test_absence_that_rests_on_spontaneous_reporting_is_printed_so():
    tube = TUBE | {"no_record_means": "absent"}
    notes = display.section(shown(plan(SEPSIS, tube), TWO | {"tube": had(1, 1)})).notes
    assert "A patient without a record: absent (spontaneous reporting); so for Line sepsis, grade 3-4." in notes
    assert "A patient without a record: absent (charted whenever done); so for Intubation." in notes


def test_grade_5_stands_beside_an_endpoint_of_grade_3_and_4():
    lines = [("group 1", "sepsis", "5", 3), ("group 1", "sepsis", "4", 28), ("group 2", "sepsis", "4", 6)]
    section = display.section(shown(plan(SEPSIS, TUBE), TWO | {"tube": had(1, 1)}, worst_grades(*lines)))
    found = table(section, "incidence")
    assert (texts(found)[-1], texts(found, 1)[-1]) == ("3, 0", "not a grade")
    assert found.notes == (display.GRADE_5,)


def test_gravest_caution_is_on_the_first_screen_not_the_first_found():
    outcomes = {
        "sepsis": ({"yes": 28, "not assessed": 5}, {"yes": 6}),
        "ischaemia": ({"yes": 5, "not graded": 60}, {"yes": 0}),
        "tube": ({"yes": 5}, {"yes": 0}),
    }
    found = shown(plan(SEPSIS, ISCHAEMIA, TUBE), outcomes)
    _, caution = display.lead(found)
    assert caution.text == (
        "Cardiac ischaemia: what is not graded, not dated or not assessed in group 1 leaves anything from 3 % to 42 %"
        " possible."
    )
    in_section = [block.text for block in display.section(found).blocks if getattr(block, "tone", "") == "caution"]
    assert len(in_section) > 2


def test_endpoint_of_any_grade_is_not_called_severe():
    fever = {"id": "sepsis", "label": "Fever", "terms": "fever"}
    found = shown(plan(fever), {"sepsis": had(60, 6)})
    assert display.lead(found)[0].text.startswith("Toxicity fell. Of 1 endpoint")
    assert display.section(found).heading == "Has toxicity become rarer?"


def test_arms_are_named_and_nothing_is_said_to_have_changed_between_them():
    arms = {"by": "levels", "column": "arm", "levels": ["group 1", "group 2"]}
    found = shown(plan(SEPSIS, grouping=arms), {"sepsis": had(6, 28)})
    lead, *_ = display.lead(found)
    assert lead.text == (
        "Of 1 endpoint, 0 were rarer and 1 more frequent in group 2 than in group 1 beyond chance (not adjusted: no"
        " primary contrast was declared); more frequent: line sepsis, grade 3-4."
    )
    section = display.section(found)
    words = " ".join(block.text for block in section.blocks if hasattr(block, "text"))
    assert "6 of 155 (4 %) in group 1, 28 of 155 (18 %) in group 2; a difference of 14.2 points" in words
    assert not [said for said in ("first group", "the last", "change", "fell") if said in words]
    assert "group 2 minus group 1, points (95 %)".capitalize() in table(section, "incidence").columns


def test_source_without_any_grade_is_not_said_to_have_no_grade_5():
    lines = [("group 1", "sepsis", "not graded", 30), ("group 2", "sepsis", "none", 9)]
    section = display.section(shown(plan(SEPSIS), {"sepsis": had(28, 6)}, worst_grades(*lines)))
    assert texts(table(section, "incidence"))[-1] == "no grade is recorded"


def test_intervention_has_no_trend_of_grades():
    section = display.section(shown(plan(TUBE), {"tube": had(5, 1)}))
    assert texts(table(section, "trend"))[-1] == "not a grade"
