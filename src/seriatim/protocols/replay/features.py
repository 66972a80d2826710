"""What was known of each variable at every decision of a series? The columns that rules read, on any engine.

`protocols.known` says the same for one decision in plain Python, and is what these frames are checked against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.engines.choose import worked_out_once
from seriatim.protocols.bedside.known import in_ticks
from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.declared.variables import VariableDeclaration, Window
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.replay.charted import AsKnown, charted
from seriatim.protocols.replay.decisions import Decisions
from seriatim.protocols.replay.instants import SECOND
from seriatim.protocols.replay.windows import HIGHEST, LOWEST, Gathered, gathered, placed
from seriatim.protocols.replay.worths import words_of, worth_of
from seriatim.rules.expression import age, derived, high, low
from seriatim.rules.variables import Variable
from seriatim.series.series import TreatmentSeries

EVER = Window(since="ever")


@dataclass(frozen=True)
class _Charts:
    """All values placed among the decisions; which source and what units they have, and what was still on its way."""

    values: nw.LazyFrame[Any]
    codes: tuple[frozenset[str], ...]
    units: tuple[str, ...]
    words: tuple[str, ...]
    taken: nw.LazyFrame[Any] | None  # the same values placed by when they were taken, for sources that ask


def features(
    series: TreatmentSeries,
    protocol: TreatmentProtocol,
    decisions: Decisions,
    *,
    as_known: AsKnown = "at_decision",
    assume: bool = True,
) -> nw.LazyFrame[Any]:
    """One row a decision: `n`, and for each variable of the protocol its least and greatest value in ticks and its age.

    `at_decision` asks only for what was known on the ward by then; `final` for all that had been taken by then.
    `assume=False` leaves out each declared "not charted = absent".
    """
    observed = observed_features(series, protocol, decisions, as_known=as_known)
    return completed(observed, protocol, frozenset() if assume else frozenset(assumptions(protocol)))


def observed_features(
    series: TreatmentSeries, protocol: TreatmentProtocol, decisions: Decisions, *, as_known: AsKnown = "at_decision"
) -> nw.LazyFrame[Any]:
    """What was charted and counted alone, worked out once; `completed` adds what is assumed and derived."""
    declared = protocol.document.variables
    frame = decisions.frame
    charts = _charts(series, protocol, frame, as_known)
    facts = frame.select("n", "course", "cycle", *_counters(declared))
    facts = _with(facts, _history(declared)).select("n", *_columns_of(declared, "history"))
    for name, declaration in declared.items():
        if declaration.codes:
            one = _one(name, declaration, protocol.variables[name], charts, frame)
            facts = facts.join(worked_out_once(one), on="n", how="left")
    return worked_out_once(facts)


def assumptions(protocol: TreatmentProtocol) -> tuple[str, ...]:
    """The variables of which a missing value is taken for something."""
    return tuple(name for name, one in protocol.document.variables.items() if one.missing is not None and one.codes)


def completed(
    observed: nw.LazyFrame[Any], protocol: TreatmentProtocol, without: frozenset[str] = frozenset()
) -> nw.LazyFrame[Any]:
    """The same with what the protocol assumes (but for the variables named in `without`) and derives."""
    facts = _with(_with(observed, _assumed(protocol, without)), _derived(protocol))
    return facts.select("n", *(column(name) for name in protocol.document.variables for column in (low, high, age)))


def _codes(declaration: VariableDeclaration) -> frozenset[str]:
    return frozenset(code.lower() for code in declaration.codes)


def _charts(
    series: TreatmentSeries, protocol: TreatmentProtocol, decisions: nw.LazyFrame[Any], as_known: AsKnown
) -> _Charts:
    declared = [one for one in protocol.document.variables.values() if one.codes]
    codes = tuple(dict.fromkeys(_codes(one) for one in declared))
    words = words_of(protocol.variables.values())
    found = charted(series, decisions, codes, words, as_known)
    every = worked_out_once(found.frame)
    values = worked_out_once(placed(every, decisions))
    asked = sorted({codes.index(_codes(one)) for one in declared if one.missing is not None})
    taken = None
    if asked:
        mine = every.filter(nw.col("source").is_in(asked)).select("who", "source", "a")
        taken = worked_out_once(placed(mine, decisions, entry="a"))
    return _Charts(values, codes, found.units, words, taken)


def _pending(taken: nw.LazyFrame[Any], known: nw.LazyFrame[Any], decisions: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Decisions at which more had been taken than was known."""
    counts = []
    for name, rows in (("taken", taken), ("known", known)):
        by_segment = rows.group_by("n").agg(nw.len().cast(nw.Int64).alias(name))
        joined = decisions.select("n", "who").join(by_segment, on="n", how="left")
        filled = joined.with_columns(nw.col(name).fill_null(0))
        counts.append(filled.select("n", nw.col(name).cum_sum().over("who", order_by="n").alias(name)))
    both = counts[0].join(counts[1], on="n")
    return both.select("n", pending=nw.col("taken") > nw.col("known"))


def _one(
    name: str,
    declared: VariableDeclaration,
    variable: Variable,
    charts: _Charts,
    decisions: nw.LazyFrame[Any],
) -> nw.LazyFrame[Any]:
    worth = worth_of(variable, charts.units, charts.words)
    mine = nw.col("source") == charts.codes.index(_codes(declared))
    rows = charts.values.filter(mine)
    values = rows.select("who", "n", "a", "b", "k", lo=worth.low, hi=worth.high, empty=worth.empty)
    if declared.take in ("worst", "best"):
        found = _extreme(values, declared, variable, decisions)
    else:
        found = _by_order(values, declared, decisions)
    found = _fresh(found, declared)
    if declared.missing is not None and charts.taken is not None:
        pending = _pending(charts.taken.filter(mine), rows, decisions)
        found = found.join(pending, on="n").with_columns(never=(nw.col("none") & ~nw.col("pending")) | nw.col("blank"))
    else:
        found = found.with_columns(never=nw.col("none") | nw.col("blank"))
    return found.select(
        "n",
        nw.col("lo").alias(low(name)),
        nw.col("hi").alias(high(name)),
        nw.col("age").alias(age(name)),
        nw.col("never").alias(_never(name)),
    )


def _never(name: str) -> str:
    return f"{name}__never"


def _by_order(
    values: nw.LazyFrame[Any], declared: VariableDeclaration, decisions: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any]:
    """The last, the one before it, or the first: the instant is found first, then what was charted at it."""
    found = worked_out_once(_gathered(values, decisions, declared.window, _times(declared.take)))
    if declared.take == "previous":
        found = found.with_columns(time=nw.col("second"))
    there = (nw.col("time") > LOWEST) & (nw.col("time") < HIGHEST)
    unclear = nw.col("unclear") > 0
    asked = found.filter(there & ~unclear).join(decisions.select("n", "who", "at"), on="n")
    charted_then = _at_instant(values, asked.select("n", "who", "at", nw.col("time").alias("a")))
    overlapped = _overlapped(values, found, decisions, declared.take)
    joined = found.join(charted_then, on="n", how="left").join(decisions.select("n", "at"), on="n")
    joined = joined.join(overlapped, on="n", how="left")
    in_order = nw.col("overlapped").is_null()
    one = (nw.col("known") > 0) & (nw.col("unknown") == 0) & in_order
    agreed = one & (nw.col("lo_1") == nw.col("lo_2")) & (nw.col("hi_1") == nw.col("hi_2"))
    nothing = (nw.col("any") == LOWEST) & ~unclear
    too_few = ~there & (nw.col("any") > LOWEST) & ~unclear
    return joined.select(
        "n",
        lo=nw.when(agreed).then(nw.col("lo_1")),
        hi=nw.when(agreed).then(nw.col("hi_1")),
        microseconds=nw.when(agreed).then(nw.col("at") - nw.col("time")),
        none=nothing,
        blank=_sure(too_few | ((nw.col("known") == 0) & (nw.col("unknown") == nw.col("blanks")) & in_order)),
    )


def _overlapped(
    values: nw.LazyFrame[Any], found: nw.LazyFrame[Any], decisions: nw.LazyFrame[Any], take: str
) -> nw.LazyFrame[Any]:
    """Decisions (`n`, `overlapped`) for which another value may have come in the place of the one that is asked.

    Only values whose time is not exact can: a day without a time reaches over the day.
    """
    wide = values.filter(nw.col("b") > nw.col("a"))
    at = decisions.select("n", "who", "at")
    if take == "first":
        exact = values.select("who", "k", "b", time=nw.col("a"))
        asked = found.select("n", "time").join(at, on="n").join(exact, on=["who", "time"])
        until = asked.filter(nw.col("k") <= nw.col("at")).group_by("n", "who", "at", "time").agg(nw.col("b").min())
        later = values.select("who", "a", "k")
        pairs = until.filter(nw.col("b") > nw.col("time")).join(later, on="who")
        over = (nw.col("a") > nw.col("time")) & (nw.col("a") <= nw.col("b"))
    else:
        asked = found.select("n", "time").join(at, on="n")
        if take == "previous":
            asked = nw.concat([asked, found.select("n", time=nw.col("any")).join(at, on="n")])
        pairs = asked.join(wide.select("who", "a", "b", "k"), on="who")
        over = (nw.col("a") < nw.col("time")) & (nw.col("b") >= nw.col("time"))
    there = (nw.col("time") > LOWEST) & (nw.col("time") < HIGHEST)
    found_twice = pairs.filter(over & there & (nw.col("k") <= nw.col("at")))
    return found_twice.group_by("n").agg(nw.len().cast(nw.Int64).alias("overlapped"))


def _times(take: str) -> Gathered:
    inside = nw.when(nw.col("i")).then(nw.col("a"))
    if take == "first":
        return Gathered({}, {"time": inside})
    return Gathered({"time": inside}, {}, "time" if take == "previous" else "")


def _at_instant(values: nw.LazyFrame[Any], asked: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """What was charted at an instant and known by the decision: least and greatest of both bounds, and how many."""
    here = asked.join(values.select("who", "a", "k", "lo", "hi", "empty"), on=["who", "a"], how="inner")
    here = here.filter(nw.col("k") <= nw.col("at"))
    known = ~nw.col("lo").is_null()
    flagged = here.select("n", "lo", "hi", known=_flag(known), unknown=_flag(~known), blanks=_flag(nw.col("empty")))
    return flagged.group_by("n").agg(
        nw.col("lo").min().alias("lo_1"),
        nw.col("lo").max().alias("lo_2"),
        nw.col("hi").min().alias("hi_1"),
        nw.col("hi").max().alias("hi_2"),
        *(nw.col(name).sum().cast(nw.Int64) for name in ("known", "unknown", "blanks")),
    )


def _gathered(
    values: nw.LazyFrame[Any], decisions: nw.LazyFrame[Any], window: Window, what: Gathered
) -> nw.LazyFrame[Any]:
    """The same with `any` (the newest of all that counts) and `unclear` (1 where something counts only perhaps)."""
    more = Gathered(
        {**what.greatest, "any": nw.col("a"), "unclear": _flag(nw.col("u"))},
        what.least,
        what.second,
    )
    return gathered(values, decisions, window, more)


def _extreme(
    values: nw.LazyFrame[Any], declared: VariableDeclaration, variable: Variable, decisions: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any]:
    """The worst or the best of all that counts; what cannot be used may be anything, so it opens the bound."""
    up = (declared.worse == "up") == (declared.take == "worst")
    sure, known = nw.col("i"), ~nw.col("lo").is_null()
    own = "lo" if up else "hi"  # the bound that only certain values move
    far = "hi" if up else "lo"
    ends = {own: nw.when(sure & known).then(nw.col(own)), far: nw.when(known).then(nw.col(far))}
    flags = {
        "unusable": _flag(~known),
        "sure": _flag(sure),
        "told": _flag(sure & ~nw.col("empty")),
    }
    what = Gathered({**(ends if up else {}), **flags}, {} if up else ends)
    found = _gathered(values, decisions, declared.window, what).join(decisions.select("n", "at"), on="n")
    usable = (nw.col(own) > LOWEST) & (nw.col(own) < HIGHEST)
    limits = variable.range_in_ticks
    opened = nw.col("unusable") > 0
    if limits is None:
        usable, reach = usable & ~opened, nw.col(far)
    else:
        reach = nw.when(opened).then(nw.lit(limits[1] if up else limits[0])).otherwise(nw.col(far)).cast(nw.Int64)
    bounds = {own: nw.when(usable).then(nw.col(own)), far: nw.when(usable).then(reach)}
    return found.select(
        "n",
        bounds["lo"].alias("lo"),
        bounds["hi"].alias("hi"),
        microseconds=nw.when(usable).then(nw.col("at") - nw.col("any")),
        none=nw.col("any") == LOWEST,
        # Nothing but empty cells: as if never measured.
        blank=(nw.col("sure") > 0) & (nw.col("told") <= 0),
    )


def _fresh(found: nw.LazyFrame[Any], declared: VariableDeclaration) -> nw.LazyFrame[Any]:
    aged = found.with_columns(age=nw.col("microseconds") // SECOND)
    if declared.max_age is None:
        return aged
    fresh = nw.col("age") <= seconds(declared.max_age)
    return aged.with_columns(*(nw.when(fresh).then(nw.col(name)).alias(name) for name in ("lo", "hi", "age")))


def _columns_of(declared: Mapping[str, VariableDeclaration], kind: str) -> list[str]:
    return [column(name) for name, one in declared.items() if getattr(one, kind) for column in (low, high, age)]


def _counters(declared: Mapping[str, VariableDeclaration]) -> list[str]:
    asked = dict.fromkeys(one.history for one in declared.values() if one.history)
    return [name for name in asked if name not in ("course", "cycle")]


def _history(declared: Mapping[str, VariableDeclaration]) -> list[nw.Expr]:
    found = []
    for name, one in declared.items():
        if one.history is not None:
            count = nw.col(one.history).cast(nw.Int64)
            zero = nw.when(~count.is_null()).then(nw.lit(0)).cast(nw.Int64)
            found += [count.alias(low(name)), count.alias(high(name)), zero.alias(age(name))]
    return found


def _assumed(protocol: TreatmentProtocol, without: frozenset[str]) -> list[nw.Expr]:
    """What stands for a value that was never charted, where the protocol says so and its condition is known to hold."""
    found = []
    for name, declared in protocol.document.variables.items():
        rule = declared.missing
        if rule is None or not declared.codes or name in without:
            continue
        stands = nw.col(_never(name))
        if rule.only_if is not None:
            if protocol.document.variables[rule.only_if].expr is not None:
                continue
            looked = (nw.col(low(rule.only_if)) == 1) & (nw.col(high(rule.only_if)) == 1)
            stands = stands & _sure(looked)
        ticks = in_ticks(rule.assume, protocol.variables[name])
        for column, value in ((low(name), ticks), (high(name), ticks), (age(name), 0)):
            found.append(nw.when(stands).then(nw.lit(value)).otherwise(nw.col(column)).cast(nw.Int64).alias(column))
    return found


def _derived(protocol: TreatmentProtocol) -> list[nw.Expr]:
    found = []
    for name, formula in protocol.formulas.items():
        value = derived(formula)
        parts = [nw.col(age(part)) for part in sorted(formula.variables)]
        oldest = reduce(_greater, parts)
        found += [value.alias(low(name)), value.alias(high(name))]
        found.append(nw.when(~value.is_null()).then(oldest).alias(age(name)))
    return found


def _with(facts: nw.LazyFrame[Any], columns: Sequence[nw.Expr]) -> nw.LazyFrame[Any]:
    return facts.with_columns(*columns) if columns else facts


def _greater(one: nw.Expr, other: nw.Expr) -> nw.Expr:
    return nw.when(one >= other).then(one).otherwise(other)


def _sure(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(True)).otherwise(nw.lit(False))


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
