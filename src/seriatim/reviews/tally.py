"""How is a series counted without being analysed? The tallies of a plan, to be kept, merged or analysed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from seriatim.counting.count import count_all
from seriatim.plans.plan import Plan, read_plan
from seriatim.reviews.analyse import tallies_needed
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.tally import Tally


def tally(series: TreatmentSeries, plan: Plan | str | Path) -> Mapping[str, Tally]:
    """Every tally that the plan's analyses need, by name."""
    asked = plan if isinstance(plan, Plan) else read_plan(plan)
    return count_all(series, asked, tallies_needed(asked)).tallies
