"""What is known of a patient's death, and where does the run without one begin and end?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.analyses.deaths import Options, analyse, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.tallies.tally import counts

PLAN = Plan(title="deaths", grouping={"by": "equal groups", "groups": 2})
LONG, SHORT = {"last_contact": "1995-01-01"}, {"last_contact": "1990-01-20"}
RELATED = {"died": "yes", "death": "1990-02-01", "relatedness": "related", "last_contact": "1990-02-01"}
UNKNOWN, OTHER = RELATED | {"relatedness": "unknown"}, RELATED | {"relatedness": "not_related"}


def tallies_of(engine: str, follow_ups: list[dict | None], **others: list[dict]):
    """Patients in order of accrual, all first treated in January 1990, with what follow-up says of each."""
    patients = [{"patient_id": f"{i:02d}", "accrual": f"1990-01-{i + 1:02d}"} for i in range(len(follow_ups))]
    rows = [{"patient_id": f"{i:02d}"} | row for i, row in enumerate(follow_ups) if row is not None]
    tables = {"patient": patients, "follow_up": rows, **others}
    raw = tuple(
        RawTable(name, name, pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for name, rows in tables.items()
        if rows
    )
    series = take_in(RawSource("ward", "by hand", raw, ""), engine=engine)
    cases = derive_cases(series, PLAN)
    return {spec.name: count(series, cases, spec) for spec in needs(PLAN, Options())}


def results(follow_ups: list[dict | None], engine: str = "polars") -> Results:
    return Results(tuple(analyse(tallies_of(engine, follow_ups), PLAN, Options())))


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_six_things_can_be_known_of_a_death(engine):
    tally = tallies_of(engine, [RELATED, UNKNOWN, OTHER, LONG, SHORT, None])["deaths_by_case"]
    levels = tally.levels("death")
    found = [levels[row.argmax()] for row in counts(tally, "case_number", "death")]
    assert found == [
        "related", "relatedness unknown", "not related", "no death", "follow-up too short", "no follow-up",
    ]  # fmt: skip


def test_without_a_table_of_follow_up_nothing_is_known():
    tally = tallies_of("polars", [None, None])["deaths"]
    assert int(counts(tally, death="no follow-up")) == 2


def test_exactly_thirty_days_are_ripe_and_one_day_less_is_not():
    tally = tallies_of("polars", [{"last_contact": "1990-01-31"}, {"last_contact": "1990-01-31"}])["deaths_by_case"]
    ripe = counts(tally, "case_number", "death")
    levels = tally.levels("death")
    assert [levels[row.argmax()] for row in ripe] == ["no death", "follow-up too short"]


def test_a_day_known_only_by_its_month_is_ripe_only_if_its_worst_day_is():
    # The first of February is 31 days after the first of January, 30 after the second, 29 after the third.
    tally = tallies_of("polars", [{"last_contact": "1990-02"}] * 3)["deaths_by_case"]
    levels = tally.levels("death")
    found = [levels[row.argmax()] for row in counts(tally, "case_number", "death")]
    assert found == ["no death", "no death", "follow-up too short"]


def death_of(follow_up: dict | None, events: tuple[dict, ...] = (), stop_reason: str | None = None) -> str:
    """What is known of the death of one patient from all that the record says."""
    cycles = [{"patient_id": "00", "course": "1", "cycle": "1", "stop_reason": stop_reason}] if stop_reason else []
    fatal = [{"patient_id": "00", "term": "sepsis"} | event for event in events]
    tally = tallies_of("polars", [follow_up], adverse_event=fatal, cycle=cycles)["deaths"]
    (level,) = (level for level in tally.levels("death") if counts(tally, death=level))
    return level


FATAL = {"grade": "5", "relatedness": "related"}
FATAL_UNRELATED = {"grade": "5", "relatedness": "not_related"}


def test_an_event_of_grade_5_is_a_death_although_nobody_wrote_down_the_follow_up():
    assert death_of(None, (FATAL,)) == "related"
    assert death_of(None, (FATAL_UNRELATED,)) == "not related"
    assert death_of(None, ({"grade": "5"},)) == "relatedness unknown"
    assert death_of(None, ({"grade": "4", "relatedness": "related"},)) == "no follow-up"


def test_one_fatal_event_from_treatment_is_enough_beside_others_that_are_not():
    assert death_of(None, (FATAL_UNRELATED, FATAL)) == "related"


def test_a_cycle_that_ended_by_death_tells_of_a_death_and_not_of_what():
    assert death_of(None, stop_reason="death") == "relatedness unknown"
    assert death_of(OTHER, stop_reason="death") == "not related"
    assert death_of(RELATED, stop_reason="death") == "related"


def test_a_date_of_death_is_a_death_although_died_was_left_empty():
    assert death_of({"death": "1990-02-01", "relatedness": "related", "last_contact": "1995-01-01"}) == "related"


def test_follow_up_that_does_not_know_the_relation_takes_it_from_the_fatal_event():
    assert death_of(UNKNOWN, (FATAL,)) == "related"
    assert death_of(UNKNOWN, (FATAL_UNRELATED,)) == "not related"


def test_sources_that_contradict_each_other_leave_the_relation_unknown():
    assert death_of(OTHER, (FATAL,)) == "relatedness unknown"
    assert death_of(RELATED, (FATAL_UNRELATED,)) == "relatedness unknown"
    assert death_of(LONG | {"died": "no"}, (FATAL,)) == "relatedness unknown"


def test_the_run_is_counted_from_the_last_related_death():
    found = results([LONG, RELATED, LONG, OTHER, LONG])
    assert found.one(statistic="last_death").value == 2
    run = found.one(statistic="final_run")
    assert (run.value, run.numerator, run.denominator) == (3, 1, 5)


def test_a_death_of_unknown_relation_shortens_only_the_second_reading():
    found = results([RELATED, LONG, UNKNOWN, LONG])
    assert found.one(statistic="final_run").value == 3
    assert found.one(statistic="final_run_if_unknown_are_related").value == 1


def test_cases_after_the_last_one_that_can_be_judged_are_not_yet_in_the_run():
    found = results([RELATED, LONG, LONG, SHORT, None])
    run = found.one(statistic="final_run")
    assert (run.value, run.missing, run.denominator) == (2, 0, 3)
    assert found.one(statistic="not_ripe").value == 2
    assert found.one(statistic="last_judged").value == 3
    assert run.assumptions == "2 after it not yet"


def test_a_case_within_the_run_that_cannot_be_judged_is_left_out_and_told():
    found = results([RELATED, LONG, LONG, SHORT, LONG])
    run = found.one(statistic="final_run")
    assert (run.value, run.missing, run.denominator) == (3, 1, 4)
    assert run.assumptions == "1 within the run cannot be judged"


def test_the_shortest_run_is_what_remains_if_the_last_case_not_judged_had_died():
    found = results([RELATED, SHORT, LONG, LONG, None, LONG, LONG, LONG])
    assert found.one(statistic="final_run").value == 5
    assert found.one(statistic="shortest_run").value == 3


def test_a_case_without_follow_up_at_the_very_end_is_not_ripe_and_one_before_it_is_in_the_run():
    first, second = results([RELATED, LONG, SHORT]), results([RELATED, SHORT, LONG])
    assert [found.one(statistic="final_run").missing for found in (first, second)] == [0, 1]
    assert [found.one(statistic="not_ripe").value for found in (first, second)] == [1, 0]


def test_a_death_from_something_else_within_thirty_days_can_be_judged():
    early = {"died": "yes", "death": "1990-01-05", "relatedness": "not_related", "last_contact": "1990-01-05"}
    run = results([RELATED, early, LONG]).one(statistic="final_run")
    assert (run.value, run.missing) == (2, 0)


def test_a_series_that_nobody_followed_makes_no_claim_of_a_run():
    found = results([None, SHORT])
    for statistic in ("final_run", "risk_in_run"):
        assert found.one(statistic=statistic).reason == "no case has been followed for long enough to be judged"
    assert found.one(statistic="last_death") is None


def test_a_case_that_cannot_be_judged_before_the_last_death_is_not_among_those_judged():
    run = results([LONG, None, RELATED, LONG]).one(statistic="final_run")
    assert (run.value, run.denominator) == (1, 3)


def test_a_death_of_the_last_case_leaves_no_run():
    row = results([LONG, RELATED]).one(statistic="risk_in_run")
    assert row.value is None
    assert row.reason == "the last case that can be judged died of treatment"


def test_no_death_at_all_has_a_bound_but_no_chance():
    found = results([LONG] * 10)
    assert (
        found.one(statistic="last_death").reason == "no treatment-related death among the 10 cases that can be judged"
    )
    assert found.one(statistic="final_run").value == 10
    # 0 of 10: upper end of the exact two-sided 95 % interval, 1 - 0.025^(1/10)
    assert found.one(statistic="risk_in_run").upper == pytest.approx(1 - 0.025**0.1, rel=1e-12)
    assert found.one(statistic="p_final_run").value is None


def test_the_chance_of_the_run_counts_the_orders():
    # One death among 4 judged cases, run of 3: the death must be the first of 4.
    found = results([RELATED, LONG, LONG, LONG])
    assert found.one(statistic="p_final_run").value == pytest.approx(1 / 4)
    # Somewhere a run of 3: the death is first or last.
    assert found.one(statistic="p_run_anywhere").value == pytest.approx(2 / 4)


def test_deaths_by_group_keep_the_unknown_in_the_bound():
    found = results([RELATED, UNKNOWN, LONG, SHORT])
    first = found.where(statistic="risk")[0]
    assert (first.numerator, first.denominator, first.missing) == (1, 2, 0)
    assert found.where(statistic="risk_highest")[0].numerator == 2
    assert found.where(statistic="risk")[1].missing == 1


def test_groups_that_are_not_consecutive_have_no_run():
    plan = Plan(title="arms", grouping={"by": "levels", "column": "arm", "levels": ["a", "b"]})
    assert [spec.name for spec in needs(plan, Options())] == ["deaths"]
