"""Did this patient have the endpoint: yes, no, not graded, onset unclear, not assessed, or window still open?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._qualifying import NOT_GRADED, ONSET_UNCLEAR, YES, keep_records, qualifying_records
from seriatim.derive._unanswered import unanswered
from seriatim.engines.choose import worked_out_once
from seriatim.plans.endpoints import Endpoint
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

# Higher rank wins within a patient: one qualifying record is enough, whatever the others lack.
_RANKS = {YES: 3, ONSET_UNCLEAR: 2, NOT_GRADED: 1}


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per patient and endpoint other than "no": `case_number`, `endpoint`, `outcome`.

    `spec.options["endpoints"]` are the endpoints of the plan.
    """
    endpoints = tuple(spec.options["endpoints"])
    key = ("endpoint_outcome", *(endpoint.model_dump_json() for endpoint in endpoints))
    if key not in cases.kept:  # asked for by group and by case
        keep_records(series, cases, endpoints)
        parts = [_one_endpoint(series, cases, endpoint) for endpoint in endpoints]
        cases.kept[key] = worked_out_once(nw.concat(parts))
    kept: nw.LazyFrame[Any] = cases.kept[key]
    return kept


def _one_endpoint(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    had = _worst_outcome(series, cases, endpoint)
    missing = unanswered(series, cases, endpoint, had)
    both = had if missing is None else nw.concat([had, missing])
    return both.select("case_number", nw.lit(endpoint.id).alias("endpoint"), "outcome")


def _worst_outcome(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    records = qualifying_records(series, cases, endpoint)
    rank = nw.lit(0)
    for outcome, place in _RANKS.items():
        rank = nw.when(nw.col("outcome") == outcome).then(nw.lit(place)).otherwise(rank)
    worst = records.select("case_number", rank.alias("rank")).group_by("case_number").agg(nw.col("rank").max())
    named = nw.lit(NOT_GRADED)
    for outcome, place in _RANKS.items():
        named = nw.when(nw.col("rank") == place).then(nw.lit(outcome)).otherwise(named)
    return worst.select("case_number", named.alias("outcome"))
