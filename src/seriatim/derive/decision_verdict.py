"""What did the protocols say before each planned dose, what was done, and what followed?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._replayed import action_words, nothing, of_cases, replay_of
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

NO_REASON = "no reason charted"
WORDS = ("status", "in_force", "adherence", "a_would", "b_would", "event", "next", "response", "until")
RANKS = ("a_definite", "a_possible", "a_operational", "b_definite", "b_possible", "b_operational")


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row a decision of a case, with the keys that the tally has.

    `cycle` and `dose` (numbers), `status`, charted `reason` and `adherence` of practice to the first protocol, the
    verdicts of the first (`a_...`) and the second (`b_...`), the `event` after, the `next` state, and whether the
    protocols had parted before (`until`).
    """
    replayed = replay_of(series, cases, spec)
    if replayed is None:
        words = dict.fromkeys((*WORDS, *RANKS, "reason"), "")
        return nothing(cases, {**words, "cycle": 0, "dose": 0})
    ours = of_cases(replayed.frame, cases)
    if "reason" in spec.names:
        ours = _with_reason(series, ours)
    kept = [name for name in (*WORDS, "reason") if name in spec.names]
    ranks = (action_words(rank).alias(rank) for rank in RANKS if rank in spec.names)
    return ours.select("patient_id", "cycle", "dose", *kept, *ranks)


def _with_reason(series: TreatmentSeries, ours: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The reason as charted; a dose without a number has the number 0."""
    keys = ("patient_id", "course", "cycle", "dose")
    charted = series.tables["dose"].with_columns(dose=nw.col("dose").fill_null(0)).select(*keys, "reason")
    joined = ours.join(charted, on=list(keys), how="left")
    return joined.with_columns(reason=nw.col("reason").fill_null(NO_REASON))
