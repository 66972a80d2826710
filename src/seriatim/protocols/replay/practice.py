"""Which protocol was in force for each decision, and did practice follow what a protocol said?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.protocols.actions import PERMITS
from seriatim.protocols.bedside.moment import GIVEN
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.replay.decisions import NOT_CHARTED
from seriatim.series.series import TreatmentSeries

THIS, OTHER, NOT_RECORDED = "this protocol", "another protocol", "no protocol recorded"
IN_FORCE = (THIS, OTHER, NOT_RECORDED)
GIVEN_AS_SAID, GIVEN_AGAINST, GIVEN_OPEN = (
    "given, as the protocol says", "given although hold or stop", "given, protocol undecided",
)  # fmt: skip
WITHHELD_AS_SAID, WITHHELD_AGAINST, WITHHELD_OPEN = (
    "held, as the protocol says", "held although give", "held, protocol undecided",
)  # fmt: skip
OTHER_REASON, NO_CHART = "skipped or refused", "not charted"
ADHERENCE = (
    GIVEN_AS_SAID, GIVEN_AGAINST, GIVEN_OPEN, WITHHELD_AS_SAID, WITHHELD_AGAINST, WITHHELD_OPEN, OTHER_REASON, NO_CHART,
)  # fmt: skip
_PERMITS = max(action.rank for action in PERMITS)


def in_force(series: TreatmentSeries, decisions: nw.LazyFrame[Any], protocol: TreatmentProtocol) -> nw.LazyFrame[Any]:
    """One row a decision: `n`, `in_force`; a course names its protocol by id, or by id and version as `id@version`."""
    if not series.has("course"):
        return decisions.select("n", nw.lit(NOT_RECORDED).alias("in_force"))
    courses = series.tables["course"].select("patient_id", "course", nw.col("protocol").alias("named"))
    joined = decisions.select("n", "patient_id", "course").join(courses, on=["patient_id", "course"], how="left")
    mine = nw.col("named").is_in((protocol.name, protocol.document.id))
    named = nw.when(mine).then(nw.lit(THIS)).otherwise(nw.lit(OTHER))
    return joined.select(
        "n", nw.when(nw.col("named").is_null()).then(nw.lit(NOT_RECORDED)).otherwise(named).alias("in_force")
    )


def adherence(definite: str, possible: str, lacking: str) -> nw.Expr:
    """What was done beside what the verdict in these columns said."""
    permits = (nw.col(possible) <= _PERMITS) & (nw.col(lacking) == 0)
    forbids = nw.col(definite) > _PERMITS
    given = _three(permits, forbids, GIVEN_AS_SAID, GIVEN_AGAINST, GIVEN_OPEN)
    held = _three(permits, forbids, WITHHELD_AGAINST, WITHHELD_AS_SAID, WITHHELD_OPEN)
    rest = nw.when(nw.col("status") == NOT_CHARTED).then(nw.lit(NO_CHART)).otherwise(nw.lit(OTHER_REASON))
    not_given = nw.when(nw.col("status") == "held").then(held).otherwise(rest)
    return nw.when(nw.col("status").is_in(GIVEN)).then(given).otherwise(not_given)


def _three(permits: nw.Expr, forbids: nw.Expr, if_permits: str, if_forbids: str, otherwise: str) -> nw.Expr:
    inner = nw.when(forbids).then(nw.lit(if_forbids)).otherwise(nw.lit(otherwise))
    return nw.when(permits).then(nw.lit(if_permits)).otherwise(inner)
