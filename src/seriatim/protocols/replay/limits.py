"""What does a replay not show, and what did this series lack? Printed with every result."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from seriatim.protocols.protocol import NOT_FOR_USE, TreatmentProtocol
from seriatim.protocols.replay.charted import AsKnown
from seriatim.protocols.replay.decisions import Decisions
from seriatim.protocols.replay.features import assumptions
from seriatim.series.series import TreatmentSeries

ALWAYS = (
    "One step only: each decision is judged on what was charted under the practice of its day. After the first decision"
    " at which the protocols part, later states are not those of the second; such decisions are counted apart.",
    "Events after doses that a protocol would have withheld are the most that could have been avoided, not what would"
    " have been: the event might have come all the same, and what withholding costs is beside it as doses lost.",
    "What would have followed a dose that was not given nobody can see.",
    "Less is measured where treatment was stopped, so what is missing is not missing by chance.",
    "A statement about effect needs methods for causes, such as cloning, censoring and weighting; none is made here.",
)  # fmt: skip


def limits_of(
    series: TreatmentSeries, decisions: Decisions, protocols: tuple[TreatmentProtocol, ...], as_known: AsKnown
) -> tuple[str, ...]:
    """Those that always hold, then those of this series and these protocols."""
    own = [*_of_series(series, decisions, as_known)]
    for protocol in protocols:
        if assumed := assumptions(protocol):
            own.append(f"{protocol.name} takes {', '.join(assumed)} for absent where not charted; also shown without.")
        if protocol.unverified:
            own.append(f"{protocol.name} has unverified parts: {', '.join(protocol.unverified)}.")
    return (*ALWAYS, *own, NOT_FOR_USE)


def _of_series(series: TreatmentSeries, decisions: Decisions, as_known: AsKnown) -> list[str]:
    found = [f"{n} planned doses are no decision here: {why}." for why, n in decisions.set_aside.items()]
    if not decisions.has_planned_time:
        found.append("The series does not say when doses were due: only doses with a start are decisions.")
    for table, column in (("lab_result", "reported"), ("vital", "recorded")):
        if as_known == "final" or not series.has(table):
            continue
        if f"{column}_latest" not in series.tables[table].collect_schema().names():
            found.append(f"{table} does not say when values were known ({column}): taken as known at once.")
    if as_known == "final":
        found.append("All that had been taken by a decision counts, also what was reported only later.")
    if undated := _undated_events(series):
        found.append(f"Adverse events without a date ({undated}) follow no dose and are not among the events at stake.")
    if series.has("intervention"):
        found.append("The highest rate of an intervention is taken for all of its time.")
    return found


def _undated_events(series: TreatmentSeries) -> int:
    if not series.has("adverse_event"):
        return 0
    undated = series.tables["adverse_event"].filter(nw.col("onset_earliest").is_null())
    return int(undated.select(nw.len().alias("n")).collect("polars").item())
