"""What was looked for in whom? A patient in whom nobody looked has no record, and that is not a "no"."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from seriatim.simulation.columns import Flags
from seriatim.simulation.patients import Patients, at_group
from seriatim.simulation.scenario import Scenario


def not_assessed(scenario: Scenario, patients: Patients, generator: Generator) -> Mapping[str, Flags]:
    """For each toxicity that is not always looked for, the patients in whom it was not.

    It does not depend on what happened to them, save that a death of treatment is always looked into.
    """
    return {
        name: (generator.random(len(patients)) < at_group(share, patients.group)) & ~patients.dies_of_treatment
        for name, share in scenario.flaws.not_assessed.items()
    }


def looked_for(scenario: Scenario) -> tuple[str, ...]:
    """What the assessment table names: the toxicities of the abstract and the laboratory tests."""
    return tuple(toxicity.name for toxicity in scenario.toxicities) + tuple(test.name for test in scenario.labs)


def was_assessed(scenario: Scenario, patients: Patients, unassessed: Mapping[str, Flags]) -> Flags:
    """Patient by thing looked for: was it assessed?"""
    everyone = np.zeros(len(patients), dtype=np.bool_)
    return ~np.stack([unassessed.get(name, everyone) for name in looked_for(scenario)], axis=1)
