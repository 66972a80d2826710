"""How often did each rule of each protocol hold, decide, or stay open for want of data?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from seriatim.derive._cases import Cases
from seriatim.derive._replayed import counted_rows, nothing, replay_of, with_case
from seriatim.protocols.replay.fired import fired
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

FIRST, SECOND = "first", "second"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """Counts of decisions by `group`, `protocol` (first, second), `rule` (with its protocol) and `state`."""
    replayed = replay_of(series, cases, spec)
    if replayed is None:
        return nothing(cases, {"group": 0, "rule": "", "state": "", "n": 0}).drop("patient_id")
    keys = replayed.decisions.frame.select("n", "patient_id")
    parts = []
    for side, which in (("a", FIRST), ("b", SECOND)):
        if side == "b" and replayed.protocols["a"] == replayed.protocols["b"]:
            continue
        said = with_case(replayed.said[side].join(keys, on="n", how="inner"), cases, "group")
        counted = fired(said, replayed.protocols[side], by=("group",))
        parts.append(counted.with_columns(pl.format(f"{which}: {{}}", "rule").alias("rule")))
    return counted_rows(parts)
