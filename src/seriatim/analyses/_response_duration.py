"""How long did responses last? Kaplan-Meier per group, from counts by day."""

from __future__ import annotations

import numpy as np

from seriatim.analyses._one_group import without_own_mirror
from seriatim.methods.kaplan_meier import Survival, kaplan_meier, median
from seriatim.methods.log_rank import log_rank
from seriatim.methods.values import NotEstimable, PValue
from seriatim.results.build import Subject, estimate_row, number_row, p_value_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role
from seriatim.tallies.tally import Counts, Tally, counts, numbers, select

ENDED, CENSORED, NOT_DATED = "progression or death", "censored", "not dated"
EARLIEST, LATEST = "earliest", "latest"
DURATION_KEYS = (
    Key("reading", Role.VIEW, (EARLIEST, LATEST)),
    Key("day", Role.ORDER),
    Key("end", Role.PARTITION, (ENDED, CENSORED, NOT_DATED)),
)


# Numbers at risk are given at the first of these steps that makes no more than so many.
STEPS_IN_DAYS = (30, 90, 182, 365, 730, 1826)
MOST_STEPS = 7


def duration_rows(subject: Subject, tally: Tally, level: float) -> list[ResultRow]:
    """Per group the responders, the median with its interval under both readings of dates, the curve, and the
    numbers at risk at regular days."""
    every = _regular_days(int(tally.columns["day"].max(initial=0)))
    rows = [
        row
        for group in tally.levels("group")
        for row in _one_group(subject.about(group=group, unit="day"), tally, every, level)
    ]
    return [*rows, *_log_rank_rows(subject, tally)]


def _log_rank_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    """All groups, and the last against the first; those who responded, dates by their earliest reading."""
    groups = tally.levels("group")
    about = subject.about(assumptions="among responders; partial dates by their earliest reading")
    ends = about.about(group=groups[-1], reference_group=groups[0], direction="last minus first")
    rows = [
        p_value_row(about.about(group="all groups"), "p_log_rank", _log_rank(tally, list(range(len(groups))))),
        p_value_row(ends, "p_log_rank_ends", _log_rank(tally, [0, len(groups) - 1])),
    ]
    return without_own_mirror(rows)


def _log_rank(tally: Tally, groups: list[int]) -> PValue | NotEstimable:
    part = select(tally, reading=EARLIEST)
    days = numbers(part, "day")
    if not len(days):
        return NotEstimable("nobody has a dated response")
    # Both ends from one table: the days of an axis are those that its rows have, and these must have the same.
    by_end = dict(zip(tally.levels("end"), counts(part, "end", "group", "day"), strict=True))
    return log_rank(days, by_end[ENDED][groups], by_end[CENSORED][groups])


def _regular_days(last: int) -> list[int]:
    """Day 0 and then every step up to the last day.

    >>> _regular_days(900)
    [0, 182, 364, 546, 728]
    """
    step = next((step for step in STEPS_IN_DAYS if last // step < MOST_STEPS), STEPS_IN_DAYS[-1])
    return list(range(0, last + 1, step))


def _one_group(subject: Subject, tally: Tally, every: list[int], level: float) -> list[ResultRow]:
    group = subject.group
    rows = []
    for reading in (EARLIEST, LATEST):
        days, ended, censored, not_dated = _by_day(tally, group, reading)
        responders = int(ended.sum() + censored.sum()) + not_dated
        shared = {"numerator": int(ended.sum()), "denominator": responders, "missing": not_dated}
        about = subject.about(assumptions=f"partial dates by their {reading} reading")
        curve = kaplan_meier(days, ended, censored, level)
        row = estimate_row(about, "median_duration", median(curve), id_suffix=reading, **shared)
        rows.append(row)
        if reading == EARLIEST and not isinstance(curve, NotEstimable):
            rows += _curve_rows(about, curve)
            rows += _at_risk_rows(about, days, ended + censored, every)
    return rows


def _at_risk_rows(subject: Subject, days: Counts, left: Counts, every: list[int]) -> list[ResultRow]:
    """Who leaves on a day was at risk on it."""
    return [
        number_row(subject, "at_risk", float(left[days >= day].sum()), convention=f"day {day}", id_suffix=str(day))
        for day in every
    ]


def _curve_rows(subject: Subject, curve: Survival) -> list[ResultRow]:
    return [
        number_row(subject, "still_responding", float(curve.survival[i]), lower=float(curve.lower[i]),
                   upper=float(curve.upper[i]), level=curve.level, sides=2, method=curve.method,
                   convention=f"day {int(curve.time[i])}", denominator=int(curve.at_risk[i]),
                   id_suffix=str(int(curve.time[i])))
        for i in range(len(curve.time))
    ]  # fmt: skip


def _by_day(tally: Tally, group: str, reading: str) -> tuple[Counts, Counts, Counts, int]:
    part = select(tally, group=group, reading=reading)
    days = numbers(part, "day")
    table = dict(zip(tally.levels("end"), counts(part, "end", "day"), strict=True)) if len(days) else {}
    none = np.zeros(len(days), dtype=np.int64)
    not_dated = int(table.get(NOT_DATED, none).sum())
    return days, table.get(ENDED, none), table.get(CENSORED, none), not_dated
