"""Was this patient in complete response at a landmark after the first treatment, or at the data cut?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._course_of_response import READINGS, responses_with_follow_up
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

YES, DATE_UNCLEAR, NO = "yes", "date unclear", "no"
TOO_SHORT, NOT_ASSESSED = "follow-up too short", "not assessed"
AT_LANDMARK, AT_DATA_CUT = "landmark", "data cut"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case and moment: `patient_id`, `case_number`, `moment` ("landmark", "data cut"), `ongoing`.

    `spec.options["landmark_days"]` after accrual. Who was treated less than that before the data cut is
    "follow-up too short" whatever happened: to keep of them only those whose response had ended already would make
    the latest group look worse than it is. Of the others those count who were followed until the landmark, or who had
    progressed or died by then. Dates are read both ways; where the answer differs it is "date unclear".
    """
    moments = spec.key("moment").levels if "moment" in spec.names else (AT_LANDMARK,)
    if not series.has("response"):
        return nw.concat([_at(cases.frame, moment, nw.lit(NOT_ASSESSED)) for moment in moments])
    recorded = responses_with_follow_up(series, cases)
    without = cases.frame.join(recorded.select("case_number"), on="case_number", how="anti")
    at_landmark = _at_landmark(spec.options["landmark_days"], series.provenance.data_cut)
    answers = {AT_LANDMARK: at_landmark, AT_DATA_CUT: _at_data_cut()}
    parts = [_at(recorded, moment, answers[moment]) for moment in moments]
    return nw.concat([*parts, *(_at(without, moment, nw.lit(NOT_ASSESSED)) for moment in moments)])


def _at(frame: nw.LazyFrame[Any], moment: str, answer: nw.Expr) -> nw.LazyFrame[Any]:
    return frame.select("patient_id", "case_number", nw.lit(moment).alias("moment"), answer.alias("ongoing"))


def _at_landmark(days: int, data_cut: datetime | None) -> nw.Expr:
    earliest, latest = (_by_reading(reading, days, data_cut) for reading in READINGS)
    return nw.when(earliest == latest).then(earliest).otherwise(nw.lit(DATE_UNCLEAR))


def _by_reading(reading: str, days: int, data_cut: datetime | None) -> nw.Expr:
    landmark = nw.col(f"accrual_{reading}") + timedelta(days=days)
    has_complete = nw.col("best_response") == "CR"
    ended = nw.col(f"end_{reading}") <= landmark
    not_begun = nw.col(f"start_{reading}") > landmark
    followed = nw.col(f"known_until_{reading}") >= landmark
    never = ended | not_begun | (nw.col("best_response") == "PD")
    in_time = nw.when(followed & has_complete).then(nw.lit(YES)).otherwise(_when(followed, NO, TOO_SHORT))
    answer = nw.when(never).then(nw.lit(NO)).otherwise(in_time)
    return answer if data_cut is None else nw.when(landmark > data_cut).then(nw.lit(TOO_SHORT)).otherwise(answer)


def _at_data_cut() -> nw.Expr:
    ended = ~nw.col("end_latest").is_null() | (nw.col("died") == "yes")
    complete = _when(nw.col("best_response") == "CR", YES, NO)
    return nw.when(ended).then(nw.lit(NO)).otherwise(complete)


def _when(condition: nw.Expr, yes: str, no: str) -> nw.Expr:
    return nw.when(condition).then(nw.lit(yes)).otherwise(nw.lit(no))
