"""Which version does a dose go by?"""

from datetime import UTC, date, datetime, timedelta

import pytest

from seriatim.errors import Misuse
from seriatim.protocols.load import load_protocol
from seriatim.protocols.versions.in_force import in_force
from seriatim.protocols.versions.pinning import Moved, Treated, version_for

MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def version(number, effective, *, name="il2", status="approved", limit="3"):
    return load_protocol(f"""
schema: seriatim.protocol/1
id: {name}
version: {number}
title: Interleukin-2
status: {status}
effective: {{{effective}}}
sources: {{table: {{cite: a table}}}}
variables:
  creatinine:
    {{type: quantity, text: creatinine, unit: mg/dL, codes: [creatinine], resolution: 0.1, plausible: [0.1, 30]}}
before_dose:
  - id: renal
    text: creatinine
    when: "creatinine >= '{limit} mg/dL'"
    then: stop_cycle
    source: {{ref: table, at: row 1}}
""")


FIRST = version("1.0.0", "since: 2026-01-01, until: 2026-03-05")
SECOND = version("2.0.0", "since: 2026-03-06", limit="2.8")


def treated(*, course=MONDAY, cycle=None, at=None, zone="UTC"):
    cycle = cycle or course
    return Treated("p1", course, cycle, at or cycle, zone)


def test_both_ends_of_a_period_belong_to_it():
    assert in_force([FIRST, SECOND], date(2026, 1, 1)) is FIRST
    assert in_force([FIRST, SECOND], date(2026, 3, 5)) is FIRST
    assert in_force([FIRST, SECOND], date(2026, 3, 6)) is SECOND
    assert in_force([FIRST, SECOND], date(2025, 12, 31)) is None


def test_of_two_versions_in_force_the_one_that_began_last_counts():
    endless = version("1.0.0", "since: 2026-01-01")
    assert in_force([SECOND, endless], date(2026, 4, 1)) is SECOND


def test_two_versions_that_begin_on_one_day_are_refused():
    other = version("2.1.0", "since: 2026-03-06")
    with pytest.raises(Misuse, match=r"il2@2.0.0 .* and il2@2.1.0 .* begin on one day"):
        in_force([SECOND, other], date(2026, 3, 6))


def test_a_retired_version_was_in_force_up_to_its_declared_end():
    ended = version("1.0.0", "since: 2026-01-01, until: 2026-03-05", status="retired")
    endless = version("1.0.0", "since: 2026-01-01", status="retired")
    assert in_force([ended], date(2026, 2, 1)) is ended
    assert in_force([endless], date(2026, 2, 1)) is None


def test_versions_of_two_protocols_are_not_mixed():
    with pytest.raises(Misuse, match="found cart, il2"):
        in_force([FIRST, version("1.0.0", "since: 2026-01-01", name="cart")], date(2026, 2, 1))


def test_a_patient_keeps_the_version_of_the_cycle_start_to_the_last_dose():
    assert version_for([FIRST, SECOND], treated(at=MONDAY + timedelta(days=4))) is FIRST


def test_a_new_version_counts_from_the_next_cycle_on():
    next_cycle = treated(cycle=MONDAY + timedelta(days=14))
    assert version_for([FIRST, SECOND], next_cycle) is SECOND


def test_a_version_for_new_courses_waits_for_the_next_course():
    second = version("2.0.0", "since: 2026-03-06, applies_to: new_courses")
    assert version_for([FIRST, second], treated(cycle=MONDAY + timedelta(days=14))) is FIRST
    assert version_for([FIRST, second], treated(course=MONDAY + timedelta(days=60))) is second


def test_a_version_for_every_dose_counts_from_its_first_day_also_after_it_ran_out():
    urgent = version("2.0.0", "since: 2026-03-03, until: 2026-03-04, applies_to: every_dose")
    assert version_for([FIRST, urgent], treated(at=MONDAY + timedelta(hours=8))) is FIRST
    assert version_for([FIRST, urgent], treated(at=MONDAY + timedelta(days=1))) is urgent
    assert version_for([FIRST, urgent], treated(at=MONDAY + timedelta(days=3))) is urgent


def test_the_day_is_that_of_the_ward():
    late = datetime(2026, 3, 6, 3, 0, tzinfo=UTC)  # still the 5th in New York
    assert version_for([FIRST, SECOND], treated(course=late, zone="America/New_York")) is FIRST
    assert version_for([FIRST, SECOND], treated(course=late)) is SECOND


def moved(hours, one, other, reason="amendment 2, agreed with the patient"):
    return Moved("p1", MONDAY + timedelta(hours=hours), one.sha256, other.sha256, reason, "id-17", "physician")


def test_a_recorded_move_counts_from_its_moment_on():
    move = moved(20, FIRST, SECOND)
    assert version_for([FIRST, SECOND], treated(at=MONDAY + timedelta(hours=16)), [move]) is FIRST
    assert version_for([FIRST, SECOND], treated(at=MONDAY + timedelta(hours=24)), [move]) is SECOND


def test_a_patient_who_was_moved_back_goes_by_the_last_move():
    moves = [moved(20, FIRST, SECOND), moved(30, SECOND, FIRST)]
    assert version_for([FIRST, SECOND], treated(at=MONDAY + timedelta(hours=32)), moves) is FIRST


def test_the_move_of_another_patient_or_an_earlier_course_does_not_count():
    other = Moved("p2", MONDAY, FIRST.sha256, SECOND.sha256, "a reason", "id-17", "physician")
    before = moved(-400, FIRST, SECOND)
    assert version_for([FIRST, SECOND], treated(), [other, before]) is FIRST


def test_a_move_from_a_version_that_did_not_count_is_refused():
    with pytest.raises(Misuse, match="a move starts from"):
        version_for([FIRST, SECOND], treated(at=MONDAY + timedelta(hours=24)), [moved(20, SECOND, FIRST)])


def test_a_move_to_a_version_that_is_not_there_is_refused():
    with pytest.raises(Misuse, match="not among those given"):
        version_for([FIRST], treated(at=MONDAY + timedelta(hours=24)), [moved(20, FIRST, SECOND)])


def test_a_move_without_reason_or_zone_or_to_itself_is_no_event():
    with pytest.raises(Misuse, match="needs a reason"):
        moved(1, FIRST, SECOND, reason=" ")
    with pytest.raises(Misuse, match="to itself"):
        moved(1, FIRST, FIRST)
    with pytest.raises(Misuse, match="no time zone"):
        Moved("p1", datetime(2026, 3, 2), "a", "b", "why", "id-1", "physician")  # noqa: DTZ001


def test_a_course_that_no_version_was_in_force_for_is_refused():
    with pytest.raises(Misuse, match="no version was in force"):
        version_for([SECOND], treated())


def test_two_moves_at_one_moment_are_refused():
    with pytest.raises(Misuse, match="two moves"):
        version_for([FIRST, SECOND], treated(at=MONDAY + timedelta(hours=24)), [moved(20, FIRST, SECOND)] * 2)


def test_times_without_zone_or_out_of_order_are_refused():
    with pytest.raises(Misuse, match="not in order"):
        treated(course=MONDAY, cycle=MONDAY - timedelta(days=1))
    with pytest.raises(Misuse, match="no time zone"):
        Treated("p1", datetime(2026, 3, 2), MONDAY, MONDAY, "UTC")  # noqa: DTZ001
