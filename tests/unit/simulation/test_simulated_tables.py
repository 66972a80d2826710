"""Do the tables of a simulated series tell one story, with the flaws that real records have?"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from seriatim.simulation.simulate import simulate_raw

LENGTH = 1241


@cache
def tables() -> dict[str, pl.DataFrame]:
    raw = simulate_raw(generator=np.random.default_rng(1998))
    return {table.name: table.frame for table in raw.tables}


def eighth(frame: pl.DataFrame, group: str) -> pl.DataFrame:
    low, high = (1, 155) if group == "first" else (1086, LENGTH)
    cases = tables()["patient"].filter(pl.col("case_number").cast(pl.Int64).is_between(low, high))
    return frame.join(cases.select("patient_id"), on="patient_id", how="semi")


def test_several_patients_start_on_the_same_day() -> None:
    assert tables()["patient"]["accrual"].is_duplicated().any()


def test_grade_5_is_recorded_for_each_treatment_related_death_and_for_nobody_else() -> None:
    fatal = tables()["adverse_event"].filter(pl.col("grade") == "5")["patient_id"]
    deaths = tables()["follow_up"].filter(pl.col("relatedness") == "related")["patient_id"]
    assert sorted(fatal) == sorted(deaths)


def test_cycle_of_a_treatment_related_death_ended_with_it() -> None:
    ended = tables()["cycle"].filter(pl.col("stop_reason") == "death")["patient_id"]
    deaths = tables()["follow_up"].filter(pl.col("relatedness") == "related")["patient_id"]
    assert sorted(ended) == sorted(deaths)


def test_grades_from_1_to_5_and_about_one_record_in_a_hundred_without() -> None:
    grades = tables()["adverse_event"]["grade"]
    assert set(grades.drop_nulls()) == {"1", "2", "3", "4", "5"}
    assert 0.005 < grades.null_count() / len(grades) < 0.015


def test_about_one_onset_in_fifty_is_a_partial_date() -> None:
    lengths = tables()["adverse_event"]["onset"].str.len_bytes()
    assert set(lengths) == {len("1988-03"), len("1988-03-14"), len("1988-03-14T08:00-05:00")}
    assert 0.01 < (lengths < 22).mean() < 0.03


def test_there_are_about_as_many_events_a_patient_as_asked_for() -> None:
    assert tables()["adverse_event"].height / LENGTH == pytest.approx(15, abs=0.5)


def test_wall_clock_of_a_cycle_jumps_where_the_clock_is_put_forward() -> None:
    started = tables()["dose"].filter(pl.col("started").is_not_null())
    offsets = started.with_columns(offset=pl.col("started").str.tail(6)).group_by("patient_id", "course", "cycle")
    assert (offsets.agg(pl.col("offset").n_unique())["offset"] == 2).any()


def test_doses_not_given_have_a_reason_and_no_time() -> None:
    dose = tables()["dose"]
    not_given = dose.filter(pl.col("status").is_in(["held", "skipped", "refused"]))
    assert set(not_given["status"]) == {"held", "skipped", "refused"}
    assert not_given["reason"].null_count() == 0
    assert not_given["started"].null_count() == not_given.height
    assert dose.filter(pl.col("status") == "given")["reason"].is_null().all()


def test_dose_is_720000_units_per_kilogram_of_the_weight_before_the_cycle() -> None:
    given = tables()["dose"].filter(pl.col("status") == "given")
    weighed = given.join(tables()["cycle"], on=["patient_id", "course", "cycle"])
    expected = weighed["baseline_weight"].cast(pl.Float64) * 0.72
    assert (weighed["amount"].cast(pl.Float64) - expected).abs().max() < 0.01
    assert set(given["amount_per_kg"]) == {"720000"}


def test_every_severe_hypotension_has_a_vasopressor_with_its_rate() -> None:
    pressors = tables()["intervention"].filter(pl.col("intervention") == "vasopressor")
    assert pressors["rate"].null_count() == 0
    severe = tables()["adverse_event"].filter(pl.col("term") == "hypotension", pl.col("grade").is_in(["3", "4"]))
    assert set(severe["patient_id"]) <= set(pressors["patient_id"])


def test_intubation_is_for_the_airway_or_the_lung() -> None:
    intubated = tables()["intervention"].filter(pl.col("intervention") == "intubation")
    assert set(intubated["reason"]) == {"airway", "lung"}


def test_every_patient_has_some_record_of_support() -> None:
    assert tables()["intervention"]["patient_id"].n_unique() == LENGTH


def worst_values(test: str, group: str) -> pl.DataFrame:
    values = eighth(tables()["lab_result"].filter(pl.col("test") == test), group)
    value = pl.col("value").cast(pl.Float64)
    return values.group_by("patient_id").agg(highest=value.max(), lowest=value.min())


@pytest.mark.parametrize("test", ["creatinine", "bilirubin"])
def test_highest_values_under_treatment_come_down(test: str) -> None:
    assert worst_values(test, "first")["highest"].median() > 1.2 * worst_values(test, "last")["highest"].median()


def test_lowest_platelets_under_treatment_go_up() -> None:
    assert worst_values("platelets", "first")["lowest"].median() < worst_values("platelets", "last")["lowest"].median()


def test_first_laboratory_values_are_taken_before_the_first_dose() -> None:
    first_sample = tables()["lab_result"].group_by("patient_id").agg(pl.col("collected").min())
    first_dose = tables()["dose"].group_by("patient_id").agg(pl.col("started").min())
    both = first_sample.join(first_dose, on="patient_id")
    assert both.height == LENGTH
    assert (both["collected"] < both["started"]).all()


def test_weight_gain_of_the_first_cycle_is_the_same_in_early_and_late_patients() -> None:
    vital = tables()["vital"].join(
        tables()["cycle"].filter(pl.col("course") == "1", pl.col("cycle") == "1"), on="patient_id"
    )
    during = vital.filter(pl.col("measured_at") <= pl.col("end"))
    gain = during.with_columns(
        percent=100 * (pl.col("value").cast(pl.Float64) / pl.col("baseline_weight").cast(pl.Float64) - 1)
    )
    first, last = (
        eighth(gain, group).group_by("patient_id").agg(pl.col("percent").max())["percent"].mean()
        for group in ("first", "last")
    )
    assert first == pytest.approx(last, abs=1.5)
    assert 5 < first < 10


def test_what_was_not_assessed_in_a_patient_is_not_on_record() -> None:
    assessment = tables()["assessment"].filter(pl.col("assessed") == "no")
    assert set(assessment["looked_for"]) == {"cardiac ischemia", "neuropsychiatric toxicity"}
    events = tables()["adverse_event"].select("patient_id", looked_for="term")
    assert assessment.join(events, on=["patient_id", "looked_for"], how="semi").is_empty()


def test_candidates_who_were_not_treated_failed_one_criterion_that_was_in_force() -> None:
    screening = tables()["screening"]
    failed = screening.filter(pl.col("treated") == "no").group_by("candidate_id").agg((pl.col("met") == "no").sum())
    assert (failed["met"] == 1).all()
    stress_tests = screening.filter(pl.col("criterion") == "normal exercise stress test")
    assert stress_tests["screened"].min() >= "1987-03-02"


def test_treated_candidates_met_every_criterion() -> None:
    treated = tables()["screening"].filter(pl.col("treated") == "yes")
    assert set(treated["met"]) == {"yes"}
    assert set(treated["candidate_id"]) == set(tables()["patient"]["patient_id"])


def test_rest_between_the_cycles_of_a_course_is_7_to_10_days() -> None:
    cycles = tables()["cycle"].with_columns(pl.col("start", "end").str.to_datetime("%Y-%m-%dT%H:%M%z", time_zone="UTC"))
    first = cycles.filter(pl.col("cycle") == "1").select("patient_id", "course", before="end")
    second = cycles.filter(pl.col("cycle") == "2").join(first, on=["patient_id", "course"])
    rest = (second["start"] - second["before"]).dt.total_minutes() / (24 * 60)
    assert rest.min() >= 7
    assert rest.max() <= 10


def test_practice_changes_say_that_they_are_simulated() -> None:
    changes = tables()["practice_change"]
    assert changes["description"].str.starts_with("simulated").all()
    assert set(changes["domain"]) == {"screen", "conditions", "terminate"}


def test_most_complete_responses_are_ongoing() -> None:
    complete = tables()["response"].filter(pl.col("best_response") == "CR")
    assert complete["progression"].null_count() / complete.height > 0.6


def test_only_responders_go_beyond_the_first_course_unless_the_disease_stood_still() -> None:
    beyond = tables()["course"].filter(pl.col("course") != "1").join(tables()["response"], on="patient_id")
    assert beyond.height > 0
    assert set(beyond["best_response"]) <= {"CR", "PR", "SD", "NE"}
