"""When does a patient have an item of the record, and when does it not apply?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.analyses.completeness import COMPLETE, Options, items, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.tallies.tally import counts

LOOKED_FOR = {"id": "ischaemia", "label": "Ischaemia", "terms": ["ischaemia"], "no_record_means": "absent if assessed"}
PLAN = Plan(
    title="completeness",
    grouping={"by": "equal groups", "groups": 2},
    endpoints=(LOOKED_FOR, {"id": "fever", "label": "Fever", "terms": ["fever"]}),
)
LAB = {"patient_id": "1", "test": "creatinine", "value": "1.0", "value_unit": "mg/dL"}


def answer(item: str, engine: str = "polars", **tables: list[dict]) -> str:
    """Whether patient "1", treated on 1990-01-01, has the item."""
    rows = {"patient": [{"patient_id": "1", "accrual": "1990-01-01T08:00"}], **tables}
    raw = tuple(
        RawTable(name, f"{name}.csv", pl.DataFrame(content, infer_schema_length=None).with_row_index("source_row"))
        for name, content in rows.items()
    )
    series = take_in(RawSource("ward", "by hand", raw, ""), engine=engine)
    (spec,) = needs(PLAN, Options())
    tally = count(series, derive_cases(series, PLAN), spec)
    (found,) = (level for level in COMPLETE.levels if counts(tally, item=item, complete=level))
    return found


def test_any_record_of_an_adverse_event_counts_even_of_grade_0() -> None:
    item = "any adverse event record"
    assert answer(item, adverse_event=[{"patient_id": "1", "term": "fever", "grade": "0"}]) == "yes"
    assert answer(item) == "no"


def test_one_event_without_a_grade_makes_the_grades_incomplete() -> None:
    events = [{"patient_id": "1", "term": "fever", "grade": "2"}, {"patient_id": "1", "term": "rash", "grade": None}]
    assert answer("all adverse events graded", adverse_event=events) == "no"
    assert answer("all adverse events graded", adverse_event=events[:1]) == "yes"


def test_grades_do_not_apply_to_a_patient_without_events() -> None:
    assert answer("all adverse events graded") == "does not apply"


def test_response_that_could_not_be_evaluated_is_not_assessed() -> None:
    assert answer("response assessed", response=[{"patient_id": "1", "best_response": "PD"}]) == "yes"
    assert answer("response assessed", response=[{"patient_id": "1", "best_response": "NE"}]) == "no"
    assert answer("response assessed") == "no"


def test_patient_followed_for_thirty_days_or_dead_before_is_complete() -> None:
    item = "followed for 30 days"
    assert answer(item, follow_up=[{"patient_id": "1", "last_contact": "1990-01-31"}]) == "yes"
    assert answer(item, follow_up=[{"patient_id": "1", "last_contact": "1990-01-20"}]) == "no"
    dead = {"patient_id": "1", "last_contact": "1990-01-20", "died": "yes", "death": "1990-01-20"}
    assert answer(item, follow_up=[dead]) == "yes"


def test_laboratory_test_needs_a_number_on_both_sides_of_the_first_dose() -> None:
    before, on = LAB | {"collected": "1989-12-31"}, LAB | {"collected": "1990-01-02"}
    item = "creatinine before and on treatment"
    assert answer(item, lab_result=[before, on]) == "yes"
    assert answer(item, lab_result=[before]) == "no"
    assert answer(item, lab_result=[before, on | {"value": "haemolysed"}]) == "no"
    assert answer(item, lab_result=[before, on | {"collected": "1990-03-01"}]) == "no"
    assert answer("platelets before and on treatment", lab_result=[before, on]) == "no"


def test_weight_needs_one_before_and_one_in_the_first_cycle() -> None:
    weight = {"patient_id": "1", "test": "weight", "value": "80", "value_unit": "kg"}
    vitals = [weight | {"measured_at": "1989-12-31"}, weight | {"measured_at": "1990-01-02"}]
    assert answer("weight before and in the first cycle", vital=vitals) == "yes"
    assert answer("weight before and in the first cycle", vital=vitals[:1]) == "no"


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_endpoint_that_must_be_looked_for_is_complete_where_it_was(engine: str) -> None:
    events = [{"patient_id": "1", "term": "fever", "grade": "1", "onset": "1990-01-02"}]
    looked = [{"patient_id": "1", "looked_for": "ischaemia", "assessed": "yes"}]
    assert answer("Ischaemia looked for", engine, adverse_event=events) == "no"
    assert answer("Ischaemia looked for", engine, adverse_event=events, assessment=looked) == "yes"
    had = [{"patient_id": "1", "term": "ischaemia", "grade": "4", "onset": "1990-01-02"}]
    assert answer("Ischaemia looked for", engine, adverse_event=had) == "yes"


def test_endpoint_whose_absence_needs_no_looking_for_is_no_item() -> None:
    (spec,) = needs(PLAN, Options())
    assert "Fever looked for" not in spec.key("item").levels


def test_every_item_of_the_table_is_one_that_is_derived() -> None:
    events = [{"patient_id": "1", "term": "ischaemia", "grade": "4", "onset": "1990-01-02"}]
    weight = {"patient_id": "1", "test": "weight", "value": "80", "value_unit": "kg"}
    full = {
        "adverse_event": events,
        "response": [{"patient_id": "1", "best_response": "CR"}],
        "follow_up": [{"patient_id": "1", "last_contact": "1991-01-01"}],
        "vital": [weight | {"measured_at": at} for at in ("1989-12-31", "1990-01-02")],
        "lab_result": [
            LAB | {"test": test, "collected": at} for test in Options().tests for at in ("1989-12-31", "1990-01-02")
        ],
    }
    asked = tuple(endpoint for endpoint in PLAN.endpoints if endpoint.id == "ischaemia")
    assert {item: answer(item, **full) for item in items(Options().tests, asked)} == dict.fromkeys(
        items(Options().tests, asked), "yes"
    )
