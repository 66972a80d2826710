"""Does the stored record of a decision suffice to work the decision out again?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from seriatim.errors import Misuse
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.barrier import Barrier
from seriatim.protocols.bedside.decide import decide
from seriatim.protocols.bedside.moment import Moment, PastDose
from seriatim.protocols.bedside.observations import Observation
from seriatim.protocols.bedside.record import record, replayed
from seriatim.protocols.load import load_protocol, read_protocol
from seriatim.rules.truth import Truth

PROTOCOL = load_protocol("""
schema: seriatim.protocol/1
id: small
version: 1.0.0
title: Small
sources: {paper: {cite: A paper}}
variables:
  creatinine: {type: quantity, text: creatinine, unit: mg/dL, also_accept: {umol/L: {factor: 1/88.4, source: paper}}, codes: [creatinine], max_age: 12 h, resolution: 0.1, plausible: [0.1, 30], worse: up, required_for: [give]}
  saturation: {type: quantity, text: saturation, unit: "%", codes: [spo2], resolution: 1, plausible: [30, 100], worse: down}
  weight: {type: quantity, text: weight, unit: kg, codes: [weight], resolution: 0.1, plausible: [30, 250]}
  baseline: {type: quantity, text: baseline, unit: kg, codes: [weight], window: {before: cycle_start}, resolution: 0.1, plausible: [30, 250]}
  gain: {type: quantity, text: gain, unit: "%", expr: (weight - baseline) / baseline, round: {to: 0.1}, plausible: [-30, 60], worse: up}
  pressor: {type: quantity, text: pressor, unit: ug/kg/min, codes: [pressor], take: worst, window: {since: previous_planned}, worse: up, resolution: 0.1, plausible: [0, 10], missing: {assume: 0 ug/kg/min, because: complete chart, source: paper}}
  held: {type: count, text: held, history: held_doses}
before_dose:
  - {id: renal, text: Creatinine, when: "creatinine >= '3 mg/dL'", then: stop_cycle, source: {ref: paper, at: p1}}
  - {id: lung, text: Saturation, when: "saturation < '90 %'", then: hold_dose, resume: "saturation > '90 %'", source: {ref: paper, at: p1}}
  - {id: gain, text: Gain, when: "gain > '15 %' OR pressor > '1 ug/kg/min'", then: hold_dose, source: {ref: paper, at: p1}}
  - {id: thrice, text: Held, when: held >= 3, then: stop_cycle, source: {ref: paper, at: p1}}
""")  # noqa: E501
SIX = datetime(2026, 3, 8, 6, tzinfo=ZoneInfo("America/New_York"))  # the clocks went forward at two
MOMENT = Moment("p1", 1, 1, SIX, (PastDose(1, 1, SIX - timedelta(hours=8), "held"),))
CHARTED = [
    Observation("p1", "creatinine", "265", "umol/L", SIX - timedelta(hours=2), recorded=SIX, record="lab 7"),
    Observation("p1", "creatinine", "301", "umol/L", SIX, recorded=SIX + timedelta(hours=2), record="lab 7"),
    Observation("p1", "weight", "82.40", "kg", SIX - timedelta(hours=30)),
    Observation("p1", "weight", "93", "kg", SIX - timedelta(hours=1)),
    Observation("p1", "potassium", "9", "mmol/L", SIX),
]


def stored(**changed) -> dict:
    asked = {"latches": {"lung": Truth.UNKNOWN}, "barriers": [Barrier("timing", Action.DELAY, "early", "wait")]}
    return record(decide(PROTOCOL, CHARTED, MOMENT, **(asked | changed)), PROTOCOL)


@pytest.mark.parametrize("changed", [{}, {"assume": False}, {"double_check": False}, {"reached": Action.STOP_COURSE}])
def test_the_same_question_gives_the_same_record_to_the_last_bit(changed):
    first = stored(**changed)
    text = json.dumps(first, sort_keys=True)
    assert json.dumps(replayed(json.loads(text), PROTOCOL), sort_keys=True) == text


def test_the_record_keeps_observations_as_charted_with_unit_and_source_and_later_versions():
    kept = stored()["asked"]["observations"]
    assert [(one["value"], one["unit"], one["record"]) for one in kept if one["code"] == "creatinine"] == [
        ("265", "umol/L", "lab 7"),
        ("301", "umol/L", "lab 7"),
    ]
    assert [one["value"] for one in kept if one["code"] == "weight"] == ["82.40", "93"]
    assert not [one for one in kept if one["code"] == "potassium"], "the protocol does not ask it"


def test_the_record_shows_the_value_as_charted_beside_the_converted_one():
    creatinine = stored()["facts"]["creatinine"]
    assert (creatinine["charted"], creatinine["value"]) == ("265 micromol/L", "2.997737557 mg/dL")
    assert stored()["facts"]["gain"]["charted"] == "baseline 82.40 kg; weight 93 kg"


def test_an_assumption_is_visible_as_one():
    assert stored()["facts"]["pressor"]["source_row"] == "assumed: complete chart"
    assert stored(assume=False)["facts"]["pressor"]["why"] == "never measured"


def test_the_order_in_which_observations_are_handed_over_does_not_show():
    turned = record(decide(PROTOCOL, CHARTED[::-1], MOMENT), PROTOCOL)
    assert turned == record(decide(PROTOCOL, CHARTED, MOMENT), PROTOCOL)


def test_an_unnamed_observation_is_given_a_name_that_is_free():
    named = replace(CHARTED[2], record="observation 1")
    kept = record(decide(PROTOCOL, [named, CHARTED[3]], MOMENT), PROTOCOL)["asked"]["observations"]
    assert [one["record"] for one in kept] == ["observation 1", "observation 2"]


def test_what_people_did_is_kept_beside_the_verdict_and_changes_nothing():
    first = stored() | {"human": {"accepted": False, "override": "given on the word of the attending"}}
    assert replayed(first, PROTOCOL) == first


def test_a_record_made_by_another_version_of_the_engine_differs_in_that():
    first = stored()
    again = replayed(first | {"engine": first["engine"] | {"version": "seriatim 0.0.1"}}, PROTOCOL)
    assert again["engine"]["version"] == first["engine"]["version"]


def test_a_record_of_another_protocol_is_refused():
    with pytest.raises(Misuse, match="made under small@"):
        replayed(stored(), read_protocol("consensus-2014", unverified=True))


def test_something_else_is_no_record():
    with pytest.raises(Misuse, match="schema"):
        replayed({"schema": "seriatim.plan/1"}, PROTOCOL)


def test_times_are_instants_whatever_zone_they_came_in():
    assert stored()["decided_at"] == "2026-03-08T10:00:00+00:00"
    elsewhere = replace(MOMENT, at=SIX.astimezone(UTC))
    assert record(decide(PROTOCOL, CHARTED, elsewhere), PROTOCOL) == record(decide(PROTOCOL, CHARTED, MOMENT), PROTOCOL)
