"""Is a protocol file refused with every fault at once, each with its line, and taken where it has none?"""

from __future__ import annotations

import pytest

from seriatim.errors import InvalidDocument
from seriatim.protocols.load import load_protocol

HEAD = """schema: seriatim.protocol/1
id: small
version: 1.0.0
title: Small
sources: {paper: {cite: A paper}}
variables:
  creatinine:
    {type: quantity, text: renal, unit: mg/dL, codes: [creatinine], resolution: 0.1, plausible: [0.1, 30], worse: up}
  rales: {type: boolean, text: rales, codes: [rales], worse: up}
before_dose:
"""


def rule(name: str, when: str, **more: str) -> str:
    also = "".join(f", {key}: {value}" for key, value in more.items())
    then = "" if "then" in more else ", then: hold_dose"
    source = "" if "source" in more else ", source: {ref: paper, at: p1}"
    return f'  - {{id: {name}, text: {name}, when: "{when}"{then}{source}{also}}}\n'


def faults(text: str) -> str:
    with pytest.raises(InvalidDocument) as refused:
        load_protocol(text, "small.yaml")
    return str(refused.value)


def test_every_fault_of_a_file_is_told_at_once_with_its_line():
    told = faults(
        HEAD
        + rule("bare", "creatinine >= 3")
        + rule("misspelt", "creatinin >= '3 mg/dL'")
        + rule("unsourced", "rales", source="{ref: minutes, at: p1}")
        + rule("bare", "rales")
    )
    assert told.startswith("small.yaml: 4 faults")
    assert "line 11, before_dose.0.when of bare: found the bare number 3" in told
    assert 'line 12, before_dose.1.when of misspelt: found the name "creatinin"' in told
    assert 'line 13, before_dose.2.source.ref of unsourced: found the source "minutes"' in told
    assert 'line 14, before_dose.3.id: found the id "bare" twice' in told


def test_an_action_that_there_is_not_is_a_fault():
    assert "before_dose.0.then" in faults(HEAD + rule("odd", "rales", then="give_half"))


def test_a_factor_between_two_units_of_one_thing_is_no_matter_of_opinion():
    text = HEAD.replace("codes: [creatinine]", "also_accept: {g/L: {factor: 10, source: paper}}, codes: [creatinine]")
    assert "1 g/L = 10 mg/dL" in faults(text + rule("any", "rales"))


def test_what_is_undecided_is_never_given():
    assert "when_undecided" in faults(
        HEAD.replace("variables:", "when_undecided: give\nvariables:", 1) + rule("any", "rales")
    )


def test_a_rule_counts_no_more_rules_than_there_are():
    two = rule("one", "rales", counts_as="relative") + rule("two", "creatinine >= '3 mg/dL'", counts_as="relative")
    three = rule("three", "at_least(3, relative)", then="stop_cycle")
    assert "found at least 3 of 2, expected at most 2" in faults(HEAD + two + three)
    assert len(load_protocol(HEAD + two + three.replace("3", "2", 1)).rules) == 3


def test_rules_of_one_event_count_once():
    one = rule("one", "rales", counts_as="relative", count_once="lung")
    two = rule("two", "rales", counts_as="relative", count_once="lung")
    assert "found at least 2 of 1" in faults(HEAD + one + two + rule("three", "at_least(2, relative)"))


def test_a_rule_that_counts_rules_is_not_counted_itself():
    one = rule("one", "rales", counts_as="relative")
    told = faults(HEAD + one + rule("two", "at_least(1, relative)", counts_as="relative"))
    assert "a rule that counts rules and counts as relative" in told


def test_a_variable_lacks_nothing_that_its_kind_needs():
    text = HEAD.replace("unit: mg/dL, ", "").replace("resolution: 0.1, ", "")
    assert "a quantity with a unit, a resolution" in faults(text + rule("any", "rales"))
