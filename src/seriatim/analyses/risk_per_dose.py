"""Has a single dose become less risky, or were only fewer given?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from seriatim.analyses._keys import GROUP, endpoint_key
from seriatim.documents import Document
from seriatim.methods import mantel_haenszel
from seriatim.methods.discrete_hazard import cumulative_difference, cumulative_risk, hazards
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, estimate_row, number_row, p_value_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Counts, Tally, counts, numbers, select

READINGS = ("earliest", "latest")
AFTER, NONE = "after a dose", "no event"
BEFORE, UNKNOWN = "before the first dose", "onset unknown"
EVENT = Key("event", Role.PARTITION, (AFTER, NONE, BEFORE, UNKNOWN))
AS_IF = "as if everyone were given all of them, at the hazards seen among those still dosed; stopping is not random"


class Options(Document):
    """`at_dose`: by which dose risks are added up. `window_days`: for how long after the last dose events count."""

    at_dose: int = Field(default=7, ge=1)
    window_days: int = Field(default=7, ge=1)


@dataclass(frozen=True)
class Steps:
    """At risk and first events after each dose number from 1, one row a group."""

    groups: tuple[str, ...]
    at_risk: Counts
    events: Counts
    placed_before: Counts
    unknown: Counts


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:
    """Patients by doses given and by the dose after which the event came first, under both readings of dates."""
    keys = (GROUP, endpoint_key(plan), Key("reading", Role.VIEW, READINGS), EVENT, Key("doses", Role.ORDER),
            Key("event_dose", Role.ORDER))  # fmt: skip
    definition = (
        "patients with a dated dose in the first cycle, by doses given and the dose after which they first had the"
        f" endpoint, until the next cycle or {options.window_days} days after the last dose"
    )
    asked = {"endpoints": plan.endpoints, "window_days": options.window_days}
    return (TallySpec("first_event_dose", "first_event_dose", Unit.PATIENT, keys, definition, None, asked),)


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """Per endpoint and reading: hazards, Mantel-Haenszel over dose numbers, cumulative risk by a dose."""
    tally = tallies["first_event_dose"]
    rows: list[ResultRow] = []
    for endpoint in plan.endpoints:
        for reading in READINGS:
            subject = Subject(
                "risk_per_dose",
                endpoint.id,
                population="patients with a dated dose in the first cycle",
                stratum=f"{reading} reading of onset",
                unit="patient at risk at a dose",
                tally=tally.name,
                tally_keys=f"endpoint={endpoint.id} reading={reading}",
            )
            steps = steps_of(select(tally, endpoint=endpoint.id, reading=reading))
            rows += _group_rows(subject, steps, plan, options)
            rows += _comparison_rows(subject, steps, plan, options)
    return rows


def steps_of(tally: Tally) -> Steps:
    """From doses given and event dose to those at risk at each dose and those with their first event after it."""
    groups = tally.levels("group")
    doses = numbers(tally, "doses")
    most = int(doses[-1]) if len(doses) else 0
    at_risk = np.zeros((len(groups), most), dtype=np.int64)
    events = np.zeros_like(at_risk)
    for event in (AFTER, NONE):
        part = select(tally, event=event)
        for group, given, event_dose, n in zip(
            part.columns["group"], part.columns["doses"], part.columns["event_dose"], part.n, strict=True
        ):
            last = int(event_dose) if event == AFTER else int(given)
            at_risk[group, :last] += n
            if event == AFTER:
                events[group, last - 1] += n
    before, unknown = (counts(tally, "group", event=event) for event in (BEFORE, UNKNOWN))
    return Steps(groups, at_risk, events, before, unknown)


def _group_rows(subject: Subject, steps: Steps, plan: Plan, options: Options) -> list[ResultRow]:
    rows = []
    for place, group in enumerate(steps.groups):
        about = subject.about(group=group)
        missing = int(steps.placed_before[place] + steps.unknown[place])
        at_risk, events = steps.at_risk[place].tolist(), steps.events[place].tolist()
        for dose, hazard in enumerate(hazards(at_risk, events, plan.level), start=1):
            shared = {"numerator": events[dose - 1], "denominator": at_risk[dose - 1], "missing": missing}
            rows.append(estimate_row(about, "hazard", hazard, **shared, tally_keys=f"dose {dose}", id_suffix=str(dose)))
        cut = options.at_dose
        risk = cumulative_risk(*_padded(at_risk, events, cut), plan.level)
        shared = {"assumptions": AS_IF, "missing": missing, "tally_keys": f"by dose {cut}"}
        rows.append(estimate_row(about, "cumulative_risk", risk, numerator=sum(events[:cut]), **shared))
        rows.append(number_row(about, "event_before_first_dose", float(steps.placed_before[place])))
        rows.append(number_row(about, "onset_unknown", float(steps.unknown[place])))
    return rows


def _comparison_rows(subject: Subject, steps: Steps, plan: Plan, options: Options) -> list[ResultRow]:
    about = subject.about(group=steps.groups[-1], reference_group=steps.groups[0], direction="last minus first")
    missing = int((steps.placed_before + steps.unknown)[[0, -1]].sum())
    first, last = ((steps.events[place].tolist(), steps.at_risk[place].tolist()) for place in (0, -1))
    tables = (*first, *last)
    shared = {"assumptions": "strata: dose numbers", "missing": missing}
    cut = options.at_dose
    groups = [_padded(steps.at_risk[place].tolist(), steps.events[place].tolist(), cut) for place in (0, -1)]
    change = cumulative_difference(*groups[0], *groups[1], plan.level)
    over = about.about(direction="last over first")
    return [
        estimate_row(
            about, "risk_difference_per_dose", mantel_haenszel.risk_difference(*tables, level=plan.level), **shared
        ),
        estimate_row(over, "odds_ratio_per_dose", mantel_haenszel.odds_ratio(*tables, level=plan.level), **shared),
        p_value_row(about, "p_per_dose", mantel_haenszel.test(*tables), **shared),
        estimate_row(
            about, "cumulative_difference", change, assumptions=AS_IF, missing=missing, tally_keys=f"by dose {cut}"
        ),
    ]


def _padded(at_risk: Sequence[int], events: Sequence[int], cut: int) -> tuple[list[int], list[int]]:
    """Exactly `cut` doses; nobody is at risk at a dose that nobody was given."""
    short = max(0, cut - len(at_risk))
    return [*at_risk[:cut], *[0] * short], [*events[:cut], *[0] * short]
