"""Was any dose of this patient's first cycle held, skipped, refused or given in part, and was it stopped for toxicity?"""  # noqa: E501

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._first_cycle import of_first_cycle, planned_in_first_cycle
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

YES, NO, NOT_ASSESSED = "yes", "no", "not assessed"
STOPPED = "stopped for toxicity"
# What is asked -> the status of a planned dose that answers it; "planned" says that nobody wrote what became of it.
STATUSES = {
    "held": "held",
    "skipped": "skipped",
    "refused": "refused",
    "given in part": "partial",
    "left open": "planned",
}


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per case and question: `patient_id`, `handling`, `outcome` (yes, no, not assessed).

    Without a dose record, or for the stop without a known reason, the answer is "not assessed" and not "no".
    """
    asked = [_any_dose(series, cases, question, status) for question, status in STATUSES.items()]
    return nw.concat([*asked, _stopped(series, cases)])


def _any_dose(series: TreatmentSeries, cases: Cases, question: str, status: str) -> nw.LazyFrame[Any]:
    everyone = cases.frame.select("patient_id")
    if not series.has("dose"):
        return _answered(everyone, question, nw.lit(NOT_ASSESSED))
    one = nw.when(nw.col("status") == status).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
    planned = planned_in_first_cycle(series, cases).select("patient_id", one.alias("found"))
    found = planned.group_by("patient_id").agg(nw.col("found").max())
    answer = nw.when(nw.col("found").is_null()).then(nw.lit(NOT_ASSESSED)).otherwise(_yes_if(nw.col("found") > 0))
    return _answered(everyone.join(found, on="patient_id", how="left"), question, answer)


def _stopped(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    everyone = cases.frame.select("patient_id")
    if not series.has("cycle"):
        return _answered(everyone, STOPPED, nw.lit(NOT_ASSESSED))
    first = of_first_cycle(series.tables["cycle"]).select("patient_id", "stop_reason")
    reason = nw.col("stop_reason").fill_null("unknown")
    answer = nw.when(reason == "unknown").then(nw.lit(NOT_ASSESSED)).otherwise(_yes_if(reason == "toxicity"))
    return _answered(everyone.join(first, on="patient_id", how="left"), STOPPED, answer)


def _yes_if(holds: nw.Expr) -> nw.Expr:
    return nw.when(holds).then(nw.lit(YES)).otherwise(nw.lit(NO))


def _answered(rows: nw.LazyFrame[Any], question: str, answer: nw.Expr) -> nw.LazyFrame[Any]:
    return rows.select("patient_id", nw.lit(question).alias("handling"), answer.alias("outcome"))
