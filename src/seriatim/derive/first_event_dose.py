"""After which dose of the first cycle did this patient first have the endpoint, and how many doses were given?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._doses import doses_by_cycle, in_first_cycle, is_given
from seriatim.derive._first_cycle import planned_in_first_cycle
from seriatim.derive._qualifying import NOT_GRADED, ONSET_UNCLEAR, YES, keep_records, qualifying_records
from seriatim.derive._unanswered import NOT_ASSESSED, WINDOW_OPEN, unanswered
from seriatim.engines.choose import worked_out_once
from seriatim.plans.endpoints import Endpoint
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

READINGS = ("earliest", "latest")
# Read early, an event comes soon and a dose late; read late, the other way round: so the dose number is the lowest,
# and the highest, that the dates allow.
_SIDE = {"earliest": "latest", "latest": "earliest"}
AFTER, NONE = "after a dose", "no event"
BEFORE, UNKNOWN = "before the first dose", "onset unknown"
NOT_DATED, NO_DOSE = "dose not dated", "no dose recorded"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case, endpoint and reading: `patient_id`, `endpoint`, `reading`, `event`, `doses`, `event_dose`.

    An event belongs to the last dose started at or before its onset. Events count until the next cycle begins, at most
    `spec.options["window_days"]` days after the last dose. Dates that are not exact are read so that the dose number
    is the lowest ("earliest") and the highest ("latest") that they allow. `event_dose` is 0 unless `event` is "after a
    dose". Somebody with the endpoint before the first dose was never free of it.
    """
    endpoints = spec.options["endpoints"]
    if not series.has("dose"):
        return nw.concat([_without_doses(cases, endpoint, reading) for endpoint in endpoints for reading in READINGS])
    keep_records(series, cases, endpoints)
    given = worked_out_once(_given(series, cases))
    windows = worked_out_once(_windows(series, cases, spec.options["window_days"]))
    return nw.concat([_one(series, cases, given, windows, endpoint) for endpoint in endpoints])


def _given(series: TreatmentSeries, cases: Cases) -> nw.LazyFrame[Any]:
    given = planned_in_first_cycle(series, cases).filter(is_given())
    return given.select("case_number", "started_earliest", "started_latest")


def _windows(series: TreatmentSeries, cases: Cases, days: int) -> nw.LazyFrame[Any]:
    """One row a case: `doses` given (null without any), and for each reading how many are `not_dated`, the `first`
    start, `until`: the start of the next cycle, or some days after the last dose; and whether follow-up ends before it
    (`open`).
    """
    given = doses_by_cycle(series, cases).filter(is_given())
    following = (
        given.filter(~in_first_cycle())
        .group_by("case_number")
        .agg(*(nw.col(f"first_{side}").min().alias(f"next_{reading}") for reading, side in _SIDE.items()))
    )
    everyone = cases.frame.select("patient_id", "case_number", "group")
    joined = everyone.join(_summed(given.filter(in_first_cycle())), on="case_number", how="left")
    joined = joined.join(following, on="case_number", how="left")
    until = {f"until_{reading}": _until(reading, days) for reading in READINGS}
    dated = _with_last_contact(series, joined.with_columns(**until))
    kept = [f"{name}_{reading}" for name in ("not_dated", "first", "until") for reading in READINGS]
    alive = (nw.col("died") != "yes") | nw.col("died").is_null()
    is_open = {
        f"open_{reading}": _flag(alive & (nw.col("last_contact_latest") < nw.col(f"until_{reading}")))
        for reading in READINGS
    }
    return dated.select("patient_id", "case_number", "group", "doses", *kept, **is_open)


def _summed(given: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    read = given.select(
        "case_number",
        "doses",
        **{f"not_dated_{reading}": nw.col("doses") - nw.col(f"dated_{side}") for reading, side in _SIDE.items()},
        **{
            f"{name}_{reading}": nw.col(f"{name}_{side}")
            for name in ("first", "last")
            for reading, side in _SIDE.items()
        },
    )
    sums = ("doses", *(f"not_dated_{reading}" for reading in READINGS))
    return read.group_by("case_number").agg(
        *(nw.col(name).sum().cast(nw.Int64) for name in sums),
        *(nw.col(f"first_{reading}").min() for reading in READINGS),
        *(nw.col(f"last_{reading}").max() for reading in READINGS),
    )


def _until(reading: str, days: int) -> nw.Expr:
    last, following = nw.col(f"last_{reading}"), nw.col(f"next_{reading}")
    longest = last + timedelta(days=days)
    return nw.when((following > last) & (following < longest)).then(following).otherwise(longest)


def _with_last_contact(series: TreatmentSeries, windows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    if not series.has("follow_up"):
        no_contact = nw.lit(None, nw.Datetime("us"))
        return windows.with_columns(last_contact_latest=no_contact, died=nw.lit(None, nw.String))
    contact = series.tables["follow_up"].select("patient_id", "last_contact_latest", "died")
    return windows.join(contact, on="patient_id", how="left")


def _one(
    series: TreatmentSeries,
    cases: Cases,
    given: nw.LazyFrame[Any],
    windows: nw.LazyFrame[Any],
    endpoint: Endpoint,
) -> nw.LazyFrame[Any]:
    # Emergence is judged here, dose by dose, so that an event before the first dose is seen and not passed over.
    emergent = "all records" if endpoint.emergent == "first dose" else endpoint.emergent
    asked = endpoint.model_copy(update={"emergent": emergent, "window_days": None})
    placed = worked_out_once(_placed(given, windows, qualifying_records(series, cases, asked)))
    missing = unanswered(series, cases, asked, placed.select("case_number"))
    joined = windows.join(placed, on="case_number", how="left")
    named = (
        joined.with_columns(outcome=nw.lit(None, nw.String))
        if missing is None
        else joined.join(missing, on="case_number", how="left")
    )
    return nw.concat([_read(named, endpoint, reading) for reading in READINGS])


def _read(named: nw.LazyFrame[Any], endpoint: Endpoint, reading: str) -> nw.LazyFrame[Any]:
    told = named.with_columns(event=_event(reading))
    number = nw.when(nw.col("event") == AFTER).then(nw.col(f"event_dose_{reading}"))
    return told.select(
        "patient_id",
        "group",
        "event",
        endpoint=nw.lit(endpoint.id),
        reading=nw.lit(reading),
        doses=nw.col("doses").fill_null(0),
        event_dose=number.otherwise(nw.lit(0).cast(nw.Int64)),
    )


def _placed(given: nw.LazyFrame[Any], windows: nw.LazyFrame[Any], records: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """What the records of those who have some say, for each reading: the first `onset` in the window and its
    `event_dose` (null where no dose was started by then), and flags.
    """
    dated = records.join(windows, on="case_number", how="inner")
    told = {f"{name}_{reading}": value for reading in READINGS for name, value in _said(reading).items()}
    best = (nw.col(name).min() if name.startswith("onset") else nw.col(name).max() for name in told)
    onsets = dated.select("case_number", **told).group_by("case_number").agg(*best)
    started = given.join(onsets.select("case_number", *(f"onset_{reading}" for reading in READINGS)), on="case_number")
    reached = {
        f"event_dose_{reading}": _flag(nw.col(f"started_{_SIDE[reading]}") <= nw.col(f"onset_{reading}"))
        for reading in READINGS
    }
    numbered = started.select("case_number", **reached).group_by("case_number")
    return onsets.join(
        numbered.agg(*(nw.col(name).sum().cast(nw.Int64) for name in reached)), on="case_number", how="left"
    )


def _said(reading: str) -> dict[str, nw.Expr]:
    at, first = nw.col(f"onset_{reading}"), nw.col(f"first_{reading}")
    counts = nw.col("outcome").is_in((YES, ONSET_UNCLEAR))
    inside = (at >= first) & (at < nw.col(f"until_{reading}"))
    return {
        "onset": nw.when(counts & inside).then(at),
        "early": _flag(counts & (at < first)),
        "undated": _flag(counts & at.is_null()),
        "ungraded": _flag((nw.col("outcome") == NOT_GRADED) & (inside | at.is_null())),
    }


def _event(reading: str) -> nw.Expr:
    """What is known of the case; what stands first decides."""
    said = {
        name: nw.col(f"{name}_{reading}") for name in ("not_dated", "early", "onset", "undated", "open", "ungraded")
    }
    known = (
        (nw.col("doses").is_null(), NO_DOSE),
        (said["not_dated"] > 0, NOT_DATED),
        # Whoever had it before the first dose was never at risk of a first event, whatever came later.
        (said["early"] == 1, BEFORE),
        (~said["onset"].is_null(), AFTER),
        (said["undated"] == 1, UNKNOWN),
        (nw.col("outcome") == NOT_ASSESSED, NOT_ASSESSED),
        (said["open"] == 1, WINDOW_OPEN),
        (said["ungraded"] == 1, NOT_GRADED),
    )
    event: nw.Expr = nw.lit(NONE)
    for holds, word in reversed(known):
        event = nw.when(holds).then(nw.lit(word)).otherwise(event)
    return event


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)


def _without_doses(cases: Cases, endpoint: Endpoint, reading: str) -> nw.LazyFrame[Any]:
    words = {"event": nw.lit(NO_DOSE), "endpoint": nw.lit(endpoint.id), "reading": nw.lit(reading)}
    zero = nw.lit(0).cast(nw.Int64)
    return cases.frame.select("patient_id", event_dose=zero, doses=zero, **words)
