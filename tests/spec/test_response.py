"""What is a best response, an ongoing complete response, and the duration of a response?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.analyses.response import Options, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.tallies.tally import Tally, counts, numbers, select

PLAN = Plan(title="response", grouping={"by": "equal groups", "groups": 2}, stratum="diagnosis", strata=("melanoma",))


def tallies(patients: int, engine: str = "polars", landmark_days: int = 365, **tables: list[dict]) -> dict[str, Tally]:
    """Tallies of a series of melanoma patients "1", "2", ... treated one a day from 1990-01-01."""
    rows = [
        {"patient_id": str(i + 1), "accrual": f"1990-01-{i + 1:02}", "diagnosis": "melanoma"} for i in range(patients)
    ]
    raw = [
        RawTable(name, f"{name}.csv", pl.DataFrame(content, infer_schema_length=None).with_row_index("source_row"))
        for name, content in {"patient": rows, **tables}.items()
    ]
    series = take_in(RawSource("ward", "by hand", tuple(raw), ""), engine=engine)
    cases = derive_cases(series, PLAN)
    specs = needs(PLAN, Options(landmark_days=landmark_days))
    return {spec.name: count(series, cases, spec) for spec in specs}


def ongoing(response: dict, follow_up: dict | None = None, moment: str = "landmark", cut: str = "") -> str:
    """Whether patient "1", treated on 1990-01-01, was in complete response one year later.

    `cut` is the last contact of a second patient, without a record of response, who moves the data cut.
    """
    tables: dict[str, list[dict]] = {"response": [{"patient_id": "1"} | response]}
    contacts = [{"patient_id": "1"} | follow_up] if follow_up is not None else []
    contacts += [{"patient_id": "2", "last_contact": cut}] if cut else []
    if contacts:
        tables["follow_up"] = contacts
    tally = tallies(2 if cut else 1, **tables)["ongoing_complete"]
    found = [level for level in tally.levels("ongoing") if counts(tally, moment=moment, ongoing=level)]
    return next(level for level in found if level != "not assessed" or len(found) == 1)


def test_patient_without_a_record_of_response_is_not_assessed_and_not_a_failure_to_respond() -> None:
    tally = tallies(2, response=[{"patient_id": "1", "best_response": "PD"}])["best_response"]
    assert counts(tally, best_response="PD") == 1
    assert counts(tally, best_response="not assessed") == 1


def test_not_evaluable_stays_apart_from_not_assessed() -> None:
    tally = tallies(2, response=[{"patient_id": "1", "best_response": "NE"}])["best_response"]
    assert counts(tally, best_response="NE") == 1
    assert counts(tally, best_response="not assessed") == 1


def test_series_without_a_response_table_has_everybody_not_assessed() -> None:
    found = tallies(3)
    assert counts(found["best_response"], best_response="not assessed") == 3
    assert counts(found["ongoing_complete"], "moment", ongoing="not assessed").tolist() == [3, 3]
    assert len(found["response_duration"].n) == 0


def test_best_response_by_case_keeps_the_case_number_of_each_patient() -> None:
    tally = tallies(3, response=[{"patient_id": "3", "best_response": "CR"}])["best_response_by_case"]
    assert numbers(select(tally, best_response="CR"), "case_number").tolist() == [3]
    assert numbers(select(tally, best_response="not assessed"), "case_number").tolist() == [1, 2]


def test_complete_response_followed_to_the_landmark_is_ongoing() -> None:
    assert ongoing({"best_response": "CR", "response_start": "1990-03-01"}, {"last_contact": "1991-06-01"}) == "yes"


def test_progression_before_the_landmark_ends_a_complete_response() -> None:
    response = {"best_response": "CR", "response_start": "1990-03-01", "progression": "1990-12-01"}
    assert ongoing(response, {"last_contact": "1995-01-01"}) == "no"


def test_progression_after_the_landmark_does_not_end_it_at_the_landmark_but_at_the_data_cut() -> None:
    response = {"best_response": "CR", "response_start": "1990-03-01", "progression": "1992-12-01"}
    assert ongoing(response, {"last_contact": "1995-01-01"}) == "yes"
    assert ongoing(response, {"last_contact": "1995-01-01"}, moment="data cut") == "no"


def test_death_before_the_landmark_is_a_no_although_follow_up_did_not_reach_it() -> None:
    response = {"best_response": "CR", "response_start": "1990-03-01"}
    assert (
        ongoing(response, {"last_contact": "1990-10-01", "died": "yes", "death": "1990-10-01"}, cut="1995-01-01")
        == "no"
    )


def test_death_without_a_date_is_taken_at_the_last_contact() -> None:
    response = {"best_response": "CR", "response_start": "1990-03-01"}
    assert ongoing(response, {"last_contact": "1990-10-01", "died": "yes"}, cut="1995-01-01") == "no"


@pytest.mark.parametrize("best_response", ["CR", "PR", "SD", "NE"])
def test_follow_up_that_ends_before_the_landmark_is_too_short_whatever_the_response(best_response: str) -> None:
    response = {"best_response": best_response, "response_start": "1990-03-01"}
    assert ongoing(response, {"last_contact": "1990-10-01"}, cut="1995-01-01") == "follow-up too short"


def test_progressive_disease_needs_no_follow_up_to_be_a_no() -> None:
    assert ongoing({"best_response": "PD"}, {"last_contact": "1990-02-01"}, cut="1995-01-01") == "no"


def test_patient_treated_shortly_before_the_data_cut_is_left_out_even_if_progression_came_sooner() -> None:
    response = {"best_response": "CR", "response_start": "1990-03-01", "progression": "1990-05-01"}
    assert ongoing(response, {"last_contact": "1990-10-01"}) == "follow-up too short"
    assert ongoing({"best_response": "PD"}, {"last_contact": "1990-02-01"}) == "follow-up too short"


def test_complete_response_first_seen_after_the_landmark_is_not_yet_one_at_it() -> None:
    response = {"best_response": "CR", "response_start": "1991-06-01"}
    assert ongoing(response, {"last_contact": "1992-01-01"}) == "no"
    assert ongoing(response, {"last_contact": "1992-01-01"}, moment="data cut") == "yes"


def test_progression_known_only_to_the_year_is_unclear_just_where_the_year_holds_the_landmark() -> None:
    response = {"best_response": "CR", "response_start": "1990-03-01"}
    assert ongoing(response | {"progression": "1991"}, {"last_contact": "1995-01-01"}) == "date unclear"
    assert ongoing(response | {"progression": "1990"}, {"last_contact": "1995-01-01"}) == "no"
    assert ongoing(response | {"progression": "1992"}, {"last_contact": "1995-01-01"}) == "yes"


def test_follow_up_counts_where_both_its_readings_reach_the_landmark() -> None:
    response = {"best_response": "CR", "response_start": "1990-03-01"}
    # The landmark is 1991-01-01 and the end of 1990 before it; the year 1991 may mean that day or a later one.
    assert ongoing(response, {"last_contact": "1990"}, cut="1995-01-01") == "follow-up too short"
    assert ongoing(response, {"last_contact": "1990-12-31T12:00"}, cut="1995-01-01") == "follow-up too short"
    assert ongoing(response, {"last_contact": "1991"}, cut="1995-01-01") == "yes"
    assert ongoing(response, {"last_contact": "1990-12"}, cut="1995-01-01") == "follow-up too short"


def test_follow_up_that_by_its_latest_reading_alone_reaches_the_landmark_is_unclear() -> None:
    tables = {
        "response": [{"patient_id": "1", "best_response": "CR", "response_start": "1990-03-01"}],
        "follow_up": [{"patient_id": "1", "last_contact": "1990"}, {"patient_id": "2", "last_contact": "1995-01-01"}],
    }
    tally = tallies(2, landmark_days=300, **tables)["ongoing_complete"]
    assert counts(tally, moment="landmark", ongoing="date unclear") == 1


def test_last_assessment_of_response_counts_as_follow_up() -> None:
    response = {"best_response": "CR", "response_start": "1990-03-01", "last_assessed": "1991-04-01"}
    assert ongoing(response) == "yes"


def durations(response: dict, follow_up: dict) -> list[tuple[str, int, str]]:
    found = tallies(1, response=[{"patient_id": "1"} | response], follow_up=[{"patient_id": "1"} | follow_up])[
        "response_duration"
    ]
    readings, ends = found.levels("reading"), found.levels("end")
    columns = zip(found.columns["reading"], found.columns["day"], found.columns["end"], strict=True)
    return sorted((readings[reading], int(day), ends[end]) for reading, day, end in columns)


def test_duration_runs_from_the_first_assessment_with_response_to_progression() -> None:
    response = {"best_response": "PR", "response_start": "1990-03-01", "progression": "1990-03-31"}
    ended = "progression or death"
    assert durations(response, {"last_contact": "1992-01-01"}) == [("earliest", 30, ended), ("latest", 30, ended)]


def test_death_before_progression_ends_a_response() -> None:
    response = {"best_response": "CR", "response_start": "1990-03-01"}
    found = durations(response, {"last_contact": "1990-03-11", "died": "yes", "death": "1990-03-11"})
    assert found[0] == ("earliest", 10, "progression or death")


def test_response_without_progression_is_censored_at_the_last_contact() -> None:
    response = {"best_response": "CR", "response_start": "1990-03-01"}
    assert durations(response, {"last_contact": "1990-03-21"})[0] == ("earliest", 20, "censored")


def test_partial_start_of_response_gives_a_duration_under_each_reading() -> None:
    response = {"best_response": "CR", "response_start": "1990-03", "progression": "1990-05-01"}
    found = durations(response, {"last_contact": "1992-01-01"})
    assert [(reading, day) for reading, day, _ in found] == [("earliest", 61), ("latest", 31)]


def test_response_without_a_start_is_not_dated_and_still_counted() -> None:
    response = {"best_response": "CR", "progression": "1990-05-01"}
    assert durations(response, {"last_contact": "1992-01-01"})[0] == ("earliest", 0, "not dated")


def test_end_before_the_start_of_response_is_not_dated() -> None:
    response = {"best_response": "CR", "response_start": "1990-06-01", "progression": "1990-05-01"}
    assert durations(response, {"last_contact": "1992-01-01"})[0] == ("earliest", 0, "not dated")


def test_stable_disease_has_no_duration_of_response() -> None:
    assert durations({"best_response": "SD", "response_start": "1990-03-01"}, {"last_contact": "1992-01-01"}) == []
