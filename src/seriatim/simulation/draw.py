"""What happens to the patients of a scenario? Everything about some consecutive cases, drawn in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.random import Generator

from seriatim.simulation.adverse_events import AdverseEvents, record_adverse_events
from seriatim.simulation.assessments import not_assessed
from seriatim.simulation.columns import Flags
from seriatim.simulation.daily_values import Mornings, mornings
from seriatim.simulation.dosing import Treatment, give_treatment
from seriatim.simulation.follow_up import FollowUp, follow_patients
from seriatim.simulation.interventions import Interventions, record_interventions
from seriatim.simulation.patients import Patients, draw_patients
from seriatim.simulation.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Cases:
    """Some consecutive cases of a series of `patients`, with all that happened to them."""

    scenario: Scenario
    of_patients: int
    patients: Patients
    treatment: Treatment
    follow_up: FollowUp
    unassessed: Mapping[str, Flags]
    adverse_events: AdverseEvents
    interventions: Interventions
    taken: Mornings


def draw_cases(
    scenario: Scenario,
    first: int,
    last: int,
    patients: int,
    *,
    events_per_patient: float,
    labs_per_patient: float,
    generator: Generator,
) -> Cases:
    """Draw the cases `first` to `last` (from 1, both included) of a series of so many patients."""
    people = draw_patients(scenario, first, last, patients, generator)
    treatment = give_treatment(scenario, people, generator)
    follow_up = follow_patients(scenario, people, treatment, generator)
    unassessed = not_assessed(scenario, people, generator)
    events = record_adverse_events(
        scenario,
        people,
        treatment,
        follow_up,
        not_assessed=unassessed,
        events_per_patient=events_per_patient,
        generator=generator,
    )
    interventions = record_interventions(scenario, treatment, follow_up, generator)
    days_after = _days_after(scenario, treatment, len(people), labs_per_patient)
    taken = mornings(scenario, treatment, follow_up, days_after, generator)
    return Cases(scenario, patients, people, treatment, follow_up, unassessed, events, interventions, taken)


def _days_after(scenario: Scenario, treatment: Treatment, patients: int, labs_per_patient: float) -> float:
    """How many mornings after the last dose of a cycle give so many laboratory values a patient."""
    cycles = treatment.cycles
    nights = float(((cycles.end - cycles.start) / (24 * 60)).mean()) + 1
    wanted = labs_per_patient * patients / (len(scenario.labs) * len(cycles.patient))
    return max(0.0, wanted - nights)
