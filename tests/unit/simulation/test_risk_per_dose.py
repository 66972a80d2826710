"""Is the risk of a dose that a scenario declares the risk that its doses have?"""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from seriatim.simulation.dosing import Treatment, give_treatment, given
from seriatim.simulation.il2_1998 import IL2_1998
from seriatim.simulation.patients import Patients, draw_patients
from seriatim.simulation.scenario import risk_per_dose


@pytest.fixture(scope="module")
def treated() -> tuple[Patients, Treatment]:
    generator = np.random.default_rng(7)
    patients = draw_patients(IL2_1998, 1, 40_000, 40_000, generator)
    return patients, give_treatment(IL2_1998, patients, generator)


def followed(treated: tuple[Patients, Treatment], toxicity: str, doses: np.ndarray) -> tuple[int, int]:
    """How many of these doses there were, and how many were followed by the toxicity."""
    severe = treated[1].severe
    place = IL2_1998.toxicities.index(IL2_1998.toxicity(toxicity))
    had = np.zeros(len(doses), dtype=bool)
    had[severe.dose_row[severe.toxicity == place]] = True
    return int(doses.sum()), int((had & doses).sum())


@pytest.mark.parametrize("toxicity", ["line sepsis", "diarrhea", "hypotension", "neuropsychiatric toxicity"])
@pytest.mark.parametrize("group", [1, 4, 8])
@pytest.mark.parametrize("dose", [1, 5])
@pytest.mark.parametrize(("performance_status", "age"), [(0, 50), (1, 65)])
def test_share_of_doses_followed_by_toxicity_is_the_declared_risk(
    treated: tuple[Patients, Treatment], toxicity: str, group: int, dose: int, performance_status: int, age: int
) -> None:
    patients, treatment = treated
    row = treatment.doses.patient
    alike = (patients.performance_status[row] >= 1) == (performance_status >= 1)
    alike &= (patients.age[row] >= 60) == (age >= 60)
    these = given(treatment.doses) & alike & (patients.group[row] == group - 1) & (treatment.doses.dose == dose)
    doses, events = followed(treated, toxicity, these)
    risk = risk_per_dose(IL2_1998, toxicity, group, dose, performance_status=performance_status, age=age)
    assert events / doses == pytest.approx(risk, abs=4 * sqrt(risk * (1 - risk) / doses))


def test_risk_rises_with_each_dose_of_a_cycle() -> None:
    risks = [risk_per_dose(IL2_1998, "hypotension", 1, dose) for dose in range(1, 16)]
    assert risks == sorted(risks)
    odds = [risk / (1 - risk) for risk in risks]
    assert odds[1] / odds[0] == pytest.approx(np.exp(IL2_1998.dose_slope))


def test_toxicity_that_stops_is_the_last_event_of_its_cycle(treated: tuple[Patients, Treatment]) -> None:
    severe, doses = treated[1].severe, treated[1].doses
    stopping = severe.dose_row[severe.stopped]
    cycle = doses.patient * 8 + doses.number
    last_given = np.zeros(cycle.max() + 1, dtype=int)
    given_rows = np.flatnonzero(given(doses))
    np.maximum.at(last_given, cycle[given_rows], given_rows)
    assert (last_given[cycle[stopping]] == stopping).all()


def test_no_more_doses_are_planned_than_the_cap_of_the_time(treated: tuple[Patients, Treatment]) -> None:
    patients, treatment = treated
    cap = np.array(IL2_1998.dosing.most_doses)[patients.group[treatment.doses.patient]]
    assert (treatment.doses.dose <= cap).all()
