"""Which scenarios are there? The one around the 1998 abstract, and its counterparts in which one thing is otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from seriatim.errors import Misuse
from seriatim.simulation.il2_1998 import IL2_1998
from seriatim.simulation.scenario import GROUPS, ByGroup, Scenario, Toxicity


def scenario_named(name: str) -> Scenario:
    """A scenario by its name, or `Misuse` that says which there are.

    >>> scenario_named("il2-1998").dosing.iu_per_kg
    720000
    """
    if name not in SCENARIOS:
        raise Misuse(f"there is no scenario {name!r}; there are {', '.join(SCENARIOS)}")
    return SCENARIOS[name]


def check_length(patients: int) -> None:
    """Refuse a series without patients."""
    if patients < 1:
        raise Misuse(f"patients: found {patients}, expected at least 1")


def _like_the_first(numbers: ByGroup) -> ByGroup:
    return (numbers[0],) * GROUPS


def _same_hazards(toxicity: Toxicity) -> Toxicity:
    return replace(toxicity, log_odds=_like_the_first(toxicity.log_odds))


def _fewer_doses(scenario: Scenario) -> Scenario:
    """Only stopping changes: the risk of a dose stays, yet fewer patients have toxicity."""
    return replace(
        scenario,
        name="il2-fewer-doses",
        description="as il2-1998, but only the stopping of doses changes: risk per dose and case mix stay as at first",
        toxicities=tuple(_same_hazards(toxicity) for toxicity in scenario.toxicities),
        impaired=_like_the_first(scenario.impaired),
        older=_like_the_first(scenario.older),
    )


def _unchanged(scenario: Scenario) -> Scenario:
    """Nothing changes: every trend found in such a series is a false alarm."""
    fewer = _fewer_doses(scenario)
    dosing = replace(
        scenario.dosing,
        most_doses=(scenario.dosing.most_doses[0],) * GROUPS,
        stop_log_odds=_like_the_first(scenario.dosing.stop_log_odds),
        hold=_like_the_first(scenario.dosing.hold),
    )
    return replace(
        fewer,
        name="il2-unchanged",
        description="as il2-1998 at its beginning, from the first patient to the last",
        toxicities=tuple(
            replace(toxicity, stops_cycle=_like_the_first(toxicity.stops_cycle)) for toxicity in fewer.toxicities
        ),
        diseases=tuple(replace(disease, share=_like_the_first(disease.share)) for disease in scenario.diseases),
        dosing=dosing,
        deaths=replace(scenario.deaths, last_case=None),
        labs=tuple(replace(test, drift=_like_the_first(test.drift)) for test in scenario.labs),
        candidates_excluded=_like_the_first(scenario.candidates_excluded),
        changes=(),
    )


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {scenario.name: scenario for scenario in (IL2_1998, _fewer_doses(IL2_1998), _unchanged(IL2_1998))}
)
