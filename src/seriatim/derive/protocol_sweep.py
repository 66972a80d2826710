"""What would the first protocol have said with another threshold, dose by dose?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._replayed import action_words, nothing, of_cases, replay_of
from seriatim.protocols.replay.comparison import RANKS, withholds
from seriatim.protocols.replay.features import completed
from seriatim.protocols.replay.sweep import moved
from seriatim.protocols.replay.verdicts import verdicts
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row a decision of a case and `threshold` (a view), with `verdict`, `would`, `status`, `event` and `response`.

    What was charted is worked out once for all thresholds. Options: `variable`, `threshold`, `to`.
    """
    replayed = replay_of(series, cases, spec)
    if replayed is None:
        return nothing(cases, {"threshold": "", "would": "", "status": "", "event": "", "response": "", "verdict": ""})
    facts = completed(replayed.observed["a"], replayed.protocols["a"])
    ours = of_cases(replayed.frame.select("n", "patient_id", "status", "event", "response"), cases)
    asked = spec.options
    parts = []
    for to in asked["to"]:
        protocol = moved(replayed.protocols["a"], str(asked["variable"]), str(asked["threshold"]), str(to))
        said = verdicts(facts, replayed.decisions.frame, protocol)
        named = said.select("n", *(nw.col(rank).alias(f"x_{rank}") for rank in RANKS))
        joined = ours.join(named, on="n", how="inner")
        parts.append(
            joined.select(
                "patient_id",
                nw.lit(str(to)).alias("threshold"),
                withholds("x").alias("would"),
                action_words("x_operational").alias("verdict"),
                "status",
                "event",
                "response",
            )
        )
    return nw.concat(parts)
