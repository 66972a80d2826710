"""Who is a case, with which number, in which group and stratum?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.analyses import accrual
from seriatim.counting.count import count
from seriatim.derive._cases import Cases, derive_cases
from seriatim.errors import Misuse
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import Conventions, RawSource, RawTable
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.tally import counts, numbers


@pytest.fixture(params=["polars", "duckdb"])
def engine(request) -> str:
    return request.param


def series_of(engine: str, *patients: dict, zone: str = "UTC", **tables: list[dict]) -> TreatmentSeries:
    named = [{"patient_id": f"{place:04}"} | row for place, row in enumerate(patients, start=1)]
    raw = tuple(
        RawTable(name, f"{name}.csv", pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for name, rows in {"patient": named, **tables}.items()
    )
    return take_in(RawSource("ward", "by hand", raw, "", (), Conventions(zone=zone)), engine=engine)


def on(*days: str) -> list[dict]:
    return [{"accrual": day} for day in days]


def cases_of(series: TreatmentSeries, grouping: dict, **plan: object) -> Cases:
    return derive_cases(series, Plan(title="cases", grouping=grouping, **plan))


def rows_of(cases: Cases, *columns: str) -> list[tuple]:
    frame = cases.frame.select("patient_id", *columns).collect("polars").to_native()
    return frame.sort("patient_id").drop("patient_id").rows()


def groups_of(cases: Cases) -> list[str]:
    return [cases.group.levels[place] for (place,) in rows_of(cases, "group")]


def test_blocks_are_named_by_their_cases_and_cut_by_case_number(engine):
    days = on(*(f"1990-01-{day:02}" for day in range(1, 8)))
    cases = cases_of(series_of(engine, *days), {"by": "blocks", "size": 3})
    assert cases.group.levels == ("cases 1–3", "cases 4–7")
    assert [place for (place,) in rows_of(cases, "group")] == [0, 0, 0, 1, 1, 1, 1]
    assert cases.alignment == "site order"


def test_remainder_of_half_a_block_is_a_group_of_its_own(engine):
    days = on(*(f"1990-01-{day:02}" for day in range(1, 9)))
    cases = cases_of(series_of(engine, *days), {"by": "blocks", "size": 3})
    assert [place for (place,) in rows_of(cases, "group")] == [0, 0, 0, 1, 1, 1, 2, 2]


def test_equal_groups_have_the_larger_ones_last(engine):
    days = on(*(f"1990-01-{day:02}" for day in range(1, 7)))
    cases = cases_of(series_of(engine, *days), {"by": "equal groups", "groups": 4})
    assert [place for (place,) in rows_of(cases, "group")] == [0, 1, 2, 2, 3, 3]
    assert cases.group.levels == ("cases 1–1", "cases 2–2", "cases 3–4", "cases 5–6")


def test_thousands_of_groups_are_cut_as_easily_as_two(engine):
    patients = [{"accrual": f"199{place % 10}-01-01", "case_number": str(place + 1)} for place in range(2500)]
    cases = cases_of(series_of(engine, *patients), {"by": "blocks", "size": 1})
    assert [place for (place,) in rows_of(cases, "group")] == list(range(2500))


def test_eras_open_on_their_day_and_the_cases_before_belong_to_the_era_before(engine):
    series = series_of(engine, *on("1989-12-31", "1990-01-01", "1992-06-30", "1993"))
    cases = cases_of(series, {"by": "eras", "starts": ["1990-01-01", "1993-01-01"]})
    assert groups_of(cases) == [
        "before 1990-01-01",
        "1990-01-01 to before 1993-01-01",
        "1990-01-01 to before 1993-01-01",
        "from 1993-01-01",
    ]
    assert cases.alignment == "calendar"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC"])
def test_era_opens_at_midnight_of_the_ward_and_not_of_greenwich(engine, zone):
    evening, day = "1989-12-31T23:30", "1990-01-01"
    series = series_of(engine, *on(evening, day, "1990-01-01T00:10"), zone=zone)
    cases = cases_of(series, {"by": "eras", "starts": ["1990-01-01"]})
    assert groups_of(cases) == ["before 1990-01-01", "from 1990-01-01", "from 1990-01-01"]


def test_practice_periods_are_cut_at_each_day_of_a_change_once_whatever_the_hour(engine):
    changes = [
        {"changed": "1990-02-01", "domain": "screen", "description": "stress test"},
        {"changed": "1990-02-01T09:00", "domain": "conditions", "description": "antibiotics"},
        {"changed": "1990-03-01", "domain": "screen", "description": "MRI"},
    ]
    series = series_of(engine, *on("1990-01-31", "1990-02-01T08:00", "1990-03-02"), practice_change=changes)
    assert groups_of(cases_of(series, {"by": "practice periods"})) == [
        "before 1990-02-01",
        "1990-02-01 to before 1990-03-01",
        "from 1990-03-01",
    ]
    conditions = cases_of(series, {"by": "practice periods", "domain": "conditions"})
    assert conditions.group.levels == ("before 1990-02-01", "from 1990-02-01")


def test_practice_that_never_changed_in_a_domain_is_one_period(engine):
    changes = [{"changed": "1990-02-01", "domain": "screen", "description": "stress test"}]
    series = series_of(engine, *on("1990-01-31"), practice_change=changes)
    assert groups_of(cases_of(series, {"by": "practice periods", "domain": "terminate"})) == ["all dates"]


def test_practice_periods_without_the_table_of_changes_are_refused(engine):
    with pytest.raises(Misuse, match="needs the table practice_change"):
        cases_of(series_of(engine, *on("1990-01-31")), {"by": "practice periods"})


def test_levels_are_taken_in_the_order_of_the_plan_and_others_are_left_out_with_the_reason(engine):
    patients = [{"accrual": "1990-01-01", "arm": arm} for arm in ("B", "A", "C", None)]
    cases = cases_of(series_of(engine, *patients), {"by": "levels", "column": "arm", "levels": ["A", "B"]})
    assert groups_of(cases) == ["B", "A"]
    assert (cases.n, cases.left_out) == (2, (("in no group", 2),))


def test_levels_population_and_strata_may_be_numbers_written_as_words(engine):
    patients = [{"accrual": f"1990-01-0{day}", "performance_status": str(day % 2)} for day in range(1, 5)]
    series = series_of(engine, *patients)
    levels = {"by": "levels", "column": "performance_status", "levels": ["0", "1"]}
    assert groups_of(cases_of(series, levels)) == ["1", "0", "1", "0"]
    chosen = {"label": "ECOG 1", "column": "performance_status", "levels": ["1"]}
    assert cases_of(series, {"by": "blocks", "size": 5}, population=chosen).n == 2
    strata = cases_of(series, {"by": "blocks", "size": 5}, stratum="performance_status", strata=["1"])
    assert rows_of(strata, "stratum") == [(0,), (1,), (0,), (1,)]


def test_case_numbers_run_without_gaps_in_the_population_that_is_reviewed(engine):
    patients = [{"accrual": f"1990-01-0{day}", "diagnosis": word} for day, word in enumerate("mrmrm", start=1)]
    cases = cases_of(
        series_of(engine, *patients),
        {"by": "blocks", "size": 2},
        population={"label": "melanoma", "column": "diagnosis", "levels": ["m"]},
    )
    assert rows_of(cases, "case_number", "group") == [(1, 0), (2, 0), (3, 1)]
    assert cases.left_out == (("not in the population: melanoma", 2),)


def test_population_of_nobody_is_refused(engine):
    series = series_of(engine, *on("1990-01-01"))
    with pytest.raises(Misuse, match="no patient of the series is in the population 'nobody'"):
        cases_of(series, {"by": "blocks", "size": 2}, population={"label": "nobody", "column": "site", "levels": ["x"]})


def test_column_that_the_series_does_not_have_is_named(engine):
    with pytest.raises(Misuse, match="names the patient column 'ward', which the series does not have"):
        cases_of(series_of(engine, *on("1990-01-01")), {"by": "levels", "column": "ward", "levels": ["x"]})


def test_stratum_that_the_plan_does_not_name_is_other_or_unknown(engine):
    patients = [{"accrual": "1990-01-01", "diagnosis": word} for word in ("renal", "melanoma", "lymphoma", None)]
    cases = cases_of(
        series_of(engine, *patients), {"by": "blocks", "size": 9}, stratum="diagnosis", strata=["melanoma", "renal"]
    )
    assert cases.stratum.levels == ("melanoma", "renal", "other or unknown")
    assert rows_of(cases, "stratum") == [(1,), (0,), (2,), (2,)]


# ---- accrual by month, and what changed when


def tally_of(series: TreatmentSeries, name: str):
    plan = Plan(title="accrual", grouping={"by": "blocks", "size": 100})
    spec = next(spec for spec in accrual.needs(plan, accrual.Options()) if spec.name == name)
    return count(series, derive_cases(series, plan), spec)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC"])
def test_month_of_accrual_is_that_of_the_wards_calendar_in_summer_and_winter(engine, zone):
    days = on("1990-01-01", "1990-01-31T23:50", "1990-07-01T00:10", "1990-07-31", "1990-10")
    months = tally_of(series_of(engine, *days, zone=zone), "accrual")
    assert numbers(months, "month").tolist() == [199001, 199007, 199010]
    assert counts(months, "month").tolist() == [2, 2, 1]


def test_patient_treated_on_the_day_of_a_change_was_treated_after_it(engine):
    changes = [{"changed": "1990-02-01T16:00", "domain": "screen", "description": "stress test"}]
    days = on("1990-01-31T20:00", "1990-02-01T08:00", "1990-02-02")
    tally = tally_of(series_of(engine, *days, practice_change=changes, zone="America/New_York"), "practice_changes")
    (change,) = tally.levels("change")
    assert change == "1990-02-01 screen: stress test"
    assert counts(tally, "period", change=change).tolist() == [1, 2]


def test_change_written_down_twice_counts_each_patient_once(engine):
    changes = [{"changed": day, "domain": "screen", "description": "MRI"} for day in ("1990-02-01", "1990-02-01T09:00")]
    tally = tally_of(series_of(engine, *on("1990-01-31", "1990-03-01"), practice_change=changes), "practice_changes")
    assert counts(tally, "change", "period").tolist() == [[1, 1]]


def test_series_in_which_practice_never_changed_has_no_changes(engine):
    assert tally_of(series_of(engine, *on("1990-01-31")), "practice_changes").levels("change") == ()


def test_clock_that_changes_while_the_series_runs_is_followed_from_its_first_patient_on(engine):
    # In Samoa 30 December 2011 did not exist: the clock went from Thursday to Saturday.
    days = on("2011-12-29T23:00", "2011-12-31T01:00")
    months = tally_of(series_of(engine, *days, zone="Pacific/Apia"), "accrual")
    assert counts(months, "month").tolist() == [2]
