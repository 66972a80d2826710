"""Does an endpoint's definition say all that decides who has it, and nothing else?"""

from __future__ import annotations

import pytest

from seriatim.analyses._keys import endpoint_definition, endpoint_key
from seriatim.plans.endpoints import Endpoint
from seriatim.plans.plan import Plan

SEPSIS = {"id": "sepsis", "label": "Sepsis", "terms": ("line sepsis", "bacteraemia"), "grades": "3-4"}


def defined(**changes: object) -> str:
    return endpoint_definition(Endpoint(**SEPSIS | changes))


@pytest.mark.parametrize(
    "same",
    [
        {"id": "other", "label": "Another name"},
        {"terms": ("Bacteraemia", "line sepsis")},
        {"terms": ("line sepsis", "bacteraemia", "LINE SEPSIS")},
        {"grades": "3 - 4"},
        {"no_record_means": "absent"},  # the rule in force for events, said or not
    ],
)
def test_another_way_of_writing_an_endpoint_is_the_same_definition(same):
    assert defined(**same) == defined()


@pytest.mark.parametrize(
    "other",
    [
        {"terms": ("line sepsis",)},
        {"terms": ("line sepsis, bacteraemia",)},
        {"system_organ_classes": ("infections",)},
        {"grades": ">=3"},
        {"interventions": ("line removal",)},
        {"interventions": ("line removal",), "intervention_reasons": ("infection",)},
        {"related": True},
        {"serious": True},
        {"emergent": "all records"},
        {"window_days": 30},
        {"no_record_means": "not assessed"},
    ],
)
def test_whatever_changes_who_has_an_endpoint_changes_its_definition(other):
    assert defined(**other) != defined()


def test_every_field_of_an_endpoint_is_in_its_definition_or_is_a_name():
    told = {
        "terms", "system_organ_classes", "grades", "interventions", "intervention_reasons", "related", "serious",
        "emergent", "window_days", "no_record_means",
    }  # fmt: skip
    assert set(Endpoint.model_fields) - told == {"id", "label"}


def test_key_of_the_endpoints_of_a_plan_holds_their_definitions():
    plan = Plan(title="t", grouping={"by": "blocks", "size": 5}, endpoints=(SEPSIS,))
    assert endpoint_key(plan).definition("sepsis") == defined()
