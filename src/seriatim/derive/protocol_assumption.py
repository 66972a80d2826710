"""What would the verdicts be without what the protocols assume of things not charted?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._replayed import action_words, nothing, of_cases, replay_of
from seriatim.protocols.replay.comparison import Replayed
from seriatim.protocols.replay.features import assumptions, completed
from seriatim.protocols.replay.verdicts import verdicts
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

AS_DECLARED, WITHOUT_ALL = "as declared", "without any"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row a decision of a case and reading: `patient_id`, `assumed` (a view), `definite`, `possible`, `verdict`.

    Readings are those of the first protocol: as it declares, without any assumption, and without each by itself.
    """
    replayed = replay_of(series, cases, spec)
    if replayed is None:
        return nothing(cases, {"assumed": "", "definite": "", "possible": "", "verdict": ""})
    names = assumptions(replayed.protocols["a"])
    readings = {AS_DECLARED: frozenset[str](), WITHOUT_ALL: frozenset(names)}
    if len(names) > 1:
        readings |= {f"without {name}": frozenset({name}) for name in names}
    return nw.concat([_read(replayed, cases, reading, without) for reading, without in readings.items()])


def _read(replayed: Replayed, cases: Cases, reading: str, without: frozenset[str]) -> nw.LazyFrame[Any]:
    protocol, frame = replayed.protocols["a"], replayed.decisions.frame
    said = verdicts(completed(replayed.observed["a"], protocol, without), frame, protocol)
    ours = of_cases(frame.select("n", "patient_id"), cases).join(said, on="n", how="inner")
    return ours.select(
        "patient_id",
        nw.lit(reading).alias("assumed"),
        action_words("definite").alias("definite"),
        action_words("possible").alias("possible"),
        action_words("operational").alias("verdict"),
    )
