"""Which keys do the tallies of several analyses share?"""

from __future__ import annotations

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
    ids = tuple(endpoint.id for endpoint in plan.endpoints)
    return Key("endpoint", Role.VIEW, ids, tuple(endpoint.label for endpoint in plan.endpoints))
