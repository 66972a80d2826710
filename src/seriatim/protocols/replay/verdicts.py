"""What does a protocol say at every decision of a series? Its interval of actions, on any engine.

`protocols.verdict.judge` says the same for one decision after another, and is what these frames are checked against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.protocols.actions import PERMITS, Action
from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.protocols.replay.decisions import COURSE, CYCLE, PATIENT
from seriatim.rules.expression import expression, low

MOST_PERMISSIVE = max(action.rank for action in PERMITS)
# For how long a stop stays in force.
FORCE: Mapping[Action, tuple[str, ...]] = {
    Action.STOP_CYCLE: CYCLE,
    Action.STOP_COURSE: COURSE,
    Action.NEVER_AGAIN: PATIENT,
}


def holds(place: int) -> str:
    """The column that says whether the rule at a place of the protocol certainly holds, or its hold is open."""
    return f"rule_{place}__definite"


def may_hold(place: int) -> str:
    """The column that says whether it holds or may hold."""
    return f"rule_{place}__possible"


def verdicts(
    facts: nw.LazyFrame[Any], decisions: nw.LazyFrame[Any], protocol: TreatmentProtocol, *, with_rules: bool = False
) -> nw.LazyFrame[Any]:
    """One row a decision: `n`, the ranks `definite`, `possible` and `operational`, and `lacking` (how many inputs).

    `with_rules` adds for each rule whether it `holds` and `may_hold`, open holds included, and `reached`, the rank of
    the stop that earlier decisions left in force.
    """
    keys = decisions.select("n", *CYCLE)
    judged = facts.join(keys, on="n", how="inner")
    if protocol.rules:
        judged = judged.with_columns(*_truths(protocol.rules))
    latched = [place for place, rule in enumerate(protocol.rules) if rule.resume is not None]
    if latched:
        judged = _latched(judged, latched)
    judged = judged.with_columns(
        own_definite=_worst(protocol.rules, holds), own_possible=_worst(protocol.rules, may_hold)
    )
    stops = sorted({rule.then for rule in protocol.rules if rule.then in FORCE})
    judged = judged.with_columns(reached=nw.lit(0).cast(nw.Int64))
    if stops:
        judged = _in_force(judged, stops)
    judged = judged.with_columns(definite=nw.max_horizontal("own_definite", "reached"))
    judged = judged.with_columns(possible=nw.max_horizontal("definite", "own_possible"), lacking=_lacking(protocol))
    kept = ["n", "definite", "possible", "lacking"]
    if with_rules:
        rules = [column(place) for place in range(len(protocol.rules)) for column in (holds, may_hold)]
        kept += ["reached", *rules]
    undecided = protocol.document.when_undecided.rank
    decided = (nw.col("definite") == nw.col("possible")) & (nw.col("lacking") == 0)
    at_least = nw.max_horizontal(nw.col("definite"), nw.lit(undecided).cast(nw.Int64))
    return judged.select(
        *kept, nw.when(decided).then(nw.col("definite")).otherwise(at_least).cast(nw.Int64).alias("operational")
    )


def _truths(rules: Sequence[Rule]) -> list[nw.Expr]:
    found = []
    for place, rule in enumerate(rules):
        pair = expression(rule.tree)
        found += [pair.definite.alias(holds(place)), pair.possible.alias(may_hold(place))]
        if rule.resume is not None:
            found.append(expression(rule.resume).definite.alias(_resumes(place)))
    return found


def _resumes(place: int) -> str:
    return f"rule_{place}__resumes"


def _latched(judged: nw.LazyFrame[Any], places: Sequence[int]) -> nw.LazyFrame[Any]:
    """A hold stays from the last decision at which its rule held, unless resuming was certain after that."""
    marks = {}
    for place in places:
        for name in (holds(place), may_hold(place), _resumes(place)):
            marks[f"{name}__last"] = nw.when(nw.col(name)).then(nw.col("n")).otherwise(nw.lit(0)).cast(nw.Int64)
    marked = judged.with_columns(**marks)
    running = marked.with_columns(*(nw.col(name).cum_max().over(*CYCLE, order_by="n") for name in marks))
    opened = []
    for place in places:
        resumed = nw.col(f"{_resumes(place)}__last")
        for name in (holds(place), may_hold(place)):
            last = nw.col(f"{name}__last")
            opened.append(((last > 0) & (last >= resumed)).alias(name))
    return running.with_columns(*opened)


def _worst(rules: Sequence[Rule], column: Any) -> nw.Expr:
    """The rank of the most restrictive rule: asked from the most restrictive action down."""
    rank: nw.Expr = nw.lit(0)
    for action in sorted({rule.then for rule in rules}):
        some = [nw.col(column(place)) for place, rule in enumerate(rules) if rule.then is action]
        rank = nw.when(reduce(or_, some)).then(nw.lit(action.rank)).otherwise(rank)
    return rank.cast(nw.Int64)


def _in_force(judged: nw.LazyFrame[Any], stops: Sequence[Action]) -> nw.LazyFrame[Any]:
    """`reached`: the stop that the decisions before this one left in force."""
    shifted = {}
    for stop in stops:
        stopped = nw.when(nw.col("own_definite") >= stop.rank).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
        shifted[f"stopped_{stop.rank}"] = stopped
    marked = judged.with_columns(**shifted)
    running = marked.with_columns(*(nw.col(f"stopped_{s.rank}").cum_max().over(*FORCE[s], order_by="n") for s in stops))
    before = running.with_columns(
        *(nw.col(f"stopped_{s.rank}").shift(1).over(*FORCE[s], order_by="n").fill_null(0) for s in stops)
    )
    rank: nw.Expr = nw.lit(0)
    for stop in stops:
        rank = nw.when(nw.col(f"stopped_{stop.rank}") > 0).then(nw.lit(stop.rank)).otherwise(rank)
    return before.with_columns(reached=rank.cast(nw.Int64))


def _lacking(protocol: TreatmentProtocol) -> nw.Expr:
    """How many required inputs are not known where the rules would permit the dose."""
    lacking: nw.Expr = nw.lit(0)
    for name, declared in protocol.document.variables.items():
        if not any(action in PERMITS for action in declared.required_for):
            continue
        unknown = nw.col(low(name)).is_null()
        if name in protocol.applies:
            unknown = unknown & expression(protocol.applies[name]).possible
        lacking = lacking + nw.when(unknown).then(nw.lit(1)).otherwise(nw.lit(0))
    return nw.when(nw.col("definite") <= MOST_PERMISSIVE).then(lacking).otherwise(nw.lit(0)).cast(nw.Int64)
