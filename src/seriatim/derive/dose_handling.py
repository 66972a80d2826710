"""Was any dose of this patient's first cycle held, skipped, refused or given in part, and was it stopped for toxicity?"""  # noqa: E501

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._doses import doses_by_cycle
from seriatim.derive._first_cycle import of_first_cycle
from seriatim.engines.choose import worked_out_once
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
    """One row per case and question: `patient_id`, `group`, `handling`, `outcome` (yes, no, not assessed).

    Without a dose record, or for the stop without a known reason, the answer is "not assessed" and not "no".
    """
    handled = _handled(series, cases)
    asked = [_any_dose(handled, question, place) for place, question in enumerate(STATUSES)]
    return nw.concat([*asked, _stopped(series, cases)])


def _handled(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """One row per case: for each status 1 if a dose has it and 0 if none has, null without a dose record."""
    everyone = cases.frame.select("patient_id", "case_number", "group")
    if not series.has("dose"):
        nothing = nw.lit(None, nw.Int64)
        return everyone.with_columns(**dict.fromkeys((f"has_{place}" for place in range(len(STATUSES))), nothing))
    flags = {
        f"has_{place}": nw.when(nw.col("status") == status).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
        for place, status in enumerate(STATUSES.values())
    }
    planned = of_first_cycle(doses_by_cycle(series, cases)).select("case_number", **flags)
    found = planned.group_by("case_number").agg(*(nw.col(name).max() for name in flags))
    return worked_out_once(everyone.join(found, on="case_number", how="left"))


def _any_dose(handled: nw.LazyFrame[Any], question: str, place: int) -> nw.LazyFrame[Any]:
    found = nw.col(f"has_{place}")
    answer = nw.when(found.is_null()).then(nw.lit(NOT_ASSESSED)).otherwise(_yes_if(found > 0))
    return _answered(handled, question, answer)


def _stopped(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    everyone = cases.frame.select("patient_id", "group")
    if not series.has("cycle"):
        return _answered(everyone, STOPPED, nw.lit(NOT_ASSESSED))
    first = of_first_cycle(series.tables["cycle"]).select("patient_id", "stop_reason")
    reason = nw.col("stop_reason").fill_null("unknown")
    answer = nw.when(reason == "unknown").then(nw.lit(NOT_ASSESSED)).otherwise(_yes_if(reason == "toxicity"))
    return _answered(everyone.join(first, on="patient_id", how="left"), STOPPED, answer)


def _yes_if(holds: nw.Expr) -> nw.Expr:
    return nw.when(holds).then(nw.lit(YES)).otherwise(nw.lit(NO))


def _answered(rows: nw.LazyFrame[Any], question: str, answer: nw.Expr) -> nw.LazyFrame[Any]:
    return rows.select("patient_id", "group", nw.lit(question).alias("handling"), answer.alias("outcome"))
