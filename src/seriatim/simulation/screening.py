"""Who was considered for treatment, by which criteria, and who was not treated?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from seriatim.simulation.columns import Flags, Integers
from seriatim.simulation.local_time import DAY, day_number
from seriatim.simulation.patients import Patients, at_group
from seriatim.simulation.scenario import Scenario

CRITERIA = (
    "performance status 0 to 2",
    "creatinine 1.6 mg/dL or less",
    "no active infection",
    "normal exercise stress test",
    "adequate lung function",
    "no brain metastases on imaging",
)
_SHARES_OF_EXCLUSIONS = (0.2, 0.15, 0.15, 0.2, 0.15, 0.15)
# The last three came with the practice changes of these words; before, nobody was excluded by them.
_CAME_WITH = {3: "stress test", 4: "lung function", 5: "brain"}


@dataclass(frozen=True, slots=True)
class Screening:
    """One row a candidate and criterion. `candidate` is the case number of the treated; the others count apart."""

    candidate: Integers
    treated: Flags
    criterion: Integers
    met: Flags
    screened: Integers


def screen_candidates(scenario: Scenario, patients: Patients, generator: Generator) -> Screening:
    """The treated met every criterion in force; each candidate who was not treated failed one."""
    share = at_group(scenario.candidates_excluded, patients.group)
    excluded = generator.poisson(share / (1 - share))
    day = patients.first_day - generator.integers(7, 29, len(patients))
    # An excluded candidate is seen at the time of the patient treated instead.
    all_days = np.concatenate([day, np.repeat(day, excluded)])
    treated = np.arange(len(all_days)) < len(patients)
    numbers = np.where(treated, np.arange(len(all_days)), np.arange(len(all_days)) - len(patients))
    in_force = _in_force(scenario, all_days)
    failed = _failed(in_force, treated, generator)
    row, criterion = np.nonzero(in_force)
    before = int(patients.case_number[0]) - 1
    return Screening(
        # Of the cases drawn together fewer than twice as many are excluded, so that numbers never meet.
        candidate=numbers[row] + 1 + np.where(treated[row], before, 2 * before),
        treated=treated[row],
        criterion=criterion,
        met=failed[row] != criterion,
        screened=all_days[row] * DAY + 17 * 60,
    )


def _in_force(scenario: Scenario, days: Integers) -> Flags:
    in_force = np.ones((len(days), len(CRITERIA)), dtype=np.bool_)
    for criterion, words in _CAME_WITH.items():
        start = next((change.changed for change in scenario.changes if words in change.description), None)
        in_force[:, criterion] = start is not None and days >= day_number(start)
    return in_force


def _failed(in_force: Flags, treated: Flags, generator: Generator) -> Integers:
    """The criterion that each excluded candidate failed, -1 for the treated."""
    shares = np.array(_SHARES_OF_EXCLUSIONS) * in_force
    limits = np.cumsum(shares, axis=1)
    draw = generator.random(len(treated)) * limits[:, -1]
    failed = (draw[:, np.newaxis] >= limits[:, :-1]).sum(axis=1)
    return np.where(treated, -1, failed)
