"""Who answered, for how long, when was each patient last seen, and who died of what?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from seriatim.simulation.columns import NOTHING, Flags, Integers, Numbers
from seriatim.simulation.dosing import Treatment
from seriatim.simulation.local_time import DAY, day_number
from seriatim.simulation.patients import Patients
from seriatim.simulation.scenario import Scenario

RESPONSES = ("CR", "PR", "SD", "NE", "PD")
CR, PR, SD, NE, PD = range(5)
_MONTH = 30.4375 * DAY


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One row a patient; minutes are UTC since 1970, negative where there was no such thing."""

    response: Integers
    response_start: Integers
    progression: Integers
    last_assessed: Integers
    last_contact: Integers
    death: Integers
    died_of_treatment: Flags


def follow_patients(scenario: Scenario, patients: Patients, treatment: Treatment, generator: Generator) -> FollowUp:
    """Follow each patient to death, the last contact or the data cut, the earlier ones for longer."""
    cut = day_number(scenario.data_cut) * DAY + 17 * 60  # noon in New York
    first_end, last_end = _ends(treatment)
    fatal = patients.dies_of_treatment
    response = np.where(fatal, NE, patients.response)
    evaluation = first_end + generator.integers(35, 43, len(patients)) * DAY
    relapse = _relapse(scenario, patients, response, evaluation, generator)
    death = _death(scenario, patients, response=response, relapse=relapse, last_end=last_end, generator=generator)
    seen = _last_seen(response, last_end, cut, generator)
    death = np.where((death <= seen) | fatal, death, NOTHING)
    last_contact = np.where(death >= 0, death, seen)
    responded = (response == CR) | (response == PR)
    progressed = responded & (relapse <= last_contact)
    assessed = np.minimum(last_contact, np.where(responded, np.maximum(relapse, evaluation), evaluation))
    return FollowUp(
        response=response,
        response_start=np.where(responded, evaluation, NOTHING),
        progression=np.where(progressed, relapse, NOTHING),
        last_assessed=np.where(response == NE, NOTHING, assessed),
        last_contact=last_contact,
        death=death,
        died_of_treatment=fatal,
    )


def _ends(treatment: Treatment) -> tuple[Integers, Integers]:
    """The end of the last cycle of the first course, and of the last cycle, by patient."""
    cycles = treatment.cycles
    in_first_course = np.flatnonzero(cycles.number < 2)
    last_of_first = np.append(np.diff(cycles.patient[in_first_course]) != 0, [True])
    last = np.append(np.diff(cycles.patient) != 0, [True])
    return cycles.end[in_first_course[last_of_first]], cycles.end[last]


def _relapse(
    scenario: Scenario, patients: Patients, response: Integers, evaluation: Integers, generator: Generator
) -> Integers:
    """When a responder progresses; far beyond any data cut for a lasting response. Others progress before death."""
    lasting_complete = np.array([disease.lasting_complete for disease in scenario.diseases])[patients.disease]
    lasting = generator.random(len(patients)) < np.select([response == CR, response == PR], [lasting_complete, 0.08])
    months = generator.exponential(np.select([response == CR, response == PR], [24.0, 11.0], 4.0))
    wait: Integers = np.where(lasting, 200 * 12 * _MONTH, (months + 1) * _MONTH).astype(np.int64)
    return evaluation + wait


def _death(
    scenario: Scenario,
    patients: Patients,
    *,
    response: Integers,
    relapse: Integers,
    last_end: Integers,
    generator: Generator,
) -> Integers:
    rows = len(patients)
    of_treatment = last_end + generator.integers(DAY // 2, 14 * DAY, rows)
    medians = np.array([disease.median_survival_months for disease in scenario.diseases])[patients.disease]
    months: Numbers = generator.exponential(medians / np.log(2))
    # From the relapse for responders; nobody is given another cycle and dies of the disease within two weeks of it.
    responded = (response == CR) | (response == PR)
    since = np.where(responded, relapse, last_end + 15 * DAY)
    of_disease = since + (months * _MONTH).astype(np.int64)
    return np.where(patients.dies_of_treatment, of_treatment, np.maximum(of_disease, last_end + 15 * DAY))


def _last_seen(response: Integers, last_end: Integers, cut: int, generator: Generator) -> Integers:
    """The last contact of those who live: near the data cut, or earlier for the few who were lost."""
    rows = len(response)
    near_cut = cut - generator.integers(0, 30, rows) * DAY
    earliest = last_end + 36 * DAY
    lost = (generator.random(rows) < 0.04) & (response != CR) & (response != PR)
    somewhere = earliest + (generator.random(rows) * np.maximum(near_cut - earliest, 0)).astype(np.int64)
    return np.maximum(np.where(lost, somewhere, near_cut), earliest)
