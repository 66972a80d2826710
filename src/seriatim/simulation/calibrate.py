"""Which hazards per dose give these percentages of patients, and these median numbers of doses?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from seriatim.simulation.columns import Flags, Numbers
from seriatim.simulation.dosing import Treatment, give_treatment, given
from seriatim.simulation.patients import Patients, draw_patients
from seriatim.simulation.scenario import GROUPS, ByGroup, Scenario, Toxicity


def calibrate(
    scenario: Scenario,
    percent: Mapping[str, Sequence[float]],
    median_doses: Sequence[float],
    *,
    patients: int,
    generator: Generator,
    rounds: int = 12,
) -> Scenario:
    """Move the log odds until a long simulated series has these percentages in each eighth.

    Every round simulates the series and corrects each log odds by the error on the logit scale; this settles
    because toxicities disturb each other only by ending cycles. A median counts as met when half of the
    patients lie below it, those on it counted half. A target of 0 % keeps a hazard of zero.
    """
    for _ in range(rounds):
        seen, below = observe(scenario, median_doses, patients=patients, generator=generator)
        toxicities = tuple(_moved(toxicity, seen[toxicity.name], percent) for toxicity in scenario.toxicities)
        # More patients below the median than half: cycles end too soon.
        stop = np.array(scenario.dosing.stop_log_odds) - 2 * (below - 0.5)
        dosing = replace(scenario.dosing, stop_log_odds=_as_group(stop))
        scenario = replace(scenario, toxicities=toxicities, dosing=dosing)
    return scenario


def observe(
    scenario: Scenario, median_doses: Sequence[float], *, patients: int, generator: Generator
) -> tuple[dict[str, Numbers], Numbers]:
    """The share of patients with each toxicity on record, and the share with fewer doses than the median, by eighth."""
    people = draw_patients(scenario, 1, patients, patients, generator)
    treatment = give_treatment(scenario, people, generator)
    graded = generator.random(len(treatment.severe.dose_row)) >= scenario.flaws.ungraded
    shares = {
        toxicity.name: _share(people, treatment, place, graded | (toxicity.terms == ()))
        for place, toxicity in enumerate(scenario.toxicities)
    }
    return shares, _share_below(people, treatment, np.asarray(median_doses, dtype=np.float64))


def _share(people: Patients, treatment: Treatment, toxicity: int, on_record: Flags) -> Numbers:
    severe = treatment.severe
    rows = severe.dose_row[(severe.toxicity == toxicity) & on_record]
    had = np.zeros(len(people), dtype=np.bool_)
    had[treatment.doses.patient[rows]] = True
    return _mean_by_group(people, had)


def _share_below(people: Patients, treatment: Treatment, median: Numbers) -> Numbers:
    in_first_cycle = given(treatment.doses) & (treatment.doses.number == 0)
    doses = np.bincount(treatment.doses.patient[in_first_cycle], minlength=len(people))
    own = median[people.group]
    return _mean_by_group(people, (doses < own) + 0.5 * (doses == own))


def _mean_by_group(people: Patients, values: ArrayLike) -> Numbers:
    sums = np.bincount(people.group, weights=np.asarray(values, dtype=np.float64), minlength=GROUPS)
    return sums / np.bincount(people.group, minlength=GROUPS)


def _moved(toxicity: Toxicity, seen: Numbers, percent: Mapping[str, Sequence[float]]) -> Toxicity:
    wanted = np.array(percent[toxicity.name]) / 100
    # A zero cannot be reached by a finite log odds, nor corrected on the logit scale.
    reachable = (wanted > 0) & (seen > 0)
    error = np.zeros(GROUPS)
    error[reachable] = _logit(wanted[reachable]) - _logit(seen[reachable])
    moved = np.where(wanted > 0, np.array(toxicity.log_odds) + 0.8 * error, -np.inf)
    return replace(toxicity, log_odds=_as_group(moved))


def _logit(share: Numbers) -> Numbers:
    logit: Numbers = np.log(share / (1 - share))
    return logit


def _as_group(numbers: Numbers) -> ByGroup:
    return tuple(float(number) for number in numbers)
