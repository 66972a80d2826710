"""After which dose did the event come first, and who was at risk at each dose?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.analyses.risk_per_dose import Options, analyse, needs, steps_of
from seriatim.counting.count import count
from seriatim.derive import first_event_dose
from seriatim.derive._cases import derive_cases
from seriatim.engines.choose import collect
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.tallies.spec import Unit
from seriatim.tallies.tally import counts, select, tally_from_rows

PLAN = Plan(
    title="per dose",
    grouping={"by": "equal groups", "groups": 2},
    endpoints=[{"id": "it", "label": "It", "terms": "hypotension", "grades": "3-4"}],
)


def dose(patient: str, number: int, started: str, status: str = "given", cycle: int = 1) -> dict:
    return {"patient_id": patient, "course": "1", "cycle": str(cycle), "dose": str(number), "status": status,
            "started": started}  # fmt: skip


def three_doses(patient: str) -> list[dict]:
    return [dose(patient, i + 1, f"1990-01-10T{hour}:00") for i, hour in enumerate(("06", "14", "22"))]


def series_of(engine: str, doses: list[dict], events: list[dict], follow_up: list[dict] | None = None):
    patients = [{"patient_id": who, "accrual": "1990-01-10T06:00"} for who in ("1", "2")]
    named = [{"term": "hypotension", "grade": "3"} | event for event in events]
    tables = {"patient": patients, "dose": doses, "adverse_event": named, "follow_up": follow_up or []}
    raw = tuple(
        RawTable(name, name, pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for name, rows in tables.items()
        if rows
    )
    return take_in(RawSource("ward", "by hand", raw, ""), engine=engine)


@pytest.fixture(params=["polars", "duckdb"])
def derived(request):
    def rows(events: list[dict], doses: list[dict] | None = None) -> dict[str, tuple]:
        series = series_of(request.param, three_doses("1") if doses is None else doses, events)
        (spec,) = needs(PLAN, Options())
        frame = first_event_dose.derive(series, derive_cases(series, PLAN), spec)
        found = collect(frame, "patient_id").filter(pl.col("patient_id") == "1")
        return {row["reading"]: (row["event"], row["doses"], row["event_dose"]) for row in found.to_dicts()}

    return rows


def test_an_event_belongs_to_the_last_dose_started_before_it(derived):
    found = derived([{"patient_id": "1", "onset": "1990-01-10T15:30"}])
    assert found == {"earliest": ("after a dose", 3, 2), "latest": ("after a dose", 3, 2)}


def test_an_event_at_the_start_of_a_dose_belongs_to_that_dose(derived):
    assert derived([{"patient_id": "1", "onset": "1990-01-10T22:00"}])["latest"] == ("after a dose", 3, 3)


def test_a_date_without_a_time_is_read_as_early_and_as_late_as_it_allows(derived):
    doses = [dose("1", 1, "1990-01-09T22:00"), *[row | {"dose": str(i + 2)} for i, row in enumerate(three_doses("1"))]]
    found = derived([{"patient_id": "1", "onset": "1990-01-10"}], doses)
    assert found == {"earliest": ("after a dose", 4, 1), "latest": ("after a dose", 4, 4)}


def test_only_the_first_event_counts(derived):
    events = [{"patient_id": "1", "onset": f"1990-01-10T{hour}:30"} for hour in ("23", "07")]
    assert derived(events)["latest"] == ("after a dose", 3, 1)


def test_without_an_event_the_patient_was_at_risk_at_every_dose(derived):
    assert derived([{"patient_id": "1", "grade": "2", "onset": "1990-01-10T15:30"}])["latest"] == ("no event", 3, 0)


def test_somebody_with_the_event_before_the_first_dose_was_never_free_of_it(derived):
    events = [{"patient_id": "1", "onset": onset} for onset in ("1990-01-10T05:00", "1990-01-10T15:30")]
    assert derived(events)["latest"] == ("before the first dose", 3, 0)


def test_an_event_without_a_date_is_told_apart(derived):
    assert derived([{"patient_id": "1", "onset": None}])["latest"] == ("onset unknown", 3, 0)


def test_held_doses_are_no_doses_and_partial_ones_are(derived):
    doses = [
        row | {"status": status} for row, status in zip(three_doses("1"), ("given", "held", "partial"), strict=True)
    ]
    assert derived([{"patient_id": "1", "onset": "1990-01-10T15:30"}], doses)["latest"] == ("after a dose", 2, 1)


def test_an_event_after_the_next_cycle_began_is_not_of_the_first(derived):
    doses = [*three_doses("1"), dose("1", 1, "1990-01-12T06:00", cycle=2)]
    assert derived([{"patient_id": "1", "onset": "1990-01-12T07:00"}], doses)["latest"] == ("no event", 3, 0)
    assert derived([{"patient_id": "1", "onset": "1990-01-12T05:00"}], doses)["latest"] == ("after a dose", 3, 3)


def test_an_event_a_week_after_the_last_dose_is_no_event_of_the_cycle(derived):
    assert derived([{"patient_id": "1", "onset": "1990-01-17T21:59"}])["latest"] == ("after a dose", 3, 3)
    assert derived([{"patient_id": "1", "onset": "1990-01-17T22:00"}])["latest"] == ("no event", 3, 0)


def test_dates_of_doses_without_a_time_are_read_both_ways_too(derived):
    doses = [row | {"started": row["started"][:10]} for row in three_doses("1")]
    found = derived([{"patient_id": "1", "onset": "1990-01-10T15:30"}], doses)
    # Perhaps before all three doses of that day, perhaps after all three.
    assert found == {"earliest": ("before the first dose", 3, 0), "latest": ("after a dose", 3, 3)}


def test_a_dose_without_a_date_leaves_its_patient_out_whether_there_was_an_event_or_not(derived):
    doses = [*three_doses("1")[:2], dose("1", 3, None)]
    assert derived([], doses)["latest"] == ("dose not dated", 3, 0)
    assert derived([{"patient_id": "1", "onset": "1990-01-10T07:30"}], doses)["latest"] == ("dose not dated", 3, 0)


def test_a_patient_of_whom_no_dose_was_given_is_counted_and_at_risk_of_nothing(derived):
    assert derived([], [dose("1", 1, "1990-01-10T06:00", "held")])["latest"] == ("no dose recorded", 0, 0)


def test_a_record_without_a_grade_is_no_event_but_is_told(derived):
    events = [{"patient_id": "1", "grade": None, "onset": "1990-01-10T15:30"}]
    assert derived(events)["latest"] == ("not graded", 3, 0)


def test_nobody_is_free_of_an_event_for_which_the_series_has_no_table():
    series = series_of("polars", three_doses("1"), [])
    assert not series.has("adverse_event")
    (spec,) = needs(PLAN, Options())
    tally = count(series, derive_cases(series, PLAN), spec)
    assert counts(tally, endpoint="it", reading="latest", event="not assessed") == 1
    assert counts(tally, endpoint="it", reading="latest", event="no dose recorded") == 1


def test_an_event_that_the_source_does_not_flag_as_emergent_stays_out_where_the_plan_asks_for_the_flag():
    plan = PLAN.model_copy(update={"endpoints": (PLAN.endpoints[0].model_copy(update={"emergent": "source flag"}),)})
    event = {"patient_id": "1", "onset": "1990-01-10T15:30"}
    for flag, expected in (("yes", "after a dose"), ("no", "no event")):
        series = series_of("polars", three_doses("1"), [event | {"treatment_emergent": flag}])
        (spec,) = needs(plan, Options())
        tally = count(series, derive_cases(series, plan), spec)
        assert counts(tally, endpoint="it", reading="latest", event=expected) == 1


@pytest.mark.parametrize(
    ("last_contact", "died", "event"),
    [
        ("1990-01-16", "no", "window open"),
        ("1990-01-17", "no", "no event"),
        ("1990-01-16", "yes", "no event"),
    ],
)
def test_follow_up_that_ends_within_a_week_of_the_last_dose_leaves_the_window_open(last_contact, died, event):
    follow_up = [{"patient_id": "1", "last_contact": last_contact, "died": died}]
    series = series_of("polars", three_doses("1"), [{"patient_id": "2", "onset": None}], follow_up)
    (spec,) = needs(PLAN, Options())
    tally = count(series, derive_cases(series, PLAN), spec)
    assert counts(tally, endpoint="it", reading="latest", event=event) == 1


def test_a_series_without_doses_has_nobody_at_risk():
    series = series_of("polars", [], [])
    (spec,) = needs(PLAN, Options())
    tally = count(series, derive_cases(series, PLAN), spec)
    assert counts(tally, endpoint="it", reading="latest", event="no dose recorded") == 2
    rows = Results(tuple(analyse({spec.name: tally}, PLAN, Options())))
    assert all(row.value is None and row.reason for row in rows.where(statistic="cumulative_risk"))


def tally():
    (spec,) = needs(PLAN, Options())
    keys = tuple(key if key.name != "group" else type(key)("group", key.role, ("early", "late")) for key in spec.keys)
    rows = [
        ("early", "it", "latest", "after a dose", 3, 1, 2),
        ("early", "it", "latest", "after a dose", 3, 2, 1),
        ("early", "it", "latest", "no event", 3, 0, 4),
        ("early", "it", "latest", "no event", 1, 0, 3),
        ("early", "it", "latest", "before the first dose", 3, 0, 5),
        ("late", "it", "latest", "no event", 2, 0, 9),
        ("late", "it", "latest", "after a dose", 2, 2, 1),
        ("late", "it", "latest", "onset unknown", 2, 0, 2),
    ]
    return tally_from_rows(spec.name, Unit.PATIENT, spec.definition, keys, rows)


def test_at_risk_are_those_given_the_dose_who_had_no_event_before_it():
    steps = steps_of(select(tally(), endpoint="it", reading="latest"))
    assert steps.at_risk.tolist() == [[10, 5, 4], [10, 10, 0]]
    assert steps.events.tolist() == [[2, 1, 0], [0, 1, 0]]


def test_the_rows_carry_what_could_not_be_placed():
    rows = Results(tuple(analyse({"first_event_dose": tally()}, PLAN, Options(at_dose=2))))
    latest = {"stratum": "latest reading of onset"}
    first, last = rows.where(statistic="cumulative_risk", **latest)
    # 1 - (1 - 2/10)(1 - 1/5) and 1 - (1 - 0/10)(1 - 1/10)
    assert first.value == pytest.approx(0.36)
    assert last.value == pytest.approx(0.10)
    assert (first.missing, last.missing) == (5, 2)
    difference = rows.one(statistic="cumulative_difference", **latest)
    assert difference.value == pytest.approx(-0.26)
    assert rows.one(statistic="event_before_first_dose", group="early", **latest).value == 5
    assert rows.one(statistic="onset_unknown", group="late", **latest).value == 2
