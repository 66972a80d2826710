"""Does the risk per dose of a simulated series find the truth that the series was drawn from?"""

from __future__ import annotations

from math import exp

import pytest

from seriatim.analyses.risk_per_dose import Options, analyse, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.plans.plan import read_plan
from seriatim.results.results import Results
from seriatim.simulation.il2_1998 import IL2_1998
from seriatim.simulation.simulate import simulate

TOXICITIES = {"hypotension": "hypotension", "diarrhoea": "diarrhea"}


@pytest.fixture(scope="module")
def results() -> Results:
    whole = read_plan("il2_1998")
    plan = whole.model_copy(update={"endpoints": tuple(e for e in whole.endpoints if e.id in TOXICITIES)})
    series = simulate(seed=1998)
    (spec,) = needs(plan, Options())
    tally = count(series, derive_cases(series, plan), spec)
    return Results(tuple(analyse({spec.name: tally}, plan, Options())))


@pytest.mark.parametrize("endpoint", TOXICITIES)
@pytest.mark.parametrize("reading", ["earliest", "latest"])
def test_pooled_odds_ratio_of_a_dose_covers_the_true_one(results: Results, endpoint: str, reading: str) -> None:
    log_odds = IL2_1998.toxicity(TOXICITIES[endpoint]).log_odds
    row = results.one(statistic="odds_ratio_per_dose", endpoint=endpoint, stratum=f"{reading} reading of onset")
    assert row is not None
    assert row.lower is not None
    assert row.upper is not None
    assert row.lower < exp(log_odds[-1] - log_odds[0]) < row.upper
