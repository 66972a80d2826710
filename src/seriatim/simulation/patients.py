"""Who is treated, in which order, with which risks? The case mix of each consecutive eighth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from seriatim.simulation.columns import Flags, Integers
from seriatim.simulation.local_time import clock_to_utc, day_number
from seriatim.simulation.scenario import GROUPS, ByGroup, Scenario

_FIRST_DOSE_HOURS = (8, 10, 12, 16, 20)
PRIOR_THERAPIES = ("none", "surgery", "chemotherapy", "radiotherapy", "immunotherapy")
_PRIOR_SHARES = (0.15, 0.40, 0.25, 0.12, 0.08)


@dataclass(frozen=True, slots=True)
class Patients:
    """Treated patients in order of accrual; `group` counts the eighths from 0, minutes are UTC since 1970."""

    case_number: Integers
    group: Integers
    first_day: Integers
    first_dose: Integers
    age: Integers
    male: Flags
    performance_status: Integers
    disease: Integers
    prior_therapy: Integers
    concomitant: Integers
    weight: Integers  # tenths of a kilogram
    response: Integers  # place in follow_up.RESPONSES
    dies_of_treatment: Flags

    def __len__(self) -> int:
        return len(self.case_number)


def draw_patients(scenario: Scenario, first: int, last: int, patients: int, generator: Generator) -> Patients:
    """Draw the cases `first` to `last` (from 1, both included) of a series of so many patients."""
    cases = np.arange(first, last + 1)
    group = group_of(cases, patients)
    days = _accrual_days(scenario, cases, patients, generator)
    hours = generator.choice(_FIRST_DOSE_HOURS, len(cases))
    disease = _pick([disease.share for disease in scenario.diseases], group, generator)
    male = generator.random(len(cases)) < 0.64
    return Patients(
        case_number=cases,
        group=group,
        first_day=days,
        first_dose=clock_to_utc(days, hours * 60, scenario.zone),
        age=_ages(scenario.older, group, generator),
        male=male,
        performance_status=_performance(scenario.impaired, group, generator),
        disease=disease,
        prior_therapy=generator.choice(len(PRIOR_THERAPIES), len(cases), p=_PRIOR_SHARES),
        concomitant=_pick(list(scenario.concomitant.values()), group, generator),
        weight=np.clip(generator.normal(np.where(male, 840, 690), 120), 420, 1500).astype(np.int64),
        response=_responses(scenario, disease, generator),
        dies_of_treatment=_treatment_deaths(scenario, cases, patients, generator),
    )


def group_of(cases: Integers, patients: int) -> Integers:
    """The eighth, from 0, of each case number.

    Eighths of 1,241 are seven groups of 155 and one of 156:

    >>> np.bincount(group_of(np.arange(1, 1242), 1241)).tolist()
    [155, 155, 155, 155, 155, 155, 155, 156]
    """
    ends = patients * np.arange(1, GROUPS + 1) // GROUPS
    return np.searchsorted(ends, cases)


def last_fatal_case(scenario: Scenario, patients: int) -> int | None:
    """The case number of the last treatment-related death: 432 of 1,241, in proportion for another length.

    None where the scenario has no last one.
    """
    deaths = scenario.deaths
    if deaths.last_case is None:
        return None
    return max(1, round(deaths.last_case * patients / deaths.of_cases))


def at_group(numbers: ByGroup | tuple[int, ...], group: Integers) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The number of each row's group."""
    return np.asarray(numbers, dtype=np.float64)[group]


def _accrual_days(scenario: Scenario, cases: Integers, patients: int, generator: Generator) -> Integers:
    """Working days in ascending order: each case falls on any day of its own share of the years."""
    first, last = day_number(scenario.first_accrual), day_number(scenario.last_accrual)
    working = np.array([day for day in range(first, last + 1) if (day + 3) % 7 < 5])  # 1970-01-01 was a Thursday
    share = (cases - 1 + generator.random(len(cases))) / patients
    return working[(share * len(working)).astype(np.int64)]


def _ages(older: ByGroup, group: Integers, generator: Generator) -> Integers:
    is_older = generator.random(len(group)) < at_group(older, group)
    return np.where(is_older, generator.integers(60, 75, len(group)), generator.integers(20, 60, len(group)))


def _performance(impaired: ByGroup, group: Integers, generator: Generator) -> Integers:
    is_impaired = generator.random(len(group)) < at_group(impaired, group)
    return np.where(is_impaired, np.where(generator.random(len(group)) < 0.08, 2, 1), 0)


def _pick(shares: list[ByGroup], group: Integers, generator: Generator) -> Integers:
    """One choice a row, with shares that depend on the row's group."""
    limits = np.cumsum(np.array(shares), axis=0)
    limits /= limits[-1]
    picked: Integers = (generator.random(len(group)) >= limits[:-1, group]).sum(axis=0)
    return picked


def _responses(scenario: Scenario, disease: Integers, generator: Generator) -> Integers:
    """CR, PR, SD, NE, PD by disease: group, doses and toxicity play no part."""
    shares = [[each.complete, each.partial, each.stable, each.not_evaluable] for each in scenario.diseases]
    limits = np.cumsum(shares, axis=1)
    responses: Integers = (generator.random(len(disease)) >= limits[disease].T).sum(axis=0)
    return responses


def _treatment_deaths(scenario: Scenario, cases: Integers, patients: int, generator: Generator) -> Flags:
    last = last_fatal_case(scenario, patients)
    dies: Flags = generator.random(len(cases)) < scenario.deaths.chance
    return dies if last is None else (cases == last) | ((cases < last) & dies)
