"""Are the declared log odds those that give the percentages and medians that they were found from?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from seriatim.simulation.calibrate import calibrate, observe
from seriatim.simulation.il2_1998 import IL2_1998, TARGET_MEDIAN_DOSES, TARGET_PERCENT


def test_declared_log_odds_give_the_target_percentages_in_every_eighth() -> None:
    shares, below = observe(IL2_1998, TARGET_MEDIAN_DOSES, patients=80_000, generator=np.random.default_rng(11))
    for toxicity, percent in TARGET_PERCENT.items():
        assert 100 * shares[toxicity] == pytest.approx(percent, abs=1.7)
    assert below == pytest.approx(0.5, abs=0.03)


def test_calibrating_mends_hazards_that_are_twice_too_high() -> None:
    spoilt = replace(
        IL2_1998,
        toxicities=tuple(
            replace(toxicity, log_odds=tuple(odds + np.log(2) for odds in toxicity.log_odds))
            for toxicity in IL2_1998.toxicities
        ),
    )
    mended = calibrate(
        spoilt,
        TARGET_PERCENT,
        TARGET_MEDIAN_DOSES,
        patients=16_000,
        generator=np.random.default_rng(12),
        rounds=4,
    )
    for name in ("diarrhea", "hypotension"):
        assert mended.toxicity(name).log_odds == pytest.approx(IL2_1998.toxicity(name).log_odds, abs=0.25)


def test_target_of_zero_keeps_a_hazard_of_zero() -> None:
    once = calibrate(
        IL2_1998,
        TARGET_PERCENT,
        TARGET_MEDIAN_DOSES,
        patients=4_000,
        generator=np.random.default_rng(13),
        rounds=1,
    )
    assert once.toxicity("cardiac ischemia").log_odds[-1] == -np.inf
