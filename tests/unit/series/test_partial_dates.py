"""Which instants does each way of writing a date mean?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.series.partial_dates import type_when
from seriatim.series.raw import Conventions


def _typed(text: str, order: str = "ymd", zone: str = "UTC") -> tuple[str | None, ...]:
    _, earliest, latest, fault = type_when(pl.Series([text]), Conventions(order, ".", zone)).row(0)
    return str(earliest) if earliest else None, str(latest) if latest else None, fault


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("1998", "1998-01-01 00:00:00", "1998-12-31 23:59:59.999999"),
        ("2000-02", "2000-02-01 00:00:00", "2000-02-29 23:59:59.999999"),
        ("1998-08-15", "1998-08-15 00:00:00", "1998-08-15 23:59:59.999999"),
        ("1998-08-15T08", "1998-08-15 08:00:00", "1998-08-15 08:59:59.999999"),
        ("1998-08-15 08:30", "1998-08-15 08:30:00", "1998-08-15 08:30:00"),
        ("1998-08-15T08:30:05.25", "1998-08-15 08:30:05.250000", "1998-08-15 08:30:05.250000"),
        ("1998-08-15T24:00", "1998-08-16 00:00:00", "1998-08-16 00:00:00"),
        ("1998-08-15T08:30-05:00", "1998-08-15 13:30:00", "1998-08-15 13:30:00"),
        ("1998-08-15T08:30Z", "1998-08-15 08:30:00", "1998-08-15 08:30:00"),
    ],
)
def test_iso_date_keeps_its_precision(text: str, earliest: str, latest: str) -> None:
    assert _typed(text) == (earliest, latest, None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2003---15", "when.middle_left_out"),
        ("--02-03", "when.middle_left_out"),
        ("2003-12-15T-:30", "when.middle_left_out"),
        ("1990-02-31", "when.impossible"),
        ("1998-08-15T08:60", "when.impossible"),
        ("1998-08-15T24:01", "when.impossible"),
        ("1998-08-15T08:30+15:00", "when.impossible"),
        ("9999-12-31", "when.out_of_range"),
        ("1900-01-01", "when.out_of_range"),
        ("15.08.98", "when.two_digit_year"),
        ("03/04/2020", "when.order_not_stated"),
        ("36022", "when.spreadsheet_number"),
        ("UNK", "when.not_a_date"),
        ("1998-UN-UN", "when.not_a_date"),
        ("1998-8-5", "when.not_a_date"),
    ],
)
def test_what_is_no_date_is_set_aside_with_its_own_fault(text: str, fault: str) -> None:
    assert _typed(text) == (None, None, fault)


def test_third_of_april_and_fourth_of_march_are_told_apart_by_the_stated_order() -> None:
    assert _typed("03/04/2020", "dmy")[0] == "2020-04-03 00:00:00"
    assert _typed("03/04/2020", "mdy")[0] == "2020-03-04 00:00:00"


@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_iso_dates_and_partial_dates_are_read_under_every_order(order: str) -> None:
    assert _typed("2020-04-03", order)[0] == "2020-04-03 00:00:00"
    assert _typed("4/2020", order)[:2] == ("2020-04-01 00:00:00", "2020-04-30 23:59:59.999999")
    assert _typed("2020", order)[0] == "2020-01-01 00:00:00"


def test_a_day_of_25_hours_lasts_25_hours() -> None:
    assert _typed("2020-10-25", zone="Europe/Berlin") == ("2020-10-24 22:00:00", "2020-10-25 22:59:59.999999", None)


def test_a_time_shown_twice_keeps_both_readings() -> None:
    assert _typed("2020-10-25T02:30", zone="Europe/Berlin") == (
        "2020-10-25 00:30:00",
        "2020-10-25 01:30:00",
        "when.clock_twice",
    )


def test_a_time_that_the_clock_left_out_keeps_both_readings() -> None:
    assert _typed("2020-03-29T02:30", zone="Europe/Berlin") == (
        "2020-03-29 00:30:00",
        "2020-03-29 01:30:00",
        "when.clock_left_out",
    )


def test_a_stated_offset_settles_a_time_shown_twice() -> None:
    assert _typed("2020-10-25T02:30+01:00", zone="Europe/Berlin") == (
        "2020-10-25 01:30:00",
        "2020-10-25 01:30:00",
        None,
    )


def test_a_day_that_begins_at_one_o_clock_begins_at_the_jump() -> None:
    assert _typed("2018-11-04", zone="America/Sao_Paulo") == ("2018-11-04 03:00:00", "2018-11-05 01:59:59.999999", None)


def test_eight_hours_between_doses_across_the_change_of_the_clock_are_eight_hours() -> None:
    typed = type_when(pl.Series(["2020-10-24T22:00+02:00", "2020-10-25T05:00"]), Conventions(zone="Europe/Berlin"))
    first, second = typed["earliest"]
    assert (second - first).total_seconds() == 8 * 3600
