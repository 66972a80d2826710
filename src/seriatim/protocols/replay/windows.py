"""Which charted values lie inside a variable's window at each decision, and what do those inside come to?

Values and decisions of a patient stand in one line of time; the decisions cut it into segments, each value belongs to
the first decision that knows it, and what a decision sees is gathered from its segments. So the cost is that of
sorting, however many decisions look back on the same value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.engines.choose import worked_out_once
from seriatim.protocols.declared.variables import Window
from seriatim.protocols.replay.decisions import COURSE, CYCLE, PATIENT
from seriatim.protocols.replay.instants import ALWAYS, NEVER

STARTS = ("previous_planned", "previous_given", "cycle_start", "course_start")
LOWEST, HIGHEST = ALWAYS, NEVER  # what a maximum and a minimum of nothing come to


@dataclass(frozen=True)
class Gathered:
    """What to gather: name -> greatest ("max") or least ("min") of an expression over the values.

    The expression is null for values that do not count. `i` and `u` say of a value that it is certainly inside the
    window, or inside by one reading of its time and not by the other.
    """

    greatest: Mapping[str, nw.Expr]
    least: Mapping[str, nw.Expr]
    second: str = ""  # a name of `greatest`, of which the second of the distinct values is gathered as `second`

    @property
    def greatest_names(self) -> tuple[str, ...]:
        return (*self.greatest, *(("second",) if self.second else ()))

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.greatest_names, *self.least)


def placed(values: nw.LazyFrame[Any], decisions: nw.LazyFrame[Any], entry: str = "k") -> nw.LazyFrame[Any]:
    """Each value with `n`, the first decision of its patient from its `entry` on; those after the last are left out."""
    columns = [name for name in values.collect_schema().names() if name != "who"]
    # From the latest on, so that the decision that comes next is the least so far.
    line = values.select("who", *columns, nw.lit(HIGHEST).cast(nw.Int64).alias("n"), _turned(entry, 0))
    empty = (nw.lit(None, nw.Int64).alias(name) for name in columns)
    marks = decisions.select("who", *empty, "n", _turned("at", 1))
    next_one = nw.col("n").cum_min().over("who", order_by="turned").cast(nw.Int64)
    both = nw.concat([line, marks]).with_columns(n=next_one, is_mark=nw.col("turned") % 2)
    known = (nw.col("is_mark") == 0) & (nw.col("n") < HIGHEST)
    return both.filter(known).select("who", "n", *columns)


def _turned(time: str, decision: int) -> nw.Expr:
    """Time from the latest on; a decision comes before the values of its own instant, which it knows."""
    return (nw.col(time) * -2 - decision).cast(nw.Int64).alias("turned")


def gathered(
    values: nw.LazyFrame[Any], decisions: nw.LazyFrame[Any], window: Window, what: Gathered
) -> nw.LazyFrame[Any]:
    """One row a decision: `n` and each name of `what`; `LOWEST` or `HIGHEST` where nothing counts."""
    if window.before is None and window.since in (None, "ever"):
        return _ever(values, decisions.select("n", "who"), what).select("n", *what.names)
    start = window.before or window.since or ""
    looked_up = decisions.select("n", *_needed(start))
    inside = _flagged(values.join(looked_up, on="n", how="inner"), window, start)
    own = _over(inside, decisions, what, _group(start), run=start == "previous_given")
    if start in ("cycle_start", "course_start") and window.before is None:
        return own.select("n", *what.names)
    if window.before is not None:
        return _before(own, values, decisions, what, start)
    return _where_none(own, values, decisions, what, start)


def _needed(start: str) -> tuple[str, ...]:
    place = "place_in_course" if start == "course_start" else "place"
    return (start, place)


def _group(start: str) -> tuple[str, ...]:
    return {"previous_planned": ("n",), "course_start": COURSE}.get(start, CYCLE)


def _flagged(values: nw.LazyFrame[Any], window: Window, start: str) -> nw.LazyFrame[Any]:
    """The values that count, certainly (`i`) or perhaps (`u`), for the decisions of their own cycle or course."""
    since, a, b = nw.col(start), nw.col("a"), nw.col("b")
    if window.before is not None:
        later = nw.col(_needed(start)[1]) > 1  # those known by the first dose are all before it
        sure, maybe = later & (b <= since), later & (a <= since) & (b > since)
    elif start in ("cycle_start", "course_start"):
        sure, maybe = a >= since, (a < since) & (b >= since)
    else:
        sure, maybe = a > since, (a <= since) & (b > since)
    return values.filter(sure | maybe).with_columns(i=sure, u=maybe)


def _ever(values: nw.LazyFrame[Any], wanted: nw.LazyFrame[Any], what: Gathered) -> nw.LazyFrame[Any]:
    """All that was known at each of some decisions (`n`, `who`), whenever it was taken."""
    everything = values.with_columns(i=nw.col("n") > 0, u=nw.col("n") < 0)
    return _over(everything, wanted, what, PATIENT, run=False)


def _ever_at(
    values: nw.LazyFrame[Any], decisions: nw.LazyFrame[Any], some: nw.Expr, what: Gathered
) -> nw.LazyFrame[Any]:
    """The same for a few decisions of a patient: the segments between them are put together first."""
    own = nw.when(some).then(nw.col("n")).otherwise(nw.lit(HIGHEST)).cast(nw.Int64)
    turned = decisions.with_columns(own=own, turned=nw.col("n") * -1)
    stretches = turned.select("n", stretch=nw.col("own").cum_min().over("who", order_by="turned"))
    joined = values.join(stretches, on="n", how="inner").filter(nw.col("stretch") < HIGHEST)
    return _ever(
        joined.with_columns(n=nw.col("stretch")).drop("stretch"), decisions.filter(some).select("n", "who"), what
    )


def _over(
    values: nw.LazyFrame[Any], decisions: nw.LazyFrame[Any], what: Gathered, group: Sequence[str], *, run: bool
) -> nw.LazyFrame[Any]:
    """Gathered by segment, then along the decisions of a group; a run begins anew after each dose given."""
    counted = values.with_columns(**what.greatest, **what.least)
    if what.second:
        most = nw.col(what.second).max().over("n")
        counted = counted.with_columns(second=nw.when(nw.col(what.second) < most).then(nw.col(what.second)))
    segments = counted.group_by("n").agg(
        *(nw.col(name).max() for name in what.greatest_names), *(nw.col(name).min() for name in what.least)
    )
    wanted = ("n", *(name for name in (*group, *(("given_before",) if run else ())) if name != "n"))
    joined = decisions.select(*wanted).join(segments, on="n", how="left")
    filled = joined.with_columns(
        *(nw.col(name).fill_null(LOWEST).cast(nw.Int64) for name in what.greatest_names),
        *(nw.col(name).fill_null(HIGHEST).cast(nw.Int64) for name in what.least),
    )
    if tuple(group) == ("n",):
        return worked_out_once(filled)
    over = [*group, "given_before"] if run else list(group)
    if what.second:
        filled = _with_second(filled, what.second, over)
    along = filled.with_columns(
        *(nw.col(name).cum_max().over(*over, order_by="n") for name in what.greatest_names),
        *(nw.col(name).cum_min().over(*over, order_by="n") for name in what.least),
    )
    return worked_out_once(along)


def _with_second(filled: nw.LazyFrame[Any], name: str, over: Sequence[str]) -> nw.LazyFrame[Any]:
    """What a segment adds to the running second: the old greatest where it is beaten, else what stays below it."""
    along = filled.with_columns(so_far=nw.col(name).cum_max().over(*over, order_by="n"))
    along = along.with_columns(before=nw.col("so_far").shift(1).over(*over, order_by="n").fill_null(LOWEST))
    beaten, below = nw.col(name) > nw.col("before"), nw.col(name) < nw.col("before")
    own = nw.when(below).then(nw.col(name)).otherwise(nw.col("second"))
    added = nw.when(beaten).then(nw.max_horizontal("before", "second")).otherwise(own)
    return along.with_columns(second=added.cast(nw.Int64)).drop("so_far", "before")


def _where_none(
    own: nw.LazyFrame[Any], values: nw.LazyFrame[Any], decisions: nw.LazyFrame[Any], what: Gathered, start: str
) -> nw.LazyFrame[Any]:
    """At a decision before which there was no such dose in the cycle the whole past counts."""
    back = _ever_at(values, decisions, nw.col(start).is_null(), what)
    past = back.select("n", *(nw.col(name).alias(f"past_{name}") for name in what.names))
    joined = decisions.select("n", start).join(own.select("n", *what.names), on="n").join(past, on="n", how="left")
    none = nw.col(start).is_null()
    chosen = (nw.when(none).then(nw.col(f"past_{name}")).otherwise(nw.col(name)).alias(name) for name in what.names)
    return joined.select("n", *chosen)


def _before(
    own: nw.LazyFrame[Any], values: nw.LazyFrame[Any], decisions: nw.LazyFrame[Any], what: Gathered, start: str
) -> nw.LazyFrame[Any]:
    """What was known at the first decision of the cycle or course, and what became known later of the time before."""
    group, place = _group(start), _needed(start)[1]
    back = _ever_at(values, decisions, nw.col(place) == 1, what)
    past = back.select("n", *(nw.col(name).alias(f"past_{name}") for name in what.names))
    at_first = decisions.select("n", *group).join(past, on="n", how="inner").drop("n")
    joined = decisions.select("n", *group).join(own.select("n", *what.names), on="n").join(at_first, on=list(group))
    if what.second:
        one, other = nw.col(what.second), nw.col(f"past_{what.second}")
        less = nw.when(one == other).then(nw.lit(LOWEST)).otherwise(nw.min_horizontal(one, other)).cast(nw.Int64)
        joined = joined.with_columns(second=nw.max_horizontal(nw.col("second"), less))
    return joined.select(
        "n",
        *(nw.max_horizontal(name, f"past_{name}").alias(name) for name in what.greatest_names),
        *(nw.min_horizontal(name, f"past_{name}").alias(name) for name in what.least),
    )
