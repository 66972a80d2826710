"""Does a protocol become a PlanDefinition of the shape that FHIR R5 declares, and is it never more than a draft?"""

import json
import re
from datetime import UTC, date, datetime

import pytest

from seriatim.protocols.exports.fhir import plan_definition
from seriatim.protocols.load import library, load_protocol, read_protocol
from seriatim.protocols.versions.sign_off import sign

TODAY = date(2026, 3, 2)
# Elements of PlanDefinition and of the types it uses in R5, as published: name, then type or the codes that may stand
# there; a list where it may repeat. Only what this export may write; anything else fails.
CODE = {
    "status": {"draft", "active", "retired", "unknown"},
    "kind": {"applicability", "start", "stop"},
    "groupingBehavior": {"visual-group", "logical-group", "sentence-group"},
    "selectionBehavior": {"any", "all", "all-or-none", "exactly-one", "at-most-one", "one-or-more"},
    "artifact": {"documentation", "justification", "citation", "predecessor", "successor", "derived-from"},
    "unit": {"s", "min", "h", "d", "wk", "mo", "a"},
}
SHAPE = {
    "PlanDefinition": {
        "resourceType": str, "url": str, "identifier": ["Identifier"], "version": str, "name": str, "title": str,
        "type": "CodeableConcept", "status": CODE["status"], "experimental": bool, "date": str, "description": str,
        "usage": str, "effectivePeriod": "Period", "relatedArtifact": ["RelatedArtifact"], "extension": ["Extension"],
        "action": ["Action"],
    },
    "Action": {
        "linkId": str, "title": str, "description": str, "groupingBehavior": CODE["groupingBehavior"],
        "selectionBehavior": CODE["selectionBehavior"], "documentation": ["RelatedArtifact"],
        "condition": ["Condition"], "timingTiming": "Timing", "action": ["Action"], "extension": ["Extension"],
    },
    "Condition": {"kind": CODE["kind"], "expression": "Expression"},
    "Expression": {"extension": ["Extension"], "description": str, "language": str, "expression": str},
    "Extension": {"url": str, "valueString": str},
    "RelatedArtifact": {"type": CODE["artifact"], "label": str, "display": str, "citation": str},
    "Timing": {"repeat": "Repeat"},
    "Repeat": {"count": int, "countMax": int, "frequency": int, "period": (int, float), "periodUnit": CODE["unit"]},
    "Identifier": {"system": str, "value": str},
    "CodeableConcept": {"coding": ["Coding"]},
    "Coding": {"system": str, "code": str},
    "Period": {"start": str, "end": str},
}  # fmt: skip
REQUIRED = {
    "PlanDefinition": {"resourceType", "status"},
    "Condition": {"kind"},
    "RelatedArtifact": {"type"},
    "Extension": {"url"},
    "Expression": {"expression"},  # invariant exp-1
}


def must_fit(element, kind):
    assert element, f"{kind}: FHIR has no empty element"
    assert REQUIRED.get(kind, set()) <= set(element)
    for name, value in element.items():
        assert name in SHAPE[kind], f"{kind}.{name}"
        must_be(value, SHAPE[kind][name], f"{kind}.{name}")
    if kind == "Repeat":
        assert "countMax" not in element or "count" in element  # invariant tim-7


def must_be(value, wanted, where):
    if isinstance(wanted, list):
        assert isinstance(value, list), where
        assert value, where
        for item in value:
            must_be(item, wanted[0], where)
    elif isinstance(wanted, str):
        must_fit(value, wanted)
    elif isinstance(wanted, set):
        assert value in wanted, where
    else:
        assert isinstance(value, wanted), where
        assert value != "", where
        if isinstance(value, str):
            assert value == value.strip(), where


@pytest.mark.parametrize("name", library())
def test_every_protocol_of_the_library_has_the_shape_of_a_plan_definition(name):
    plan = plan_definition(read_protocol(name, unverified=True), on=TODAY)
    must_fit(plan, "PlanDefinition")
    assert json.loads(json.dumps(plan)) == plan
    assert re.fullmatch(r"[A-Z]([A-Za-z0-9_]){1,254}", plan["name"])  # invariant cnl-0
    assert not re.search(r"[|#]", plan["url"])  # invariant cnl-1


@pytest.mark.parametrize("name", library())
def test_every_rule_goes_out_with_its_own_condition_and_no_link_twice(name):
    protocol = read_protocol(name, unverified=True)
    plan = plan_definition(protocol, on=TODAY)
    links = [inner["linkId"] for group in plan["action"] for inner in group["action"]]
    assert len(set(links)) == len(links)
    before = next(group for group in plan["action"] if group["linkId"] == "before-dose")
    said = {one["linkId"]: one["condition"][0]["expression"]["extension"][0]["valueString"] for one in before["action"]}
    assert said == {rule.id: rule.declared.when for rule in protocol.rules}


TEXT = """
schema: seriatim.protocol/1
id: il2-north
version: 1.2.0
title: Interleukin-2
status: approved
effective: {since: 2026-01-01}
sources: {table: {cite: a table, doi: 10.0000/x}}
variables:
  spo2: {type: quantity, text: saturation, unit: "%", codes: [a], resolution: 1, plausible: [50, 100], worse: down}
screening:
  - {id: s, text: no hypoxia, exclude: "spo2 < '94 %'", source: {ref: table, at: s}}
regimen:
  course: {cycles: 2, source: {ref: table, at: r}}
  cycle: {drug: aldesleukin, every: 8 h, max_doses: 14, window: {min_gap: 6 h}, late_policy: {up_to: 4 h},
          source: {ref: table, at: r}}
before_dose:
  - {id: lung, text: Low saturation, when: "spo2 < '90 %'", then: hold_dose, resume: "spo2 > '90 %'",
     source: {ref: table, at: row 1}, interpretation: As printed.}
"""


def group(plan, name):
    return next(one for one in plan["action"] if one["linkId"] == name)["action"]


def test_a_rule_says_its_condition_in_words_and_keeps_the_expression_beside():
    (lung,) = group(plan_definition(load_protocol(TEXT), on=TODAY), "before-dose")
    assert lung["description"] == "Low saturation: hold this dose. Until: saturation above 90 percent."
    (condition,) = lung["condition"]
    assert condition["expression"]["language"] == "text/plain"
    assert condition["expression"]["expression"] == "saturation below 90 percent"
    assert condition["expression"]["extension"] == [
        {"url": "urn:seriatim:fhir:condition", "valueString": "spo2 < '90 %'"}
    ]
    assert lung["documentation"][0]["display"] == "table, row 1. As printed."


def test_what_excludes_a_candidate_is_said_as_what_must_not_hold():
    (criterion,) = group(plan_definition(load_protocol(TEXT), on=TODAY), "screening")
    assert criterion["condition"][0]["expression"]["expression"] == "must not hold: saturation below 94 percent"


def test_the_cycle_is_timed_by_its_interval_and_its_most_doses():
    (cycle,) = group(plan_definition(load_protocol(TEXT), on=TODAY), "cycle")
    assert cycle["timingTiming"]["repeat"] == {
        "countMax": 14, "count": 1, "frequency": 1, "period": 8, "periodUnit": "h"
    }  # fmt: skip


def test_it_is_a_draft_until_everybody_who_must_has_signed_and_carries_the_hash():
    protocol = load_protocol(TEXT)
    plan = plan_definition(protocol, on=TODAY)
    assert (plan["status"], plan["experimental"]) == ("draft", True)
    assert "Not for clinical use" in plan["description"]
    at, until = datetime(2026, 3, 1, tzinfo=UTC), date(2027, 1, 1)
    everybody = [
        sign(protocol, role=role, by=role, at=at, valid_until=until) for role in protocol.document.roles_to_sign
    ]
    signed = plan_definition(protocol, on=TODAY, sign_offs=everybody)
    assert (signed["status"], signed["experimental"]) == ("active", False)
    assert signed["identifier"][0]["value"] == protocol.sha256


def test_an_unverified_protocol_is_a_draft_that_says_so_at_each_part():
    text = TEXT.replace("source: {ref: table, at: row 1}", "evidence: X, source: {ref: table, at: row 1}")
    plan = plan_definition(load_protocol(text, unverified=True), on=TODAY)
    assert plan["status"] == "draft"
    assert "Unverified" in group(plan, "before-dose")[0]["documentation"][0]["display"]
