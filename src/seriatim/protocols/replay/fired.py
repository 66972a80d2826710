"""How often did each rule hold, decide, or stay open for want of data?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from seriatim.engines.choose import collect
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.replay.verdicts import holds, may_hold

DECISIVE, HOLDS = "decisive", "holds, not decisive"
BLOCKED, OPEN, NOT = "blocked by missing data", "open, would change nothing", "does not hold"
STATES = (DECISIVE, HOLDS, BLOCKED, OPEN, NOT)


def fired(verdicts: nw.LazyFrame[Any], protocol: TreatmentProtocol, by: Sequence[str] = ()) -> pl.DataFrame:
    """Rows of `by`, `rule`, `state` and how many decisions `n`; `verdicts` has the columns of its rules and `by`.

    A rule decides where the verdict would be milder without it: it alone holds at the rank of the verdict, and no
    earlier stop is in force. It is blocked by missing data where it may hold and would then make the verdict stricter.
    """
    rules = protocol.rules
    top = [nw.col(holds(place)) & (nw.col("definite") == rule.then.rank) for place, rule in enumerate(rules)]
    counted = verdicts.with_columns(alone=reduce(add, [_one(t) for t in top])) if rules else verdicts
    sums = []
    for place, rule in enumerate(rules):
        decisive = top[place] & (nw.col("alone") == 1) & (nw.col("reached") < rule.then.rank)
        decisive = decisive & (nw.lit(rule.then.rank) > 0)
        maybe = nw.col(may_hold(place)) & ~nw.col(holds(place))
        blocked = maybe & (nw.col("definite") < rule.then.rank)
        marks = (decisive, nw.col(holds(place)), blocked, maybe)
        sums += [_one(mark).sum().cast(nw.Int64).alias(f"{kind}_{place}") for kind, mark in enumerate(marks)]
    if not rules:
        return pl.DataFrame(
            schema={**dict.fromkeys(by, pl.Int64), "rule": pl.String, "state": pl.String, "n": pl.Int64}
        )
    summed = _summed(counted, sums, by)
    return pl.concat([_of_rule(summed, place, rule.id, by) for place, rule in enumerate(rules)])


def _summed(counted: nw.LazyFrame[Any], sums: Sequence[nw.Expr], by: Sequence[str]) -> pl.DataFrame:
    keyed = counted.with_columns(everyone=nw.col("n") * 0)
    grouped = keyed.group_by("everyone", *by).agg(nw.len().cast(nw.Int64).alias("all"), *sums)
    return collect(grouped, ["everyone", *by]).drop("everyone")


def _of_rule(summed: pl.DataFrame, place: int, rule: str, by: Sequence[str]) -> pl.DataFrame:
    decisive, held, blocked, maybe = (pl.col(f"{kind}_{place}") for kind in range(4))
    counts = {
        DECISIVE: decisive,
        HOLDS: held - decisive,
        BLOCKED: blocked,
        OPEN: maybe - blocked,
        NOT: pl.col("all") - held - maybe,
    }
    return pl.concat(
        [
            summed.select(*by, pl.lit(rule).alias("rule"), pl.lit(state).alias("state"), n.cast(pl.Int64).alias("n"))
            for state, n in counts.items()
        ]
    )


def _one(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
