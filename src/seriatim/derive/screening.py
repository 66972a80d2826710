"""Who was considered for treatment, in which year, and if not treated, why not?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

TREATED, EXCLUDED, NOT_KNOWN = "treated", "not treated", "not recorded"
NO_REASON, MANY_REASONS = "no reason recorded", "several reasons"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per candidate: `patient_id` (the candidate), `year` of the first screening (0 = not dated), `outcome`,
    `reason`.

    Candidates are no cases, so there is no group: `cases` is not asked. A candidate with one criterion that says
    "treated" was treated. Of one not treated the reason is the one given, or "several reasons" where they differ.
    """
    if not series.has("screening"):
        return _none(cases)
    rows = series.tables["screening"].select("candidate_id", "screened_earliest", "treated", "reason")
    said = nw.when(nw.col("treated") == "yes").then(nw.lit(2)).otherwise(
        nw.when(nw.col("treated") == "no").then(nw.lit(1)).otherwise(nw.lit(0))
    )  # fmt: skip
    by_candidate = rows.with_columns(said=said).group_by("candidate_id").agg(
        nw.col("said").max(), nw.col("screened_earliest").min(),
        nw.col("reason").min().alias("first_reason"), nw.col("reason").max().alias("last_reason"),
    )  # fmt: skip
    return by_candidate.select(
        nw.col("candidate_id").alias("patient_id"), _year().alias("year"), _outcome().alias("outcome"),
        _reason().alias("reason"),
    )  # fmt: skip


def _year() -> nw.Expr:
    day = nw.col("screened_earliest")
    return nw.when(day.is_null()).then(nw.lit(0)).otherwise(day.dt.year()).cast(nw.Int64)


def _outcome() -> nw.Expr:
    answered = nw.when(nw.col("said") == 1).then(nw.lit(EXCLUDED)).otherwise(nw.lit(NOT_KNOWN))
    return nw.when(nw.col("said") == 2).then(nw.lit(TREATED)).otherwise(answered)


def _reason() -> nw.Expr:
    given = nw.when(nw.col("first_reason") == nw.col("last_reason")).then(nw.col("first_reason"))
    reason = nw.when(nw.col("first_reason").is_null()).then(nw.lit(NO_REASON)).otherwise(
        given.otherwise(nw.lit(MANY_REASONS))
    )  # fmt: skip
    return nw.when(nw.col("said") == 2).then(nw.lit(TREATED)).otherwise(reason)


def _none(cases: Cases) -> nw.LazyFrame[Any]:
    nobody = cases.frame.filter(nw.col("patient_id").is_null())
    words = (nw.lit("").alias(name) for name in ("outcome", "reason"))
    return nobody.select("patient_id", nw.lit(0).cast(nw.Int64).alias("year"), *words)
