"""Which instants can a reported date or time mean, from its earliest to its latest reading?"""

from __future__ import annotations

import polars as pl

from seriatim.findings import Severity
from seriatim.series.faults import Fault
from seriatim.series.local_time import to_utc, was_left_out
from seriatim.series.raw import Conventions

# A time known to the hour only occurs in SDTM; 24:00 is the end of the day (ISO 8601).
_TIME = (
    r"(?:[T ](?<hour>[0-9]{2})(?::(?<minute>[0-9]{2})(?::(?<second>[0-9]{2})(?:[.,](?<fraction>[0-9]{1,9}))?)?)?"
    r"(?<offset>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$"
)
_YEAR_FIRST = r"^(?<year>[0-9]{4})(?:-(?<month>[0-9]{2})(?:-(?<day>[0-9]{2})" + _TIME[:-1] + ")?)?$"
_YEAR_LAST = {
    "dmy": r"^(?:(?:(?<day>[0-9]{1,2})[./ -])?(?<month>[0-9]{1,2})[./ -])?(?<year>[0-9]{4})" + _TIME,
    "mdy": r"^(?:(?<month>[0-9]{1,2})[./ -](?:(?<day>[0-9]{1,2})[./ -])?)?(?<year>[0-9]{4})" + _TIME,
}
_PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction", "offset")
_YEAR_LAST_SHAPE = r"^[0-9]{1,2}[./ -][0-9]{1,2}[./ -][0-9]{4}(?:[T ].*)?$"
_TWO_DIGIT_YEAR = r"^[0-9]{1,2}[./ -][0-9]{1,2}[./ -][0-9]{2}(?:[T ].*)?$"
_SPREADSHEET_NUMBER = r"^[0-9]{5}(?:\.[0-9]+)?$"
_PART_LEFT_OUT = r"^[0-9-]*--[0-9-]*(?:T[0-9:-]*)?$|T-|:-"
_ONE_MICROSECOND = pl.duration(microseconds=1)

# 1900-01-01 and 9999-12-31 are how programs write "empty" and "open". Also, the time-zone tables of Polars know no
# daylight-saving time from 2100 on, so later instants would be an hour off.
_FIRST_YEAR, _LAST_YEAR = "1901", "2099"

FAULTS = (
    Fault("when.order_not_stated", Severity.VALUE_SET_ASIDE, "a date as YYYY-MM-DD",
          "state date_order: dmy or date_order: mdy in the mapping file under conventions:"),
    Fault("when.two_digit_year", Severity.VALUE_SET_ASIDE, "a year of four digits",
          "write the year with four digits"),
    Fault("when.spreadsheet_number", Severity.VALUE_SET_ASIDE, "a date, not the day number of a spreadsheet",
          "format the column as a date in the spreadsheet, or as text YYYY-MM-DD, and save it"),
    Fault("when.middle_left_out", Severity.VALUE_SET_ASIDE, "no part left out before a part that is given",
          "write the date up to the last part that is known without a gap, e.g. 2003"),
    Fault("when.not_a_date", Severity.VALUE_SET_ASIDE, "a date such as 1998-08-15, 1998-08 or 1998, or with a time",
          "write the part that is known, e.g. 1998-08, or leave it empty"),
    Fault("when.impossible", Severity.VALUE_SET_ASIDE, "a date and time of the calendar",
          "look the date up in the source record"),
    Fault("when.out_of_range", Severity.VALUE_SET_ASIDE, f"a year from {_FIRST_YEAR} to {_LAST_YEAR}",
          "leave an unknown date or an open end empty"),
    Fault("when.clock_left_out", Severity.WARNING, "a time that the local clock showed",
          "the clock went forward over this time; give the offset, e.g. +01:00; until then both readings are kept"),
    Fault("when.clock_twice", Severity.WARNING, "a time that the local clock showed once",
          "the clock was put back and showed this time twice; give the offset, e.g. +01:00; until then both are kept"),
)  # fmt: skip


def type_when(text: pl.Series, conventions: Conventions) -> pl.DataFrame:
    """Columns text, earliest, latest (naive UTC, microseconds) and `fault` (null or a rule of `FAULTS`).

    A bare date lasts from 00:00 to 23:59:59.999999 of its zone; a time to the minute is that instant.

    >>> type_when(pl.Series(["1998-02"]), Conventions()).row(0)[1:3]
    (datetime.datetime(1998, 2, 1, 0, 0), datetime.datetime(1998, 2, 28, 23, 59, 59, 999999))
    """
    distinct = text.cast(pl.String).str.strip_chars().rename("text")
    distinct = distinct.set(distinct == "", None)
    # Dates repeat: one admission is on many rows. Typing each distinct text once is several times faster.
    typed = _type_distinct(distinct.unique().drop_nulls(), conventions)
    return distinct.to_frame().join(typed, on="text", how="left", maintain_order="left")


def _type_distinct(text: pl.Series, conventions: Conventions) -> pl.DataFrame:
    frame = text.to_frame().with_columns(_parts(conventions.date_order).alias("part")).unnest("part")
    frame = frame.with_columns(start=_start(), offset=_offset())
    frame = frame.with_columns(end=_end())
    frame = frame.with_columns(*_instants(conventions.zone))
    frame = frame.with_columns(fault=_fault(conventions.zone))
    set_aside = pl.col("fault") == "when.out_of_range"
    instants = (
        pl.when(set_aside.not_().fill_null(value=True)).then(name).alias(name) for name in ("earliest", "latest")
    )
    return frame.select("text", *instants, "fault")


def _parts(date_order: str) -> pl.Expr:
    text = pl.col("text")
    year_first = text.str.extract_groups(_YEAR_FIRST)
    if date_order == "ymd":
        return _in_order(year_first)
    # A year of four digits in front is never in doubt, so ISO dates are read under every convention.
    iso = text.str.contains(_YEAR_FIRST)
    year_last = text.str.extract_groups(_YEAR_LAST[date_order])
    return pl.when(iso).then(_in_order(year_first)).otherwise(_in_order(year_last))


def _in_order(groups: pl.Expr) -> pl.Expr:
    return pl.struct(groups.struct.field(part).alias(part) for part in _PARTS)


def _start() -> pl.Expr:
    """The first local instant of what is written, or null where the calendar or the clock has no such thing."""
    # Through text, because `pl.date` raises on 31 February where a null is wanted.
    day = pl.format("{}-{}-{}", "year", pl.col("month").fill_null("1"), pl.col("day").fill_null("1")).str.to_date(
        "%Y-%m-%d", strict=False
    )
    hour, minute, second = (pl.col(part).cast(pl.Int64).fill_null(0) for part in ("hour", "minute", "second"))
    end_of_day = (hour == 24) & (minute == 0) & (second == 0) & (_microseconds() == 0)
    on_the_clock = ((hour < 24) & (minute < 60) & (second < 60)) | end_of_day
    in_day = pl.duration(hours=hour, minutes=minute, seconds=second, microseconds=_microseconds(), time_unit="us")
    return pl.when(on_the_clock).then(day.cast(pl.Datetime("us")) + in_day)


def _end() -> pl.Expr:
    """The last local instant of what is written."""
    start = pl.col("start")
    return (
        pl.when(pl.col("minute").is_not_null()).then(start)
        .when(pl.col("hour").is_not_null()).then(start + pl.duration(hours=1) - _ONE_MICROSECOND)
        .when(pl.col("day").is_not_null()).then(start + pl.duration(days=1) - _ONE_MICROSECOND)
        .when(pl.col("month").is_not_null()).then(start.dt.offset_by("1mo") - _ONE_MICROSECOND)
        .otherwise(start.dt.offset_by("1y") - _ONE_MICROSECOND)
    )  # fmt: skip


def _microseconds() -> pl.Expr:
    # Digits after the sixth are cut off: an earlier microsecond is still the one that was read.
    return pl.col("fraction").fill_null("0").str.head(6).str.pad_end(6, "0").cast(pl.Int64)


def _offset() -> pl.Expr:
    """Minutes east of UTC as written; null where nothing is written, 9999 where no place on earth has it."""
    written = pl.col("offset")
    hours = written.str.slice(1, 2).cast(pl.Int32, strict=False)
    minutes = written.str.tail(2).cast(pl.Int32, strict=False)
    minutes = pl.when(written.str.len_bytes() > 3).then(minutes).otherwise(0)
    sign = pl.when(written.str.starts_with("-")).then(-1).otherwise(1)
    valid = (hours <= 14) & (minutes < 60)
    return pl.when(written == "Z").then(0).when(valid).then(sign * (hours * 60 + minutes)).when(
        written.is_not_null()
    ).then(9999)  # fmt: skip


def _instants(zone: str) -> tuple[pl.Expr, pl.Expr]:
    start, end, offset = pl.col("start"), pl.col("end"), pl.duration(minutes=pl.col("offset"))
    exact = pl.col("minute").is_not_null()
    start_early, start_late = to_utc(start, zone)
    end_early, end_late = to_utc(end, zone)
    # The start of a day that the clock left out (Sao Paulo at midnight) is the jump itself: the later reading.
    opens = pl.when(was_left_out(start, zone) & ~exact).then(start_late).otherwise(start_early)
    closes = pl.when(was_left_out(end, zone) & ~exact).then(end_early).otherwise(end_late)
    stated = pl.col("offset").is_not_null()
    opens = pl.when(stated).then(start - offset).otherwise(opens)
    closes = pl.when(stated).then(end - offset).otherwise(closes)
    known = pl.col("offset").ne_missing(9999)
    return (
        pl.when(known).then(pl.min_horizontal(opens, closes)).alias("earliest"),
        pl.when(known).then(pl.max_horizontal(opens, closes)).alias("latest"),
    )


def _fault(zone: str) -> pl.Expr:
    text, local = pl.col("text"), pl.col("offset").is_null()
    left_out = local & was_left_out(pl.col("start"), zone) & was_left_out(pl.col("end"), zone)
    twice = local & pl.col("minute").is_not_null() & (pl.col("earliest") < pl.col("latest"))
    return (
        pl.when(pl.col("year").is_null()).then(_fault_of_shape(text))
        .when(~pl.col("year").is_between(pl.lit(_FIRST_YEAR), pl.lit(_LAST_YEAR))).then(pl.lit("when.out_of_range"))
        .when(pl.col("earliest").is_null()).then(pl.lit("when.impossible"))
        .when(left_out).then(pl.lit("when.clock_left_out"))
        .when(twice).then(pl.lit("when.clock_twice"))
    )  # fmt: skip


def _fault_of_shape(text: pl.Expr) -> pl.Expr:
    return (
        pl.when(text.str.contains(_YEAR_LAST_SHAPE)).then(pl.lit("when.order_not_stated"))
        .when(text.str.contains(_TWO_DIGIT_YEAR)).then(pl.lit("when.two_digit_year"))
        .when(text.str.contains(_SPREADSHEET_NUMBER)).then(pl.lit("when.spreadsheet_number"))
        .when(text.str.contains(_PART_LEFT_OUT)).then(pl.lit("when.middle_left_out"))
        .otherwise(pl.lit("when.not_a_date"))
    )  # fmt: skip
