"""Which keys do the tallies of several analyses share?"""

from __future__ import annotations

from collections.abc import Sequence

from seriatim.plans.endpoints import Endpoint, grades_in
from seriatim.plans.plan import Plan
from seriatim.tallies.spec import Key, Role

GROUP = Key("group", Role.PARTITION)  # levels come from the series and the plan's grouping
STRATUM = Key("stratum", Role.PARTITION)
CASE_NUMBER = Key("case_number", Role.ORDER)

YES, UNCLEAR, NOT_GRADED, NO = "yes", "onset unclear", "not graded", "no"
NOT_ASSESSED, WINDOW_OPEN = "not assessed", "window open"
OUTCOME = Key("outcome", Role.PARTITION, (YES, UNCLEAR, NOT_GRADED, NO, NOT_ASSESSED, WINDOW_OPEN))


def endpoint_key(plan: Plan) -> Key:
    """The endpoints of the plan: readings of the same patients."""
    return key_of_endpoints(plan.endpoints)


def key_of_endpoints(endpoints: Sequence[Endpoint]) -> Key:
    """Some endpoints, each with what its label may not say."""
    return Key(
        "endpoint",
        Role.VIEW,
        tuple(endpoint.id for endpoint in endpoints),
        tuple(endpoint.label for endpoint in endpoints),
        tuple(map(endpoint_definition, endpoints)),
    )


def endpoint_definition(endpoint: Endpoint) -> str:
    """All that decides who has an endpoint, the same for every way of writing it in a plan.

    >>> endpoint_definition(Endpoint(id="sepsis", label="Sepsis", terms=("Line sepsis",), grades=">=3"))
    "terms 'line sepsis'; grades 3, 4, 5; emergent 'first dose'; without_record 'absent'"
    """
    words = {
        name: ", ".join(sorted({repr(word.lower()) for word in getattr(endpoint, name)}))
        for name in ("terms", "system_organ_classes", "interventions", "intervention_reasons")
    }
    said = {
        **words,
        "grades": ", ".join(map(str, grades_in(endpoint.grades))) if endpoint.counts_events else "",
        "restrictions": ", ".join(name for name in ("related", "serious") if getattr(endpoint, name)),
        "emergent": repr(endpoint.emergent),
        "window_days": str(endpoint.window_days or ""),
        "without_record": repr(endpoint.without_record),
    }
    return "; ".join(f"{name} {value}" for name, value in said.items() if value)
