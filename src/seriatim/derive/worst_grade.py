"""What was the worst grade that this patient had of an endpoint's terms?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._qualifying import NOT_GRADED, keep_records, qualifying_records
from seriatim.derive._unanswered import NOT_ASSESSED, unanswered
from seriatim.plans.endpoints import Endpoint
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per patient other than "none": `case_number`, `endpoint`, `worst_grade`.

    Missing ranks lowest: a patient with grade 1 and an ungraded record has worst grade 1. A patient all of whose
    records lack a grade is "not graded", which is neither none nor grade 0. One without a record is "not assessed"
    where the endpoint says that this is no answer, or where the window is still open.
    """
    endpoints = spec.options["endpoints"]
    keep_records(series, cases, endpoints)
    return nw.concat([_one_endpoint(series, cases, endpoint) for endpoint in endpoints])


def _one_endpoint(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    any_grade = endpoint.model_copy(update={"grades": "any", "interventions": (), "intervention_reasons": ()})
    records = qualifying_records(series, cases, any_grade)
    worst = records.group_by("case_number").agg(nw.col("grade").max().alias("worst"))
    named = nw.lit(NOT_GRADED)
    for grade in range(1, 6):
        named = nw.when(nw.col("worst") == grade).then(nw.lit(str(grade))).otherwise(named)
    graded = worst.select("case_number", named.alias("worst_grade"))
    missing = unanswered(series, cases, any_grade, graded)
    if missing is not None:
        unknown = missing.select("case_number", nw.lit(NOT_ASSESSED).alias("worst_grade"))
        graded = nw.concat([graded, unknown])
    return graded.select("case_number", nw.lit(endpoint.id).alias("endpoint"), "worst_grade")
