"""Is a patient found of whom two protocols say different things, and only such a one?"""

from seriatim.protocols.load import load_protocol, read_protocol
from seriatim.protocols.versions.witness import sampled_witnesses, small_witnesses

HEAD = """
schema: seriatim.protocol/1
id: il2
version: 1.0.0
title: Interleukin-2
sources: {table: {cite: a table}}
variables:
"""
RATE = """
  rate: {type: quantity, text: heart rate, unit: /min, codes: [a], resolution: 1, plausible: [20, 300], worse: up}
"""
SATURATION = """
  spo2: {type: quantity, text: saturation, unit: "%", codes: [b], resolution: 1, plausible: [50, 100], worse: down}
"""


def protocol(variables, *rules, extra=""):
    written = "".join(
        f"  - {{id: {name}, text: {name}, source: {{ref: table, at: a}}, {body}}}\n" for name, body in rules
    )
    return load_protocol(f"{HEAD}{variables}{extra}\nbefore_dose:\n{written}")


def rate_rule(limit, then="hold_dose"):
    return ("rate", f"when: \"rate >= '{limit} /min'\", then: {then}")


def test_the_value_between_two_thresholds_is_the_witness():
    found = small_witnesses(protocol(RATE, rate_rule(100)), protocol(RATE, rate_rule(120)))
    assert [one.words for one in found] == ["heart rate 100 per minute: A says hold this dose; B says give"]


def test_a_protocol_has_no_witness_against_itself():
    skeleton = read_protocol("low-dose", unverified=True)
    assert small_witnesses(skeleton, skeleton) == ()
    assert list(sampled_witnesses(skeleton, skeleton, ["creatinine"])) == []


def test_the_same_threshold_in_another_unit_makes_no_difference():
    grams = "  level: {type: quantity, text: level, unit: g/L, codes: [c], resolution: 0.1, plausible: [0, 50]}\n"
    milligrams = (
        "  level: {type: quantity, text: level, unit: mg/dL, codes: [c], resolution: 10, plausible: [0, 5000]}\n"
    )
    one = protocol(grams, ("level", "when: \"level >= '3 g/L'\", then: hold_dose"))
    other = protocol(milligrams, ("level", "when: \"level >= '300 mg/dL'\", then: hold_dose"))
    assert small_witnesses(one, other) == ()


def test_a_variable_that_only_one_has_is_told_by_the_one_that_looks_at_it():
    raised = "  troponin: {type: boolean, text: troponin raised, codes: [d], worse: up}\n"
    one = protocol(RATE, rate_rule(100))
    other = protocol(RATE + raised, rate_rule(100), ("heart", "when: troponin, then: stop_course"))
    found = small_witnesses(one, other)
    assert [one.words for one in found] == ["troponin raised: yes: A says give; B says stop this course"]


def test_two_variables_that_one_rule_asks_together_are_tried_together():
    both = RATE + SATURATION
    one = protocol(both, ("both", "when: \"rate > '120 /min' AND spo2 < '90 %'\", then: stop_cycle"))
    other = protocol(both, ("both", "when: \"rate > '120 /min' AND spo2 < '88 %'\", then: stop_cycle"))
    found = [witness.words for witness in small_witnesses(one, other)]
    assert found == ["heart rate 121 per minute, saturation 89 percent: A says stop this cycle; B says give"]


def test_a_required_value_that_is_not_known_is_a_witness_where_only_one_requires_it():
    needed = RATE.replace("worse: up", "worse: up, required_for: [give]")
    rule = ("lung", "when: \"spo2 < '90 %'\", then: hold_dose")
    found = small_witnesses(protocol(RATE + SATURATION, rule), protocol(needed + SATURATION, rule))
    assert [one.words for one in found] == ["heart rate not known: A says give; B says do not give yet"]


def test_a_hold_that_ends_at_another_value_is_found_while_it_is_open():
    rule = "when: \"spo2 < '90 %'\", then: hold_dose, resume: \"spo2 >= '{} %'\""
    one = protocol(SATURATION, ("lung", rule.format(90)))
    other = protocol(SATURATION, ("lung", rule.format(94)))
    assert small_witnesses(one, other) == ()
    found = {witness.words for witness in sampled_witnesses(one, other)}
    assert "saturation 93 percent, with the hold of lung still open: A says give; B says hold this dose" in found


def test_a_count_of_rules_that_was_lowered_is_found_by_patients_with_several_findings():
    flags = "".join(f"  s{n}: {{type: boolean, text: sign {n}, codes: [s{n}], worse: up}}\n" for n in range(5))
    rules = [(f"r{n}", f"when: s{n}, then: hold_dose, counts_as: relative") for n in range(5)]
    one = protocol(flags, *rules, ("three", 'when: "at_least(3, relative)", then: stop_cycle'))
    other = protocol(flags, *rules, ("three", 'when: "at_least(2, relative)", then: stop_cycle'))
    found = list(sampled_witnesses(one, other, [f"s{n}" for n in range(5)]))
    assert any(witness.b == "stop this cycle" and witness.a == "hold this dose" for witness in found)


def test_a_criterion_of_screening_is_compared_as_eligible_or_not():
    screen = "screening:\n  - {{id: heart, text: lung, require: \"spo2 >= '{} %'\", source: {{ref: table, at: a}}}}\n"
    rule = ("lung", "when: \"spo2 < '80 %'\", then: hold_dose")
    one, other = (protocol(SATURATION + screen.format(limit), rule) for limit in (95, 92))
    found = [witness.words for witness in small_witnesses(one, other)]
    assert found == ["saturation 94 percent: A says not eligible; B says eligible"]
