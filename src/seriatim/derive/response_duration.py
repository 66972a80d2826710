"""How many days did this patient's response last, and did it end?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._course_of_response import READINGS, responses_with_follow_up, whole_days
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

ENDED, CENSORED, NOT_DATED = "progression or death", "censored", "not dated"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:  # noqa: ARG001
    """One row per responder (CR or PR) and reading of the dates: `patient_id`, `case_number`, `reading`, `day`, `end`.

    From the first assessment that showed the response to progression or death ("progression or death"), else to the
    last contact ("censored"). "not dated", with day 0, where a date is missing or lies before the start.
    """
    if not series.has("response"):
        return nw.concat([_none(cases, reading) for reading in READINGS])
    recorded = responses_with_follow_up(series, cases)
    responders = recorded.filter(nw.col("best_response").is_in(("CR", "PR")))
    return nw.concat([_by_reading(responders, reading) for reading in READINGS])


def _by_reading(responders: nw.LazyFrame[Any], reading: str) -> nw.LazyFrame[Any]:
    start, end, known = (nw.col(f"{name}_{reading}") for name in ("start", "end", "known_until"))
    ended = ~end.is_null()
    until = nw.when(ended).then(end).otherwise(known)
    dated = responders.with_columns(until=until, has_ended=ended).with_columns(is_dated=nw.col("until") >= start)
    how = nw.when(nw.col("has_ended")).then(nw.lit(ENDED)).otherwise(nw.lit(CENSORED))
    # A missing date makes the comparison null, and null takes the second branch.
    day = nw.when(nw.col("is_dated")).then(whole_days(start, nw.col("until"))).otherwise(nw.lit(0))
    return dated.select(
        "patient_id",
        "case_number",
        nw.lit(reading).alias("reading"),
        day.cast(nw.Int64).alias("day"),
        nw.when(nw.col("is_dated")).then(how).otherwise(nw.lit(NOT_DATED)).alias("end"),
    )


def _none(cases: Cases, reading: str) -> nw.LazyFrame[Any]:
    return cases.frame.filter(nw.col("patient_id").is_null()).select(
        "patient_id",
        "case_number",
        nw.lit(reading).alias("reading"),
        nw.lit(0).cast(nw.Int64).alias("day"),
        nw.lit(NOT_DATED).alias("end"),
    )
