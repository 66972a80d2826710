"""Which planned doses of a series are decisions, when were they made, and after which doses?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.engines.choose import worked_out_once
from seriatim.errors import Misuse
from seriatim.protocols.bedside.moment import GIVEN
from seriatim.protocols.replay.instants import micros
from seriatim.series.series import TreatmentSeries

KEYS = ("patient_id", "course", "cycle", "dose")
ORDER = ("who", "at", "course", "cycle", "dose")
CYCLE, COURSE, PATIENT = ("who", "course", "cycle"), ("who", "course"), ("who",)
NOT_CHARTED = "not_charted"
NO_TIME, OVERLAP, NOT_NUMBERED = "not dated", "cycles overlap in time", "course or cycle not numbered"
_ONE = nw.col("who") * 0 + 1  # Polars takes no bare literal into a sum over an order


@dataclass(frozen=True)
class Decisions:
    """One row a decision: the keys, `who` (case number), `n` from 1 in order of `ORDER`, `at`, `status`, what came before.

    `previous_planned`, `previous_given`, `cycle_start` and `course_start` are instants (null where there is none),
    counters stand under their names in a protocol (null where a dose before them has no time). `set_aside` counts
    planned doses that are no decision, by reason.
    """  # noqa: E501

    frame: nw.LazyFrame[Any]
    set_aside: Mapping[str, int]
    has_planned_time: bool


def decisions_of(series: TreatmentSeries) -> Decisions:
    """Every planned dose with an exact time: when it was due, or where that is not known when it was started.

    A patient whose cycles overlap in time is set aside as a whole: what came before which dose is not known then.
    Raises `Misuse` for a series without a dose table.
    """
    if not series.has("dose"):
        raise Misuse("the series has no dose table; there is no planned dose to decide on")
    every = worked_out_once(_timed(series))
    numbered = every.filter(~nw.col("course").is_null() & ~nw.col("cycle").is_null())
    dated = worked_out_once(numbered.filter(~nw.col("at").is_null()).with_columns(out_of_order=_out_of_order()))
    jumbled = dated.group_by("who").agg(nw.col("out_of_order").max().alias("jumbled"))
    checked = worked_out_once(dated.join(jumbled, on="who", how="left"))
    kept = checked.filter(nw.col("jumbled") == 0)
    set_aside = {
        NOT_NUMBERED: _rows(every) - _rows(numbered),
        NO_TIME: _rows(numbered) - _rows(dated),
        OVERLAP: _rows(checked.filter(nw.col("jumbled") == 1)),
    }
    frame = worked_out_once(_with_history(kept, _undated(numbered)))
    has_planned = "planned_earliest" in series.tables["dose"].collect_schema().names()
    return Decisions(frame, {why: n for why, n in set_aside.items() if n}, has_planned and _any_planned(series))


def _timed(series: TreatmentSeries) -> nw.LazyFrame[Any]:
    doses = series.tables["dose"]
    who = series.tables["patient"].select("patient_id", nw.col("case_number").alias("who"))
    at = _exact("started")
    if "planned_earliest" in doses.collect_schema().names():
        at = nw.when(~_exact("planned").is_null()).then(_exact("planned")).otherwise(at)
    status = nw.when(nw.col("status") == "planned").then(nw.lit(NOT_CHARTED)).otherwise(nw.col("status"))
    number = nw.col("dose").fill_null(0)
    kept = doses.select("patient_id", "course", "cycle", number.alias("dose"), status.alias("status"), at.alias("at"))
    return kept.join(who, on="patient_id", how="inner")


def _exact(name: str) -> nw.Expr:
    """A time known to the minute; a decision on an unknown hour is none."""
    earliest, latest = nw.col(f"{name}_earliest"), nw.col(f"{name}_latest")
    return nw.when(earliest == latest).then(micros(earliest))


def _out_of_order() -> nw.Expr:
    """Does an earlier cycle, or another at the same time, come after this patient's previous dose?"""
    before = {name: nw.col(name).shift(1).over("who", order_by=list(ORDER)) for name in ("at", "course", "cycle")}
    back = (nw.col("course") < before["course"]) | (
        (nw.col("course") == before["course"]) & (nw.col("cycle") < before["cycle"])
    )
    other = (nw.col("course") != before["course"]) | (nw.col("cycle") != before["cycle"])
    wrong = back | (other & (nw.col("at") == before["at"]))
    return nw.when(wrong).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)


def _undated(numbered: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Cycles with a dose that has no time."""
    return numbered.filter(nw.col("at").is_null()).select(*CYCLE).unique().with_columns(lost=nw.lit(1))


def _with_history(kept: nw.LazyFrame[Any], undated: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    given = nw.col("status").is_in(GIVEN)
    flagged = kept.with_columns(
        is_given=_flag(given),
        is_held=_flag(nw.col("status") == "held"),
        given_at=nw.when(given).then(nw.col("at")),
        n=_ONE.cum_sum().over(order_by=list(ORDER)).cast(nw.Int64),
    )
    flagged = worked_out_once(flagged)
    placed = flagged.with_columns(
        place=_sum_over("who", CYCLE, one=True),
        place_in_course=_sum_over("who", COURSE, one=True),
        doses_given=_sum_over("is_given", CYCLE) - nw.col("is_given"),
        held_doses=_sum_over("is_held", CYCLE) - nw.col("is_held"),
        doses_given_in_course=_sum_over("is_given", COURSE) - nw.col("is_given"),
        cycle_start=nw.col("at").min().over(*CYCLE),
        course_start=nw.col("at").min().over(*COURSE),
        previous_planned=nw.col("at").shift(1).over(*CYCLE, order_by="n"),
        last_given=nw.col("given_at").fill_null(_BEFORE_ALL).cum_max().over(*CYCLE, order_by="n"),
    )
    not_held = nw.when(nw.col("is_held") == 0).then(nw.col("place")).otherwise(nw.lit(0)).cast(nw.Int64)
    known = placed.with_columns(
        previous_given=nw.col("last_given").shift(1).over(*CYCLE, order_by="n"),
        last_not_held=not_held.cum_max().over(*CYCLE, order_by="n"),
    )
    known = known.with_columns(before_run=nw.col("last_not_held").shift(1).over(*CYCLE, order_by="n").fill_null(0))
    return _counted(known, undated)


_BEFORE_ALL = -(2**61)


def _counted(known: nw.LazyFrame[Any], undated: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Counters, null where a dose that they would count has no time."""
    of_course = undated.select(*COURSE).unique().with_columns(lost_in_course=nw.lit(1))
    joined = known.join(undated, on=list(CYCLE), how="left").join(of_course, on=list(COURSE), how="left")
    sure, sure_in_course = nw.col("lost").is_null(), nw.col("lost_in_course").is_null()
    given = nw.col("previous_given")
    return joined.select(
        "n", "who", *KEYS, "status", "at", "place", "place_in_course", "is_given",
        "previous_planned", "cycle_start", "course_start",
        nw.when(given > _BEFORE_ALL).then(given).alias("previous_given"),
        nw.col("doses_given").alias("given_before"),
        *(nw.when(sure).then(nw.col(name)).alias(name) for name in ("held_doses", "doses_given")),
        nw.when(sure).then(nw.col("place") - 1 - nw.col("before_run")).alias("held_in_a_row"),
        nw.when(sure_in_course).then(nw.col("doses_given_in_course")).alias("doses_given_in_course"),
        nw.when(sure).then(nw.col("place")).alias("planned_dose"),
    )  # fmt: skip


def _sum_over(column: str, group: tuple[str, ...], *, one: bool = False) -> nw.Expr:
    added = _ONE if one else nw.col(column)
    return added.cum_sum().over(*group, order_by="n").cast(nw.Int64)


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)


def _rows(frame: nw.LazyFrame[Any]) -> int:
    return int(frame.select(nw.len().alias("n")).collect("polars").item())


def _any_planned(series: TreatmentSeries) -> bool:
    return _rows(series.tables["dose"].filter(~nw.col("planned_earliest").is_null())) > 0
