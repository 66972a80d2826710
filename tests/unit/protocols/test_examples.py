"""Is an example that the protocol answers otherwise told, with what was found and what was expected?"""

from __future__ import annotations

import pytest

from seriatim.protocols.examples import example_facts, failed_examples, normal_facts
from seriatim.protocols.load import load_protocol
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact, Unknown

PROTOCOL = """
schema: seriatim.protocol/1
id: small
version: 1.0.0
title: Small
sources: {paper: {cite: A paper}}
variables:
  creatinine: {type: quantity, text: creatinine, unit: mg/dL, codes: [creatinine], resolution: 0.1, plausible: [0.1, 30], worse: up}
  potassium: {type: quantity, text: potassium, unit: meq/L, codes: [potassium], resolution: 0.1, plausible: [1, 10]}
  saturation: {type: quantity, text: saturation, unit: "%", codes: [spo2], resolution: 1, plausible: [30, 100], worse: down}
  weight: {type: quantity, text: weight, unit: kg, codes: [weight], resolution: 0.1, plausible: [30, 250]}
  baseline: {type: quantity, text: baseline, unit: kg, codes: [weight], window: {before: cycle_start}, resolution: 0.1, plausible: [30, 250]}
  gain: {type: quantity, text: gain, unit: "%", expr: (weight - baseline) / baseline, round: {to: 0.1}, plausible: [-30, 60], worse: up}
  awake: {type: boolean, text: awake, codes: [awake], worse: down}
  held: {type: count, text: held, history: held_doses}
before_dose:
  - {id: renal, text: Creatinine, when: "creatinine >= '3 mg/dL'", then: stop_cycle, source: {ref: paper, at: p1}}
  - {id: salt, text: Potassium, when: "potassium < '3 meq/L' OR potassium > '5 meq/L'", then: hold_dose, source: {ref: paper, at: p1}}
  - {id: lung, text: Saturation, when: "saturation < '90 %'", then: hold_dose, resume: "saturation > '90 %'", source: {ref: paper, at: p1}}
  - {id: gain, text: Gain, when: "gain > '15 %'", then: hold_dose, source: {ref: paper, at: p1}}
  - {id: mind, text: Not awake, when: NOT awake, then: stop_cycle, source: {ref: paper, at: p1}}
  - {id: thrice, text: Held, when: held >= 3, then: stop_cycle, source: {ref: paper, at: p1}}
examples:
"""  # noqa: E501


def with_example(text: str) -> TreatmentProtocol:
    return load_protocol(PROTOCOL + f"  - {text}\n")


def told(text: str) -> list[tuple[str, str]]:
    return [(finding.found, finding.expected) for finding in failed_examples(with_example(text))]


@pytest.mark.parametrize(
    "example",
    [
        "{name: nothing found, expect: give}",
        "{name: nothing known, others: unknown, definite: give, possible: stop_cycle}",
        "{name: high, given: {creatinine: 3 mg/dL}, expect: stop_cycle}",
        "{name: not measured, given: {creatinine: null}, definite: give, possible: stop_cycle}",
        "{name: asleep, given: {awake: false}, expect: stop_cycle}",
        "{name: worked out, given: {baseline: 80 kg, weight: 93 kg}, expect: hold_dose}",
        "{name: given as it is, given: {gain: 15.1 %}, expect: hold_dose}",
        "{name: half of it missing, given: {baseline: null, weight: 93 kg}, definite: give, possible: hold_dose}",
        "{name: held, given: {held: 3}, expect: stop_cycle}",
        "{name: at 90 with the hold open, given: {saturation: 90 %}, open_holds: [lung], expect: hold_dose}",
        "{name: at 91 with the hold open, given: {saturation: 91 %}, open_holds: [lung], expect: give}",
        "{name: at 90, given: {saturation: 90 %}, expect: give}",
    ],
)
def test_an_example_that_the_protocol_answers_as_it_says_is_not_told(example):
    assert told(example) == []


def test_an_example_that_is_answered_otherwise_is_told_with_both_answers():
    assert told("{name: too low, given: {creatinine: 2.9 mg/dL}, expect: stop_cycle}") == [("give", "stop_cycle")]
    assert told("{name: not measured, given: {creatinine: null}, expect: give}") == [("give to stop_cycle", "give")]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("given: {creatinin: 3 mg/dL}", 'no variable "creatinin"'),
        ("given: {creatinine: 3}", 'no value of creatinine: "3"'),
        ("given: {creatinine: 3 kg}", 'no value of creatinine: "3 kg"'),
        ("given: {awake: perhaps}", 'no value of awake: "perhaps"'),
        ("open_holds: [renal]", "no rule with resume: renal"),
    ],
)
def test_an_example_that_cannot_be_read_is_told_and_not_taken_for_an_answer(given, found):
    assert told(f"{{name: odd, {given}, expect: give}}") == [(found, "values as the variables are declared")]


def test_a_normal_patient_stands_at_the_mildest_end_and_between_two_thresholds_of_one_variable():
    protocol = with_example("{name: nothing found, expect: give}")
    normal = normal_facts(protocol)
    ends = {name: fact.low for name, fact in normal.items() if isinstance(fact, Fact)}
    assert (ends["creatinine"], ends["saturation"], ends["awake"]) == (100_000, 100_000_000, 1)
    assert 3_000_000 <= ends["potassium"] <= 5_000_000
    assert not [rule.id for rule in protocol.rules if evaluate(rule.tree, normal).possible]


def test_a_variable_given_as_null_is_unknown_and_so_is_what_is_worked_out_from_it():
    protocol = with_example("{name: no weight, given: {weight: null}, definite: give, possible: hold_dose}")
    facts = example_facts(protocol, protocol.document.examples[0], normal_facts(protocol))
    assert isinstance(facts["weight"], Unknown)
    assert isinstance(facts["gain"], Unknown)
