"""Which records make a patient have a term?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.analyses.terms import Options, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.tallies.tally import Tally, counts

PLAN = Plan(title="terms", grouping={"by": "equal groups", "groups": 2})


def tally_of(*events: dict, patients: int = 2, engine: str = "polars", **options: object) -> Tally:
    """The terms of patients "1", "2", ... all treated from 1990-01-01; events default to one on treatment."""
    people = [{"patient_id": str(i), "accrual": "1990-01-01"} for i in range(1, patients + 1)]
    default = {"patient_id": "1", "term": "nausea", "system_organ_class": "gut", "grade": "2", "onset": "1990-01-05"}
    tables = {"patient": people}
    if events:
        tables["adverse_event"] = [default | event for event in events]
    raw = tuple(
        RawTable(name, f"{name}.csv", pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for name, rows in tables.items()
    )
    series = take_in(RawSource("ward", "by hand", raw, ""), engine=engine)
    (spec,) = needs(PLAN, Options(**options))
    return count(series, derive_cases(series, PLAN), spec)


def had(tally: Tally, term: str, reading: str = "all", severity: str = "any", outcome: str = "yes") -> int:
    if term not in tally.levels("term"):
        return 0
    return int(counts(tally, reading=reading, severity=severity, term=term, outcome=outcome))


def test_patient_with_two_records_of_a_term_counts_once() -> None:
    assert had(tally_of({}, {"grade": "3"}), "gut / nausea") == 1


def test_patient_with_two_terms_of_a_class_counts_once_in_the_class_and_once_in_all() -> None:
    tally = tally_of({}, {"term": "diarrhoea"})
    assert [had(tally, term) for term in ("gut / nausea", "gut / diarrhoea", "gut", "any")] == [1, 1, 1, 1]


def test_patients_without_the_term_are_the_complement_in_every_view() -> None:
    tally = tally_of({}, patients=5)
    assert had(tally, "gut / nausea", outcome="no") == 4
    assert had(tally, "gut / nausea", severity="5", outcome="no") == 5
    assert had(tally, "any", reading="serious", outcome="no") == 5


def test_grade_5_is_at_least_3_and_is_not_3_to_4() -> None:
    tally = tally_of({"grade": "5"})
    assert [had(tally, "any", severity=s) for s in ("any", "3-4", ">=3", "5")] == [1, 0, 1, 1]


def test_record_without_a_grade_is_not_graded_where_a_grade_is_asked_and_counts_where_it_is_not() -> None:
    tally = tally_of({"grade": None})
    assert had(tally, "any") == 1
    assert had(tally, "any", severity="3-4") == 0
    assert had(tally, "any", severity="3-4", outcome="not graded") == 1


def test_one_graded_record_that_fits_outweighs_one_without_a_grade() -> None:
    tally = tally_of({"grade": None}, {"grade": "4"})
    assert had(tally, "any", severity="3-4") == 1
    assert had(tally, "any", severity="3-4", outcome="not graded") == 0


def test_grade_0_says_that_there_was_none() -> None:
    assert had(tally_of({"grade": "0"}), "gut / nausea") == 0


def test_unknown_relatedness_counts_as_related_and_not_related_does_not() -> None:
    assert had(tally_of({"relatedness": None}), "any", reading="related") == 1
    assert had(tally_of({"relatedness": "unknown"}), "any", reading="related") == 1
    assert had(tally_of({"relatedness": "not_related"}), "any", reading="related") == 0


def test_relatedness_and_grade_must_be_of_the_same_record() -> None:
    tally = tally_of({"relatedness": "related", "grade": "1"}, {"relatedness": "not_related", "grade": "4"})
    assert had(tally, "any", severity=">=3") == 1
    assert had(tally, "any", reading="related", severity=">=3") == 0


def test_seriousness_not_stated_is_not_serious() -> None:
    assert had(tally_of({"serious": None}), "any", reading="serious") == 0
    assert had(tally_of({"serious": "yes"}), "any", reading="serious") == 1


def test_event_before_the_first_dose_counts_only_where_all_records_do() -> None:
    assert had(tally_of({"onset": "1989-12-31"}), "any") == 0
    assert had(tally_of({"onset": "1989-12-31"}, emergent="all records"), "any") == 1


def test_partial_onset_that_may_mean_before_treatment_is_onset_unclear() -> None:
    accrual_in_mid_year = tally_of({"onset": "1990"}, patients=1)
    assert had(accrual_in_mid_year, "any") == 1  # the first dose was on the first day of 1990
    assert had(tally_of({"onset": None}), "any", outcome="onset unclear") == 1


def test_source_flag_decides_where_the_plan_says_so() -> None:
    flagged = {"onset": "1989-12-31", "treatment_emergent": "yes"}
    assert had(tally_of(flagged, {"patient_id": "2", "treatment_emergent": "no"}, emergent="source flag"), "any") == 1


def test_term_without_a_class_stands_under_no_class() -> None:
    assert had(tally_of({"system_organ_class": None}), "no system organ class / nausea") == 1


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_series_without_adverse_events_has_no_terms(engine: str) -> None:
    tally = tally_of(engine=engine)
    assert tally.levels("term") == ()
    assert len(tally.n) == 0
