"""Did this patient die of treatment, perhaps, of something else, not at all, or has nobody followed long enough?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.engines.choose import distinct
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

RELATED, UNKNOWN, UNRELATED, ALIVE = "related", "relatedness unknown", "not related", "no death"
NOT_RIPE, NO_FOLLOW_UP = "follow-up too short", "no follow-up"
# What one source says of a death, by rank: the highest of several records is what the source says.
_SAYS_NOTHING, _SAYS_UNRELATED, _SAYS_DEATH, _SAYS_RELATED = 0, 1, 2, 3
_TO_THE_DAY = timedelta(hours=25)  # a day on which the clocks are set back has 25


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case: `patient_id`, `death`.

    A death anywhere in the record is a death: in the follow-up (died, or a date of death), an event of grade 5, or a
    cycle that ended by death. It is related if a source says so and none denies it. Where sources contradict each
    other, of the relation or of the death itself, the relation is unknown. Somebody not known to have died is "no
    death" once followed for `spec.options["ripe_days"]` days from the first treatment, else "follow-up too short";
    without a last contact, "no follow-up".
    """
    everyone = cases.frame.select("patient_id", "accrual_earliest", "accrual_latest")
    joined = _with_events(series, _with_cycles(series, _with_follow_up(series, everyone)))
    return joined.select("patient_id", _death(spec.options["ripe_days"]).alias("death"))


def _with_follow_up(series: TreatmentSeries, cases: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """`follow_up` says what of a death, `alive` that it says there was none, and the last contact."""
    if not series.has("follow_up"):
        unknown = nw.when(nw.col("patient_id").is_null()).then(nw.col("accrual_earliest"))
        zero = nw.lit(_SAYS_NOTHING)
        return cases.with_columns(follow_up=zero, alive=zero, contact_earliest=unknown, contact_latest=unknown)
    died = (nw.col("died") == "yes") | ~nw.col("death_earliest").is_null()
    said = series.tables["follow_up"].select(
        "patient_id",
        nw.when(died).then(_relation()).otherwise(nw.lit(_SAYS_NOTHING)).alias("follow_up"),
        nw.when(nw.col("died") == "no").then(nw.lit(1)).otherwise(nw.lit(0)).alias("alive"),
        nw.col("last_contact_earliest").alias("contact_earliest"),
        nw.col("last_contact_latest").alias("contact_latest"),
    )
    joined = cases.join(said, on="patient_id", how="left")
    return joined.with_columns(nw.col("follow_up").fill_null(_SAYS_NOTHING), nw.col("alive").fill_null(0))


def _with_cycles(series: TreatmentSeries, cases: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """`cycles` says of a death that there was one, and never of what."""
    if not series.has("cycle"):
        return cases.with_columns(cycles=nw.lit(_SAYS_NOTHING))
    ended = distinct(series.tables["cycle"].filter(nw.col("stop_reason") == "death"), "patient_id")
    joined = cases.join(ended.with_columns(cycles=nw.lit(_SAYS_DEATH)), on="patient_id", how="left")
    return joined.with_columns(nw.col("cycles").fill_null(_SAYS_NOTHING))


def _with_events(series: TreatmentSeries, cases: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """`events` says what of a death: the most of what its events of grade 5 say."""
    if not series.has("adverse_event"):
        return cases.with_columns(events=nw.lit(_SAYS_NOTHING))
    fatal = series.tables["adverse_event"].filter(nw.col("grade") == 5)
    said = fatal.select("patient_id", _relation().alias("events")).group_by("patient_id").agg(nw.col("events").max())
    joined = cases.join(said, on="patient_id", how="left")
    return joined.with_columns(nw.col("events").fill_null(_SAYS_NOTHING))


def _relation() -> nw.Expr:
    unrelated = nw.when(nw.col("relatedness") == "not_related").then(nw.lit(_SAYS_UNRELATED))
    otherwise = unrelated.otherwise(nw.lit(_SAYS_DEATH))
    return nw.when(nw.col("relatedness") == "related").then(nw.lit(_SAYS_RELATED)).otherwise(otherwise)


def _death(ripe_days: int) -> nw.Expr:
    sources = ("follow_up", "cycles", "events")
    most = nw.max_horizontal(*(nw.col(name) for name in sources))
    denied = (nw.col("follow_up") == _SAYS_UNRELATED) | (nw.col("events") == _SAYS_UNRELATED)
    contradicted = ((most == _SAYS_RELATED) & denied) | (nw.col("alive") == 1)
    of_what = nw.when((most == _SAYS_RELATED) & ~contradicted).then(nw.lit(RELATED)).otherwise(nw.lit(UNKNOWN))
    of_what = nw.when(denied & (most < _SAYS_RELATED) & ~contradicted).then(nw.lit(UNRELATED)).otherwise(of_what)
    followed = nw.when(_is_ripe(ripe_days)).then(nw.lit(ALIVE)).otherwise(nw.lit(NOT_RIPE))
    followed = nw.when(nw.col("contact_latest").is_null()).then(nw.lit(NO_FOLLOW_UP)).otherwise(followed)
    return nw.when(most > _SAYS_NOTHING).then(of_what).otherwise(followed)


def _is_ripe(days: int) -> nw.Expr:
    """Followed for so many days for certain: a date known to the day is that day, of a month the worst day counts."""
    contact, begun = (nw.col("contact_earliest"), nw.col("contact_latest")), nw.col("accrual_earliest")
    day_known = contact[1] < contact[0] + _TO_THE_DAY
    until = nw.when(day_known).then(contact[1]).otherwise(contact[0])
    start_known = nw.col("accrual_latest") < begun + _TO_THE_DAY
    since = nw.when(start_known).then(begun).otherwise(nw.col("accrual_latest"))
    return until >= since + timedelta(days=days)
