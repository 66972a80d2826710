"""When did a response begin and end, and until when is it known? By the earliest and the latest reading of dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.engines.choose import worked_out_once
from seriatim.series.series import TreatmentSeries

READINGS = ("earliest", "latest")
_MINUTES_A_DAY = 24 * 60


def responses_with_follow_up(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    """Cases with a record of response: `patient_id`, `case_number`, `best_response`, `died`, and for both readings of
    every date `accrual_*`, `start_*` (of the response), `end_*` (progression or death, whichever came first),
    `known_until_*`. Kept with the cases, because three tallies are made of them.
    """
    if "responses" not in cases.kept:
        cases.kept["responses"] = worked_out_once(_responses(series, cases))
    kept: nw.LazyFrame[Any] = cases.kept["responses"]
    return kept


def _responses(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    columns = ("response_start", "progression", "last_assessed")
    dates = [f"{name}_{reading}" for name in columns for reading in READINGS]
    responses = series.tables["response"].select("patient_id", "best_response", *dates)
    joined = cases.frame.select("patient_id", "case_number", "accrual_earliest", "accrual_latest").join(
        responses, on="patient_id", how="inner"
    )
    joined = _with_follow_up(series, joined)
    derived: Mapping[str, nw.Expr] = {
        f"{name}_{reading}": expression
        for reading in READINGS
        for name, expression in {
            "start": nw.col(f"response_start_{reading}"),
            "end": nw.min_horizontal(nw.col(f"progression_{reading}"), _death(reading)),
            "known_until": nw.max_horizontal(nw.col(f"last_contact_{reading}"), nw.col(f"last_assessed_{reading}")),
        }.items()
    }
    accrual = [f"accrual_{reading}" for reading in READINGS]
    told = ("patient_id", "case_number", "best_response", "died", *accrual, *derived)
    return joined.with_columns(**derived).select(*told)


def whole_days(start: nw.Expr, end: nw.Expr) -> nw.Expr:
    """Whole days elapsed from start to end; only for `end` not before `start`."""
    return (end - start).dt.total_minutes().cast(nw.Int64) // _MINUTES_A_DAY


def _with_follow_up(series: TreatmentSeries, joined: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    names = [f"{name}_{reading}" for name in ("last_contact", "death") for reading in READINGS]
    if series.has("follow_up"):
        follow_up = series.tables["follow_up"].select("patient_id", "died", *names)
        return joined.join(follow_up, on="patient_id", how="left")
    # Typed nulls, taken from columns of the type that is wanted.
    no_date = nw.when(nw.col("patient_id").is_null()).then(nw.col("accrual_earliest"))
    no_text = nw.when(nw.col("patient_id").is_null()).then(nw.col("best_response"))
    return joined.with_columns(**dict.fromkeys(names, no_date), died=no_text)


def _death(reading: str) -> nw.Expr:
    """The day of death; for one who died without a date of it, the last contact, which is then that day."""
    date, contact = nw.col(f"death_{reading}"), nw.col(f"last_contact_{reading}")
    undated = date.is_null() & (nw.col("died") == "yes")
    return nw.when(undated).then(contact).otherwise(date)
