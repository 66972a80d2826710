"""When is a dose due, and is it given early, late, too soon after the last, or not at all?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seriatim.errors import Misuse
from seriatim.protocols.actions import Action
from seriatim.protocols.declared.regimen import Course, Cycle
from seriatim.protocols.timing.clock import instants, local_words
from seriatim.protocols.timing.course_timing import Before, cycle_barriers
from seriatim.protocols.timing.dose_timing import Administered, timing
from seriatim.protocols.timing.grid import cycle_day, planned_grid

NEW_YORK = "America/New_York"
DUE = datetime(2026, 3, 2, 14, tzinfo=UTC)
SOURCE = {"ref": "label", "at": "2.2"}


def cycle(**changed) -> Cycle:
    declared = {
        "drug": "aldesleukin",
        "every": "8 h",
        "max_doses": 14,
        "window": {"early": "30 min", "late": "1 h", "min_gap": "6 h"},
        "late_policy": {"up_to": "4 h"},
        "source": SOURCE,
    }
    return Cycle.model_validate(declared | changed)


def asked(hours: float, gap: float | None = 8, **changed):
    """A third dose, begun so many hours after its planned time and so many after the last one."""
    at = DUE + timedelta(hours=hours)
    begun = [] if gap is None else [Administered(at - timedelta(hours=gap))]
    return timing(cycle(**changed), number=3, due=DUE, at=at, administered=begun)


def test_eight_hours_are_eight_hours_when_the_clocks_go_forward():
    first = datetime(2026, 3, 7, 22, tzinfo=ZoneInfo(NEW_YORK))
    grid = planned_grid(cycle(), first, NEW_YORK)
    assert [due.clock for due in grid[:3]] == [
        "2026-03-07 22:00 -05:00",
        "2026-03-08 07:00 -04:00",
        "2026-03-08 15:00 -04:00",
    ]
    assert {later.at - sooner.at for sooner, later in pairwise(grid)} == {timedelta(hours=8)}


def test_eight_hours_are_eight_hours_when_the_clocks_go_back():
    first = datetime(2026, 10, 31, 22, tzinfo=ZoneInfo(NEW_YORK))
    grid = planned_grid(cycle(), first, NEW_YORK)
    assert [due.clock for due in grid[:3]] == [
        "2026-10-31 22:00 -04:00",
        "2026-11-01 05:00 -05:00",
        "2026-11-01 13:00 -05:00",
    ]


def test_a_clock_time_that_is_there_twice_is_either_of_two_instants():
    assert instants("2026-11-01 01:30", NEW_YORK) == (
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    )
    assert len({*instants("2026-11-01 01:30 -05:00", NEW_YORK)}) == 1


def test_a_clock_time_that_is_skipped_is_either_of_two_instants():
    early, late = instants("2026-03-08 02:30", NEW_YORK)
    assert late - early == timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "zone", "why"),
    [
        ("2026-03-02 05:58", None, "neither offset nor zone"),
        ("2026-03-02 05:58", "New York", "not known"),
        ("2026-03-02", NEW_YORK, "without a time of day"),
        ("two o'clock", NEW_YORK, "is no time"),
    ],
)
def test_a_time_that_is_no_instant_is_refused_with_what_to_write(text, zone, why):
    with pytest.raises(Misuse, match=why):
        instants(text, zone)


def test_the_first_day_is_day_0_or_day_1_and_days_turn_at_midnight_on_the_ward():
    first = datetime(2026, 3, 2, 22, tzinfo=ZoneInfo(NEW_YORK))
    grid = planned_grid(cycle(), first, NEW_YORK)
    assert [due.day for due in grid[:5]] == [1, 2, 2, 2, 3]
    assert [due.day for due in planned_grid(cycle(first_day=0), first, NEW_YORK)[:5]] == [0, 1, 1, 1, 2]
    assert cycle_day(cycle(), first, first + timedelta(hours=8)) == 1, "in UTC the day had begun before"


def test_an_interval_from_the_end_of_an_infusion_adds_its_length():
    from_end = cycle(counted_from="end", infuse_over="15 min")
    grid = planned_grid(from_end, DUE)
    assert grid[1].at - grid[0].at == timedelta(hours=8, minutes=15)
    with pytest.raises(Misuse, match="declare infuse_over"):
        planned_grid(cycle(counted_from="end"), DUE)


@pytest.mark.parametrize(
    ("hours", "answer"),
    [
        (-0.51, "too early"),
        (-0.5, "in the window"),
        (0, "in the window"),
        (1, "in the window"),
        (1.01, "late"),
        (4, "late"),
        (4.01, "to be skipped"),
    ],
)
def test_a_dose_is_early_in_the_window_late_or_skipped(hours, answer):
    found = asked(hours)
    assert found.answer == answer
    assert bool(found.barriers) == (answer in ("too early", "to be skipped"))


def test_a_dose_that_is_too_early_waits_until_its_window_opens():
    (barrier,) = asked(-1).barriers
    assert barrier.then is Action.DELAY
    assert barrier.text.startswith("1 h before its planned time")
    assert barrier.next_move == "wait until 2026-03-02 13:30 +00:00"


def test_a_dose_that_is_too_late_is_held_and_the_next_one_keeps_its_time():
    found = asked(5)
    assert [barrier.then for barrier in found.barriers] == [Action.HOLD_DOSE]
    assert found.next_due == DUE + timedelta(hours=8)


def test_a_late_dose_keeps_or_shifts_the_grid_as_the_protocol_names():
    kept = asked(2)
    assert (kept.next_due, kept.shift) == (DUE + timedelta(hours=8), timedelta(0))
    shifted = asked(2, late_policy={"up_to": "4 h", "grid": "shift"})
    assert (shifted.next_due, shifted.shift) == (DUE + timedelta(hours=10), timedelta(hours=2))
    on_time = asked(0.5, late_policy={"up_to": "4 h", "grid": "shift"})
    assert on_time.shift == timedelta(0), "inside its window a dose moves nothing"


@pytest.mark.parametrize(("gap", "is_kept_back"), [(5.99, True), (6, False), (None, False)])
def test_the_least_gap_to_the_last_dose_is_kept(gap, is_kept_back):
    found = asked(0, gap=gap)
    assert [barrier.then for barrier in found.barriers] == [Action.DELAY] * is_kept_back


def test_the_gap_counts_from_the_end_where_the_interval_does():
    at = DUE
    begun = [Administered(at - timedelta(hours=6), at - timedelta(hours=5, minutes=45))]
    from_start = timing(cycle(), number=2, due=DUE, at=at, administered=begun)
    assert not from_start.barriers
    from_end = timing(cycle(counted_from="end", infuse_over="15 min"), number=2, due=DUE, at=at, administered=begun)
    assert from_end.barriers[0].text == "5 h 45 min after the end of the last one, and 6 h is least"


def test_an_infusion_without_an_end_keeps_the_next_one_back_where_the_end_counts():
    begun = [Administered(DUE - timedelta(hours=8))]
    found = timing(cycle(counted_from="end", infuse_over="15 min"), number=2, due=DUE, at=DUE, administered=begun)
    assert "has no end" in found.barriers[0].text


def test_where_nobody_knows_the_last_dose_nothing_is_given():
    found = timing(cycle(), number=2, due=DUE, at=DUE, administered=None)
    assert [barrier.then for barrier in found.barriers] == [Action.DELAY]


def test_a_last_dose_dated_after_this_one_is_a_fault_of_the_clock():
    found = timing(cycle(), number=2, due=DUE, at=DUE, administered=[Administered(DUE + timedelta(hours=1))])
    assert "dated after" in found.barriers[0].text


def test_more_doses_than_the_cycle_has_are_not_given_and_held_ones_not_made_up_for():
    over = timing(cycle(), number=15, due=DUE, at=DUE, administered=[])
    assert [barrier.then for barrier in over.barriers] == [Action.STOP_CYCLE]
    begun = [Administered(DUE - timedelta(hours=8 * place)) for place in range(1, 15)]
    full = timing(cycle(), number=14, due=DUE, at=DUE, administered=begun)
    assert [barrier.then for barrier in full.barriers] == [Action.STOP_CYCLE]
    last = timing(cycle(), number=14, due=DUE, at=DUE, administered=begun[1:])
    assert (last.barriers, last.next_due) == ((), None)


def test_every_reason_is_told_at_once():
    begun = [Administered(DUE - timedelta(hours=2 + place)) for place in range(14)]
    found = timing(cycle(), number=15, due=DUE, at=DUE - timedelta(hours=1), administered=begun)
    assert [barrier.then for barrier in found.barriers] == [Action.DELAY, Action.DELAY, Action.STOP_CYCLE]


def test_a_dose_that_ended_before_it_began_is_refused():
    with pytest.raises(Misuse, match="before it was started"):
        Administered(DUE, DUE - timedelta(minutes=1))


def test_times_without_a_zone_are_refused():
    with pytest.raises(Misuse, match="time zone"):
        timing(cycle(), number=1, due=DUE.replace(tzinfo=None), at=DUE, administered=[])


def course(**changed) -> Course:
    declared = {
        "cycles": 2,
        "rest": "9 d",
        "next_course_after": "7 wk",
        "next_course_from": "discharge",
        "next_course_require": "tumour shrinkage",
        "source": SOURCE,
    }
    return Course.model_validate(declared | changed)


def begun(number_of_course: int, number: int, before: Before, **changed) -> list[str]:
    found = cycle_barriers(course(**changed), number_of_course=number_of_course, cycle=number, at=DUE, before=before)
    return [barrier.text for barrier in found]


def test_a_third_cycle_of_two_stops_the_course():
    (barrier,) = cycle_barriers(course(), number_of_course=1, cycle=3, at=DUE, before=Before())
    assert barrier.then is Action.STOP_COURSE


def test_the_second_cycle_waits_for_the_rest_after_the_last_dose():
    assert begun(1, 2, Before(last_dose=DUE - timedelta(days=9))) == []
    early = begun(1, 2, Before(last_dose=DUE - timedelta(days=8, hours=23)))
    assert early == ["less than 9 d since the last dose of the cycle before"]
    assert begun(1, 2, Before()) == ["it is not known when the last dose of the cycle before was"]


def test_the_next_course_waits_since_discharge_and_for_what_it_requires():
    weeks = timedelta(weeks=7)
    assert begun(2, 1, Before(discharge=DUE - weeks, requirement_met=True)) == []
    assert len(begun(2, 1, Before(discharge=DUE - weeks + timedelta(hours=1)))) == 2
    assert "is not met" in begun(2, 1, Before(discharge=DUE - weeks, requirement_met=False))[0]
    from_start = Before(course_start=DUE - weeks, requirement_met=True)
    assert begun(2, 1, from_start, next_course_from="course_start") == []
    assert "end of the course before" in begun(2, 1, from_start, next_course_from="course_end")[0]


ZONES = st.sampled_from(("America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"))


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), ZONES, st.integers(1, 24))  # noqa: DTZ001
def test_the_grid_is_elapsed_time_in_every_zone_and_its_clock_reads_back_to_it(first, zone, hours):
    first = first.replace(second=0, microsecond=0)
    grid = planned_grid(cycle(every=f"{hours} h"), first, zone)
    assert [due.at - first for due in grid] == [timedelta(hours=hours) * place for place in range(14)]
    assert all(due.at in instants(due.clock, None) for due in grid)
    assert all(due.at in instants(due.clock[:16], zone) for due in grid)
    assert [due.day for due in grid] == sorted(due.day for due in grid)
    assert all(due.clock == local_words(due.at, zone) for due in grid)
