"""Has a single dose become less risky, or were only fewer given?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from seriatim.analyses._keys import GROUP, endpoint_key
from seriatim.analyses._one_group import without_own_mirror
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
NOT_GRADED = "not graded"
# Why a case is at no dose at risk, with the statistic that counts it.
LEFT_OUT = {
    "before the first dose": "event_before_first_dose",
    "onset unknown": "onset_unknown",
    "not assessed": "not_assessed",
    "window open": "window_open",
    "dose not dated": "dose_not_dated",
    "no dose recorded": "no_dose_recorded",
}
EVENT = Key("event", Role.PARTITION, (AFTER, NONE, NOT_GRADED, *LEFT_OUT))
AS_IF = "as if everyone were given all of them, at the hazards seen among those still dosed; stopping is not random"


class Options(Document):
    """`at_dose`: by which dose risks are added up. `window_days`: for how long after the last dose events count."""

    at_dose: int = Field(default=7, ge=1)
    window_days: int = Field(default=7, ge=1)


@dataclass(frozen=True)
class Steps:
    """At risk and first events after each dose number from 1, one row a group.

    `left_out` counts cases by the reason why they are at no dose at risk; `not_graded` are at risk, without an event,
    but have a record that would be one if its grade were known.
    """

    groups: tuple[str, ...]
    at_risk: Counts
    events: Counts
    not_graded: Counts
    left_out: Mapping[str, Counts]

    @property
    def missing(self) -> Counts:
        total: Counts = np.sum(list(self.left_out.values()), axis=0, dtype=np.int64)
        return total

    def ends(self) -> tuple[tuple[list[int], list[int]], tuple[list[int], list[int]]]:
        """Events and at risk of the first and of the last group; a series of one group has nobody in a first."""
        first, last = ((self.events[place].tolist(), self.at_risk[place].tolist()) for place in (0, -1))
        return (([0] * len(last[0]), [0] * len(last[1])) if len(self.groups) == 1 else first), last


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:
    """Patients by doses given and by the dose after which the event came first, under both readings of dates."""
    keys = (GROUP, endpoint_key(plan), Key("reading", Role.VIEW, READINGS), EVENT, Key("doses", Role.ORDER),
            Key("event_dose", Role.ORDER))  # fmt: skip
    definition = (
        "patients by doses given in the first cycle and the dose after which they first had the endpoint,"
        f" until the next cycle or {options.window_days} days after the last dose"
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
                population=plan.population.label,
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
    at_risk = np.zeros((len(groups), _most_doses(tally)), dtype=np.int64)
    events = np.zeros_like(at_risk)
    for event in (AFTER, NONE, NOT_GRADED):
        part = select(tally, event=event)
        columns = (part.columns["group"], part.columns["doses"], part.columns["event_dose"], part.n)
        for group, given, event_dose, n in zip(*columns, strict=True):
            last = int(event_dose) if event == AFTER else int(given)
            at_risk[group, :last] += n
            if event == AFTER:
                events[group, last - 1] += n
    left_out = {event: counts(tally, "group", event=event) for event in LEFT_OUT}
    return Steps(groups, at_risk, events, counts(tally, "group", event=NOT_GRADED), left_out)


def _most_doses(tally: Tally) -> int:
    doses = numbers(tally, "doses")
    return int(doses[-1]) if len(doses) else 0


def _group_rows(subject: Subject, steps: Steps, plan: Plan, options: Options) -> list[ResultRow]:
    rows = []
    for place, group in enumerate(steps.groups):
        about = subject.about(group=group)
        missing = int(steps.missing[place])
        at_risk, events = steps.at_risk[place].tolist(), steps.events[place].tolist()
        for dose, hazard in enumerate(hazards(at_risk, events, plan.level), start=1):
            shared = {"numerator": events[dose - 1], "denominator": at_risk[dose - 1], "missing": missing}
            rows.append(estimate_row(about, "hazard", hazard, **shared, tally_keys=f"dose {dose}", id_suffix=str(dose)))
        cut = options.at_dose
        risk = cumulative_risk(*_padded(at_risk, events, cut), plan.level)
        added = {"numerator": sum(events[:cut]), "denominator": at_risk[0] if at_risk else 0, "missing": missing}
        rows.append(
            estimate_row(about, "cumulative_risk", risk, **added, assumptions=AS_IF, tally_keys=f"by dose {cut}")
        )
        rows.append(number_row(about, "not_graded", float(steps.not_graded[place])))
        rows += [number_row(about, LEFT_OUT[why], float(n[place])) for why, n in steps.left_out.items()]
    return rows


def _comparison_rows(subject: Subject, steps: Steps, plan: Plan, options: Options) -> list[ResultRow]:
    about = subject.about(group=steps.groups[-1], reference_group=steps.groups[0], direction="last minus first")
    over = about.about(direction="last over first")
    (events_1, at_risk_1), (events_2, at_risk_2) = steps.ends()
    tables = (events_1, at_risk_1, events_2, at_risk_2)
    pooled = {"assumptions": _strata(at_risk_1, at_risk_2), "missing": int(steps.missing[[0, -1]].sum())}
    difference = mantel_haenszel.risk_difference(*tables, level=plan.level)
    cut = options.at_dose
    groups = (*_padded(at_risk_1, events_1, cut), *_padded(at_risk_2, events_2, cut))
    change = cumulative_difference(*groups, plan.level)
    added = {"assumptions": AS_IF, "missing": pooled["missing"], "tally_keys": f"by dose {cut}"}
    rows = [
        estimate_row(about, "risk_difference_per_dose", difference, **pooled),
        estimate_row(over, "odds_ratio_per_dose", mantel_haenszel.odds_ratio(*tables, level=plan.level), **pooled),
        p_value_row(about, "p_per_dose", mantel_haenszel.test(*tables), **pooled),
        estimate_row(about, "cumulative_difference", change, **added),
    ]
    return without_own_mirror(rows)


def _strata(first: Sequence[int], last: Sequence[int]) -> str:
    """How many dose numbers are compared, and how many only one of the two groups reached."""
    reached = [(n_1 > 0) + (n_2 > 0) for n_1, n_2 in zip(first, last, strict=True)]
    return f"strata: {reached.count(2)} dose numbers; {reached.count(1)} that one group alone reached left out"


def _padded(at_risk: Sequence[int], events: Sequence[int], cut: int) -> tuple[list[int], list[int]]:
    """Exactly `cut` doses; nobody is at risk at a dose that nobody was given."""
    short = max(0, cut - len(at_risk))
    return [*at_risk[:cut], *[0] * short], [*events[:cut], *[0] * short]
