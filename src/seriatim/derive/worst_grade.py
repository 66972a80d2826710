"""What was the worst grade that this patient had of an endpoint's terms?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._qualifying import qualifying_records
from seriatim.plans.endpoints import Endpoint
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per patient with any record: `patient_id`, `endpoint`, `worst_grade` ("1" to "5" or "not graded").

    Missing ranks lowest: a patient with grade 1 and an ungraded record has worst grade 1. A patient all of whose
    records lack a grade is "not graded", which is neither none nor grade 0.
    """
    return nw.concat([_one_endpoint(series, cases, endpoint) for endpoint in spec.options["endpoints"]])


def _one_endpoint(series: TreatmentSeries, cases: Cases, endpoint: Endpoint) -> nw.LazyFrame[Any]:
    any_grade = endpoint.model_copy(update={"grades": "any", "interventions": (), "intervention_reasons": ()})
    records = qualifying_records(series, cases, any_grade)
    worst = records.group_by("patient_id").agg(nw.col("grade").max().alias("worst"))
    named = nw.lit("not graded")
    for grade in range(1, 6):
        named = nw.when(nw.col("worst") == grade).then(nw.lit(str(grade))).otherwise(named)
    return worst.select("patient_id", nw.lit(endpoint.id).alias("endpoint"), named.alias("worst_grade"))
