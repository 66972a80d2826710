"""Is our programme getting safer, since when, thanks to what, and did it cost efficacy?

The public names, resolved on first use so that opening the help of the command line stays instant:

>>> import seriatim
>>> series = seriatim.simulate("il2-1998", seed=1, patients=80)
>>> seriatim.read_plan("il2_1998").grouping.size
155
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Plan": "seriatim.plans.plan",
    "Review": "seriatim.reviews.review",
    "Tally": "seriatim.tallies.tally",
    "TreatmentProtocol": "seriatim.protocols.protocol",
    "TreatmentSeries": "seriatim.series.series",
    "analyse": "seriatim.reviews.analyse",
    "decide": "seriatim.protocols.bedside.decide",
    "read": "seriatim.reviews.read",
    "read_plan": "seriatim.plans.plan",
    "read_protocol": "seriatim.protocols.load",
    "read_tallies": "seriatim.tallies.files",
    "review": "seriatim.reviews.review",
    "simulate": "seriatim.simulation.simulate",
    "tally": "seriatim.reviews.tally",
    "write_series": "seriatim.series.stored",
}

__all__ = [
    "Plan",
    "Review",
    "Tally",
    "TreatmentProtocol",
    "TreatmentSeries",
    "analyse",
    "decide",
    "read",
    "read_plan",
    "read_protocol",
    "read_tallies",
    "review",
    "simulate",
    "tally",
    "write_series",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"seriatim has no public name {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
