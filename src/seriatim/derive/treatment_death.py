"""Did this patient die of treatment, perhaps, of something else, not at all, or has nobody followed long enough?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

RELATED, UNKNOWN, UNRELATED, ALIVE = "related", "relatedness unknown", "not related", "no death"
NOT_RIPE, NO_FOLLOW_UP = "follow-up too short", "no follow-up"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case: `patient_id`, `death`.

    Somebody not known to have died is "no death" once followed for `spec.options["ripe_days"]` days from the first
    treatment (by the latest reading of the last contact), else "follow-up too short"; without a record, "no follow-up".
    """
    everyone = cases.frame.select("patient_id", "accrual_earliest")
    if not series.has("follow_up"):
        return everyone.select("patient_id", nw.lit(NO_FOLLOW_UP).alias("death"))
    columns = ("patient_id", "died", "relatedness", "last_contact_latest")
    known = everyone.join(series.tables["follow_up"].select(*columns), on="patient_id", how="left")
    of_what = nw.when(nw.col("relatedness") == "related").then(nw.lit(RELATED)).otherwise(nw.lit(UNKNOWN))
    of_what = nw.when(nw.col("relatedness") == "not_related").then(nw.lit(UNRELATED)).otherwise(of_what)
    contact = nw.col("last_contact_latest")
    ripe = contact >= nw.col("accrual_earliest") + timedelta(days=spec.options["ripe_days"])
    followed = nw.when(ripe).then(nw.lit(ALIVE)).otherwise(nw.lit(NOT_RIPE))
    followed = nw.when(contact.is_null()).then(nw.lit(NO_FOLLOW_UP)).otherwise(followed)
    death = nw.when(nw.col("died") == "yes").then(of_what).otherwise(followed)
    return known.select("patient_id", death.alias("death"))
