"""Does each scenario change what its description says, and nothing else?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.errors import Misuse
from seriatim.simulation.calibrate import observe
from seriatim.simulation.dosing import give_treatment, given
from seriatim.simulation.patients import draw_patients, last_fatal_case
from seriatim.simulation.scenario import GROUPS, risk_per_dose
from seriatim.simulation.scenarios import SCENARIOS, scenario_named
from seriatim.simulation.simulate import simulate_raw

MEDIANS = (10,) * GROUPS


def mean_doses(name: str) -> np.ndarray:
    generator = np.random.default_rng(3)
    patients = draw_patients(SCENARIOS[name], 1, 16_000, 16_000, generator)
    doses = give_treatment(SCENARIOS[name], patients, generator).doses
    first_cycle = given(doses) & (doses.number == 0)
    return np.bincount(patients.group[doses.patient[first_cycle]]) / np.bincount(patients.group)


def test_fewer_doses_lower_toxicity_of_patients_while_the_risk_of_a_dose_stays() -> None:
    scenario = scenario_named("il2-fewer-doses")
    assert risk_per_dose(scenario, "diarrhea", 1, 5) == risk_per_dose(scenario, "diarrhea", 8, 5)
    doses = mean_doses("il2-fewer-doses")
    assert doses[0] - doses[-1] > 3
    shares, _ = observe(scenario, MEDIANS, patients=16_000, generator=np.random.default_rng(4))
    assert shares["hypotension"][0] - shares["hypotension"][-1] > 0.1


def test_nothing_changes_in_the_unchanged_series() -> None:
    doses = mean_doses("il2-unchanged")
    assert doses == pytest.approx(doses.mean(), abs=0.3)
    shares, _ = observe(scenario_named("il2-unchanged"), MEDIANS, patients=16_000, generator=np.random.default_rng(4))
    for share in shares.values():
        assert share == pytest.approx(share.mean(), abs=0.05)


def test_deaths_of_treatment_go_on_in_the_unchanged_series() -> None:
    patients = draw_patients(SCENARIOS["il2-unchanged"], 1, 8_000, 8_000, np.random.default_rng(5))
    assert patients.case_number[patients.dies_of_treatment].max() > 7_000


@pytest.mark.parametrize(("patients", "case"), [(1241, 432), (2482, 864), (1, 1)])
def test_last_fatal_case_moves_with_the_length_of_the_series(patients: int, case: int) -> None:
    assert last_fatal_case(SCENARIOS["il2-1998"], patients) == case


def test_unknown_scenario_is_misuse_that_names_the_known_ones() -> None:
    with pytest.raises(Misuse, match="il2-1998, il2-fewer-doses, il2-unchanged"):
        scenario_named("il2-2098")


def test_series_without_patients_is_misuse() -> None:
    with pytest.raises(Misuse, match="at least 1"):
        simulate_raw(patients=0, generator=np.random.default_rng(1))


def test_shares_of_a_scenario_add_up() -> None:
    for scenario in SCENARIOS.values():
        assert sum(np.array(each.share) for each in scenario.diseases) == pytest.approx(np.ones(GROUPS))
        assert sum(np.array(each) for each in scenario.concomitant.values()) == pytest.approx(np.ones(GROUPS))
