"""What becomes of a patient under an endpoint: yes, no, not graded, onset unclear, not assessed, or window open?"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from seriatim.analyses._risk import risks
from seriatim.analyses.incidence import Options, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.tallies.tally import Tally, counts

Outcome = Callable[..., dict[str, str]]
SEPSIS = {"terms": "line sepsis", "grades": "3-4"}
INTUBATION = {"interventions": "intubation"}


def tally_of(engine: str, endpoint: dict, tables: dict[str, list[dict]], name: str) -> Tally:
    """One tally of one endpoint; every patient named anywhere was first treated on 1990-01-10 unless said else."""
    named = {row["patient_id"] for rows in tables.values() for row in rows}
    people = {row["patient_id"]: row for row in tables.get("patient", [])}
    patients = [{"patient_id": who, "accrual": "1990-01-10"} | people.get(who, {}) for who in sorted(named)]
    raw = tuple(
        RawTable(table, f"{table}.csv", pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for table, rows in ({**tables, "patient": patients}).items()
        if rows
    )
    series = take_in(RawSource("ward", "by hand", raw, ""), engine=engine)
    plan = Plan(
        title="spec",
        grouping={"by": "equal groups", "groups": max(len(patients), 2)},
        endpoints=[{"id": "it", "label": "It"} | endpoint],
    )
    spec = next(spec for spec in needs(plan, Options()) if spec.name == name)
    return count(series, derive_cases(series, plan), spec)


@pytest.fixture(params=["polars", "duckdb"])
def outcome(request) -> Outcome:
    """The outcome of each patient, told by a grouping into groups of one."""

    def of(endpoint: dict, *, name: str = "incidence", key: str = "outcome", **tables: list[dict]) -> dict[str, str]:
        tally = tally_of(request.param, endpoint, tables, name)
        table = counts(tally, "group", key, endpoint="it")
        patients = sorted({row["patient_id"] for rows in tables.values() for row in rows})
        assert table.sum(axis=1).tolist() == [1] * len(patients)
        return {who: tally.levels(key)[int(table[place].argmax())] for place, who in enumerate(patients)}

    return of


@pytest.fixture
def worst_grade(outcome) -> Outcome:
    return lambda endpoint, **tables: outcome(endpoint, name="worst_grade", key="worst_grade", **tables)


def event(who: str = "1", **given: object) -> dict:
    return {"patient_id": who, "term": "line sepsis", "grade": "3", "onset": "1990-01-12"} | given


def done(who: str = "1", **given: object) -> dict:
    return {"patient_id": who, "intervention": "intubation", "start": "1990-01-12"} | given


def patient(who: str, **given: object) -> dict:
    return {"patient_id": who, "accrual": "1990-01-10"} | given


# ---- which records make a yes


def test_patient_with_two_grade_4_events_counts_once(outcome):
    assert outcome(SEPSIS, adverse_event=[event(grade="4"), event(grade="4", onset="1990-01-20")]) == {"1": "yes"}


def test_patient_without_a_record_of_the_term_is_a_no(outcome):
    assert outcome(SEPSIS, adverse_event=[event("1", term="fever"), event("2")]) == {"1": "no", "2": "yes"}


def test_words_are_compared_without_case(outcome):
    assert outcome({"terms": "Line Sepsis"}, adverse_event=[event(term="LINE SEPSIS")]) == {"1": "yes"}


def test_any_of_several_terms_is_enough(outcome):
    asked = {"terms": ["line sepsis", "bacteraemia"]}
    assert outcome(asked, adverse_event=[event("1", term="bacteraemia"), event("2", term="fever")]) == {
        "1": "yes",
        "2": "no",
    }


def test_grade_5_is_at_least_3_and_is_not_3_to_4(outcome):
    fatal = [event(grade="5")]
    assert outcome({"grades": "3-4"}, adverse_event=fatal) == {"1": "no"}
    assert outcome({"grades": ">=3"}, adverse_event=fatal) == {"1": "yes"}


def test_patient_with_grade_3_and_later_grade_5_had_grade_3_to_4(outcome):
    assert outcome(SEPSIS, adverse_event=[event(grade="3"), event(grade="5", onset="1990-01-20")]) == {"1": "yes"}


def test_no_terms_no_classes_and_no_interventions_means_any_adverse_event(outcome):
    assert outcome({}, adverse_event=[event(term="hiccups", grade=None)]) == {"1": "yes"}


def test_system_organ_class_counts_each_of_its_terms(outcome):
    rows = [event("1", system_organ_class="Infections"), event("2", system_organ_class="Cardiac"), event("3")]
    expected = {"1": "yes", "2": "no", "3": "no"}
    assert outcome({"system_organ_classes": "infections"}, adverse_event=rows) == expected


def test_term_and_class_together_must_both_fit(outcome):
    asked = {"terms": "line sepsis", "system_organ_classes": "infections"}
    rows = [event("1", system_organ_class="infections"), event("2", system_organ_class="other")]
    assert outcome(asked, adverse_event=rows) == {"1": "yes", "2": "no"}


def test_unknown_relatedness_counts_as_related_and_not_related_does_not(outcome):
    rows = [
        event(who, relatedness=code)
        for who, code in zip("1234", ("related", "not_related", "unknown", None), strict=True)
    ]
    assert outcome({"related": True}, adverse_event=rows) == {"1": "yes", "2": "no", "3": "yes", "4": "yes"}


def test_relatedness_and_grade_must_be_of_the_same_record(outcome):
    rows = [event(grade="4", relatedness="not_related"), event(grade="1", relatedness="related")]
    assert outcome({"related": True, "grades": "4"}, adverse_event=rows) == {"1": "no"}


def test_seriousness_not_stated_is_not_serious(outcome):
    rows = [event("1", serious="yes"), event("2", serious="no"), event("3", serious=None)]
    assert outcome({"serious": True}, adverse_event=rows) == {"1": "yes", "2": "no", "3": "no"}


# ---- not graded, grade 0, not assessed, absent: four things


def test_record_without_a_grade_is_not_graded_where_a_grade_is_asked(outcome):
    assert outcome(SEPSIS, adverse_event=[event(grade=None)]) == {"1": "not graded"}


def test_record_without_a_grade_is_a_yes_where_any_grade_is_asked(outcome):
    assert outcome({"terms": "line sepsis"}, adverse_event=[event(grade=None)]) == {"1": "yes"}
    assert outcome({"grades": ">=1"}, adverse_event=[event(grade=None)]) == {"1": "yes"}


def test_grade_0_says_that_there_was_none(outcome):
    assert outcome({"terms": "line sepsis"}, adverse_event=[event(grade="0")]) == {"1": "no"}
    assert outcome(SEPSIS, adverse_event=[event(grade="0")]) == {"1": "no"}


def test_grade_outside_the_set_is_a_no(outcome):
    assert outcome(SEPSIS, adverse_event=[event(grade="2")]) == {"1": "no"}


def test_one_graded_record_that_fits_outweighs_one_without_a_grade(outcome):
    assert outcome(SEPSIS, adverse_event=[event(grade=None), event(grade="4")]) == {"1": "yes"}


def test_record_without_a_grade_outweighs_one_of_a_grade_that_does_not_fit(outcome):
    assert outcome(SEPSIS, adverse_event=[event(grade="2"), event(grade=None)]) == {"1": "not graded"}


def test_series_without_any_table_of_events_assessed_nobody(outcome):
    assert outcome(SEPSIS, patient=[patient("1")]) == {"1": "not assessed"}


def test_table_of_events_in_which_a_patient_has_no_row_reports_by_itself_and_is_a_no(outcome):
    assert outcome(SEPSIS, patient=[patient("1")], adverse_event=[event("2", term="fever")]) == {"1": "no", "2": "no"}


def test_no_record_means_not_assessed_where_the_plan_says_so_unless_another_event_was_charted(outcome):
    asked = SEPSIS | {"no_record_means": "not assessed"}
    rows = {"patient": [patient("1")], "adverse_event": [event("2", term="fever"), event("3")]}
    assert outcome(asked, **rows) == {"1": "not assessed", "2": "no", "3": "yes"}


def test_absent_if_assessed_asks_the_table_of_assessments(outcome):
    asked = SEPSIS | {"no_record_means": "absent if assessed"}
    looked = [
        {"patient_id": "1", "looked_for": "Line sepsis", "assessed": "yes"},
        {"patient_id": "2", "looked_for": "line sepsis", "assessed": "no"},
        {"patient_id": "3", "looked_for": "troponin", "assessed": "yes"},
        {"patient_id": "4", "looked_for": "it", "assessed": "yes"},
    ]
    rows = {"assessment": looked, "adverse_event": [event("5", term="fever")]}
    expected = {"1": "no", "2": "not assessed", "3": "not assessed", "4": "no", "5": "not assessed"}
    assert outcome(asked, **rows) == expected


@pytest.mark.parametrize("asked", [{"system_organ_classes": "infections"}, {"label": "Infections"}, INTUBATION])
def test_what_was_looked_for_may_be_the_class_the_label_or_the_intervention(outcome, asked):
    looked = [{"patient_id": "1", "looked_for": word, "assessed": "yes"} for word in ("infections", "INTUBATION")]
    rows = {"assessment": looked, "adverse_event": [event("2", term="fever")], "intervention": [done("3")]}
    assert outcome(asked | {"no_record_means": "absent if assessed"}, **rows)["1"] == "no"


def test_record_of_another_grade_was_assessed_too_grade_0_among_them(outcome):
    asked = SEPSIS | {"no_record_means": "absent if assessed"}
    rows = [event("1", grade="2"), event("2", grade="0"), event("3", term="fever")]
    assert outcome(asked, adverse_event=rows) == {"1": "no", "2": "no", "3": "not assessed"}


def test_record_that_is_not_related_was_assessed_too(outcome):
    asked = {"related": True, "no_record_means": "absent if assessed"}
    assert outcome(asked, adverse_event=[event(relatedness="not_related")]) == {"1": "no"}


def test_record_of_before_treatment_does_not_say_that_it_was_looked_for_on_treatment(outcome):
    asked = SEPSIS | {"no_record_means": "absent if assessed"}
    assert outcome(asked, adverse_event=[event(onset="1989-12-01", grade="1")]) == {"1": "not assessed"}


# ---- dates, read both ways where they are partial


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        ("1990-01-09", "no"),
        ("1990-01-10", "yes"),
        ("1989", "no"),
        ("1990-01", "onset unclear"),  # may be the 1st or the 31st
        ("1990-02", "yes"),
        ("1990", "onset unclear"),
        (None, "onset unclear"),
    ],
)
def test_onset_before_the_first_dose_does_not_count_and_one_that_may_be_is_unclear(outcome, onset, expected):
    assert outcome(SEPSIS, adverse_event=[event(onset=onset)]) == {"1": expected}


def test_onset_by_the_day_on_the_day_of_a_first_dose_at_eight_is_unclear(outcome):
    rows = {"patient": [patient("1", accrual="1990-01-10T08:00")], "adverse_event": [event(onset="1990-01-10")]}
    assert outcome(SEPSIS, **rows) == {"1": "onset unclear"}


def test_certain_onset_outweighs_an_unclear_one_and_unclear_outweighs_not_graded(outcome):
    assert outcome(SEPSIS, adverse_event=[event(onset=None), event()]) == {"1": "yes"}
    assert outcome(SEPSIS, adverse_event=[event(onset=None), event(grade=None)]) == {"1": "onset unclear"}


def test_ungraded_record_of_an_unclear_onset_is_not_graded(outcome):
    assert outcome(SEPSIS, adverse_event=[event(onset=None, grade=None)]) == {"1": "not graded"}


def test_all_records_count_where_the_plan_says_so(outcome):
    asked = SEPSIS | {"emergent": "all records"}
    assert outcome(asked, adverse_event=[event("1", onset="1980"), event("2", onset=None)]) == {"1": "yes", "2": "yes"}


def test_flag_of_the_source_decides_where_the_plan_says_so(outcome):
    asked = SEPSIS | {"emergent": "source flag"}
    rows = [
        event("1", onset="1989-01-01", treatment_emergent="yes"),
        event("2", treatment_emergent="no"),
        event("3", treatment_emergent=None),
    ]
    assert outcome(asked, adverse_event=rows) == {"1": "yes", "2": "no", "3": "no"}


@pytest.mark.parametrize(
    ("onset", "expected"),
    [("1990-01-16", "yes"), ("1990-01-17", "no"), ("1990-01", "onset unclear"), ("1990-02", "no")],
)
def test_window_of_seven_days_ends_before_the_eighth(outcome, onset, expected):
    assert outcome(SEPSIS | {"window_days": 7}, adverse_event=[event(onset=onset)]) == {"1": expected}


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ({"last_contact": "1990-01-15"}, "window open"),
        ({"last_contact": "1990-01-16"}, "no"),  # the seventh day was seen
        ({"last_contact": "1990-01-15", "died": "no"}, "window open"),
        ({"last_contact": "1990-01-15", "died": "yes"}, "no"),
        ({"last_contact": None}, "no"),
    ],
)
def test_patient_last_seen_before_the_window_ended_is_no_no_yet(outcome, contact, expected):
    rows = {"adverse_event": [event(term="fever")], "follow_up": [{"patient_id": "1"} | contact]}
    assert outcome(SEPSIS | {"window_days": 7}, **rows) == {"1": expected}


def test_first_dose_known_to_the_month_alone_keeps_the_window_open_longest(outcome):
    contact = [{"patient_id": who, "last_contact": day} for who, day in (("1", "1990-01-31"), ("2", "1990-02-07"))]
    people = [patient(who, accrual="1990-01") for who in "12"]
    rows = {"patient": people, "adverse_event": [event("3", term="fever")], "follow_up": contact}
    expected = {"1": "window open", "2": "no", "3": "no"}
    assert outcome(SEPSIS | {"window_days": 7}, **rows) == expected


def test_event_counts_although_the_window_is_still_open(outcome):
    rows = {"adverse_event": [event()], "follow_up": [{"patient_id": "1", "last_contact": "1990-01-13"}]}
    assert outcome(SEPSIS | {"window_days": 7}, **rows) == {"1": "yes"}


def test_without_a_window_the_last_contact_does_not_matter(outcome):
    rows = {"adverse_event": [event(term="fever")], "follow_up": [{"patient_id": "1", "last_contact": "1990-01-11"}]}
    assert outcome(SEPSIS, **rows) == {"1": "no"}


# ---- interventions and composites


def test_intervention_counts_by_its_reason_where_the_plan_names_reasons(outcome):
    rows = [done("1", reason="lung"), done("2", reason="airway"), done("3", reason=None)]
    asked = INTUBATION | {"intervention_reasons": "lung"}
    assert outcome(asked, intervention=rows) == {"1": "yes", "2": "no", "3": "no"}
    assert outcome(INTUBATION, intervention=rows) == {"1": "yes", "2": "yes", "3": "yes"}


def test_patient_without_any_intervention_record_is_not_assessed_unless_the_plan_says_absent(outcome):
    rows = {"patient": [patient("1")], "intervention": [done("2", intervention="dialysis")]}
    assert outcome(INTUBATION, **rows) == {"1": "not assessed", "2": "no"}
    assert outcome(INTUBATION | {"no_record_means": "absent"}, **rows) == {"1": "no", "2": "no"}


def test_series_without_any_table_of_interventions_assessed_nobody_whatever_no_record_means(outcome):
    rows = {"adverse_event": [event()]}
    assert outcome(INTUBATION | {"no_record_means": "absent"}, **rows) == {"1": "not assessed"}


def test_intervention_before_the_first_dose_does_not_count_and_one_of_unknown_day_is_unclear(outcome):
    rows = [done("1", start="1989-12-31"), done("2", start=None)]
    assert outcome(INTUBATION, intervention=rows) == {"1": "no", "2": "onset unclear"}


def test_composite_is_a_yes_by_either_part_and_counts_once(outcome):
    asked = SEPSIS | INTUBATION
    rows = {
        "adverse_event": [event("1"), event("2", grade=None), event("3", grade=None), event("4", grade="1")],
        "intervention": [done("1"), done("3"), done("5", intervention="dialysis")],
    }
    assert outcome(asked, **rows) == {"1": "yes", "2": "not graded", "3": "yes", "4": "no", "5": "no"}


def test_composite_of_which_one_part_was_never_recorded_is_no_no(outcome):
    asked = SEPSIS | INTUBATION
    rows = {"adverse_event": [event("1"), event("2", term="fever")]}
    assert outcome(asked, **rows) == {"1": "yes", "2": "not assessed"}


# ---- worst grade


def test_worst_grade_is_the_highest_and_a_missing_one_ranks_lowest(worst_grade):
    rows = [
        event("1", grade="2"),
        event("1", grade="4"),
        event("2", grade="1"),
        event("2", grade=None),
        event("3", grade=None),
    ]
    assert worst_grade(SEPSIS, adverse_event=rows) == {"1": "4", "2": "1", "3": "not graded"}


def test_grade_0_has_no_worst_grade_and_neither_has_another_term(worst_grade):
    assert worst_grade(SEPSIS, adverse_event=[event("1", grade="0"), event("2", term="fever")]) == {
        "1": "none",
        "2": "none",
    }


def test_worst_grade_counts_the_same_days_as_the_endpoint(worst_grade):
    rows = [event("1", grade="5", onset="1989-12-01"), event("1", grade="2"), event("2", grade="3", onset=None)]
    assert worst_grade(SEPSIS, adverse_event=rows) == {"1": "2", "2": "3"}


def test_worst_grade_of_a_patient_not_assessed_is_not_none(worst_grade):
    asked = SEPSIS | {"no_record_means": "absent if assessed"}
    rows = [event("1", grade="0"), event("2", term="fever")]
    assert worst_grade(asked, adverse_event=rows) == {"1": "none", "2": "not assessed"}
    assert worst_grade(SEPSIS, patient=[patient("1")]) == {"1": "not assessed"}


def test_worst_grade_of_a_composite_is_that_of_its_events(worst_grade):
    rows = {"adverse_event": [event("1", grade="2")], "intervention": [done("1"), done("2")]}
    assert worst_grade(SEPSIS | INTUBATION, **rows) == {"1": "2", "2": "none"}


# ---- the five patients of the peers: one grade 3; one ungraded; grade 1 and ungraded; none; and grade 4 elsewhere

FIVE = [
    event("1", grade="3"),
    event("2", grade=None),
    event("3", grade="1"),
    event("3", grade=None),
    event("5", grade="4"),
]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    ("grades", "counted", "lowest", "highest"),
    [("any", 3, 3, 3), (">=3", 1, 1, 3), ("3-4", 1, 1, 3), ("4", 0, 0, 2)],
)
def test_bounds_of_five_patients_with_missing_grades_hold_every_completion(engine, grades, counted, lowest, highest):
    tables = {"patient": [patient("4")], "adverse_event": FIVE}
    found = risks(tally_of(engine, {"grades": grades}, tables, "incidence"), endpoint="it")
    first_four = slice(0, 4)
    assert int(found.events[first_four].sum()) == counted
    assert int(found.lowest[first_four].sum()) == lowest
    assert int(found.highest[first_four].sum()) == highest
    assert int(found.assessed[first_four].sum()) == 4


def test_worst_grades_of_the_five_patients_sum_to_five(worst_grade):
    found = worst_grade({}, patient=[patient("4")], adverse_event=FIVE)
    assert found == {"1": "3", "2": "not graded", "3": "1", "4": "none", "5": "4"}


def test_patient_with_a_grade_4_and_an_ungraded_record_has_grade_3_to_4_for_certain(outcome):
    assert outcome({"grades": "3-4"}, adverse_event=[event(grade="4"), event(grade=None)]) == {"1": "yes"}
