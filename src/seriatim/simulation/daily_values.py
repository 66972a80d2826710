"""On which mornings were blood and weight taken, and what did they show?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from seriatim.simulation.columns import Integers, Numbers
from seriatim.simulation.dosing import Treatment
from seriatim.simulation.follow_up import FollowUp
from seriatim.simulation.local_time import clock_to_utc, local_day
from seriatim.simulation.patients import Patients, at_group
from seriatim.simulation.scenario import LabTest, Scenario

_MORNING = 6 * 60  # before the first dose of a cycle, which is never given before eight


@dataclass(frozen=True, slots=True)
class Mornings:
    """One row a morning at six: from the first day of a cycle to some days after its last dose.

    `day` counts from 0 on the first day; `dosing_days` is the number of nights with doses of that cycle.
    """

    cycle: Integers
    patient: Integers
    day: Integers
    dosing_days: Integers
    at: Integers

    def __len__(self) -> int:
        return len(self.cycle)


def mornings(
    scenario: Scenario, treatment: Treatment, follow_up: FollowUp, days_after: float, generator: Generator
) -> Mornings:
    """The mornings of every cycle, on average `days_after` beyond its last dose, none after death."""
    cycles = treatment.cycles
    first, last = local_day(cycles.start, scenario.zone), local_day(cycles.end, scenario.zone)
    after = np.floor(days_after + generator.random(len(first))).astype(np.int64)
    length = last - first + 1 + after
    cycle = np.repeat(np.arange(len(first)), length)
    day = np.arange(len(cycle)) - np.repeat(np.cumsum(length) - length, length)
    at = clock_to_utc(first[cycle] + day, np.full(len(cycle), _MORNING), scenario.zone)
    patient = cycles.patient[cycle]
    alive = at < follow_up.last_contact[patient]
    dosing_days = np.maximum(last - first, 1)[cycle]
    return Mornings(cycle[alive], patient[alive], day[alive], dosing_days[alive], at[alive])


def lab_values(test: LabTest, patients: Patients, taken: Mornings, generator: Generator) -> Integers:
    """The value of one test each morning, in the scaled units of the test.

    Each patient has a value before treatment, each cycle its own drift per day of dosing; half of the change is
    gone a day after dosing ends, and half of the rest a day later.
    """
    before = np.log(test.median) + test.spread * generator.standard_normal(len(patients))
    before = np.minimum(before, np.log(_highest_before(test)))
    cycles = int(taken.cycle[-1]) + 1 if len(taken) else 0
    drift = test.drift_spread * generator.standard_normal(cycles)
    slope = at_group(test.drift, patients.group[taken.patient]) + drift[taken.cycle]
    # A drift against the direction of the toxicity would be recovery under treatment.
    slope = np.where(np.sign(slope) == np.sign(test.drift[0]), slope, 0.0)
    change = slope * np.minimum(taken.day, taken.dosing_days) * _recovery(taken)
    noise = 0.05 * generator.standard_normal(len(taken))
    value = np.exp(before[taken.patient] + change + noise)
    scaled: Integers = np.clip(np.rint(value), 1, 9999).astype(np.int64)
    return scaled


def weights(scenario: Scenario, patients: Patients, taken: Mornings, generator: Generator) -> Integers:
    """The weight each morning in tenths of a kilogram: the gain of a cycle is the same in every year."""
    cycles = int(taken.cycle[-1]) + 1 if len(taken) else 0
    gain = np.clip(generator.normal(scenario.weight_gain_percent, 3.0, cycles), 0, 25) / 100
    share = np.minimum(taken.day / taken.dosing_days, 1.0) * _recovery(taken)
    noise = 0.002 * generator.standard_normal(len(taken)) * (taken.day > 0)
    weight = patients.weight[taken.patient] * (1 + gain[taken.cycle] * share + noise)
    rounded: Integers = np.rint(weight).astype(np.int64)
    return rounded


def _recovery(taken: Mornings) -> Numbers:
    recovery: Numbers = 0.5 ** np.maximum(taken.day - taken.dosing_days, 0)
    return recovery


def _highest_before(test: LabTest) -> float:
    """Nobody is treated whose value before treatment is far beyond the upper limit."""
    return test.upper_limit * 1.1
