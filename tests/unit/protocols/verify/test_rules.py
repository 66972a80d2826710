"""Unreachable, redundant and overlapping rules, gaps and falls: each found where it is, and not where it is not."""

from __future__ import annotations

import runpy
from pathlib import Path

from seriatim.protocols.verify.gaps import missing_bands
from seriatim.protocols.verify.monotone import not_monotone
from seriatim.protocols.verify.overlaps import overlaps
from seriatim.protocols.verify.redundant import redundant
from seriatim.protocols.verify.unreachable import unreachable

SMALL = runpy.run_path(str(Path(__file__).with_name("small.py")))
protocol, rule = SMALL["protocol"], SMALL["rule"]


def sentences(found) -> list[str]:
    return [finding.sentence for finding in found]


def test_a_rule_that_contradicts_itself_never_holds():
    found = list(unreachable(protocol(rule("a", "creatinine > '3 mg/dL' AND creatinine < '2 mg/dL'"))))
    assert sentences(found) == ["No patient with plausible values can have a (a): it never holds."]
    assert found[0].gravity == "mend"


def test_a_threshold_beyond_the_plausible_range_is_never_reached():
    (found,) = unreachable(protocol(rule("a", "creatinine > '30 mg/dL'")))
    assert "never holds" in found.sentence


def test_a_rule_between_two_steps_of_the_chart_holds_for_nothing_charted():
    (found,) = unreachable(protocol(rule("a", "creatinine > '2.9 mg/dL' AND creatinine < '3 mg/dL'")))
    assert found.gravity == "choose"
    assert "between those that the chart can hold" in found.sentence


def test_a_rule_that_holds_for_everybody_is_found():
    (found,) = unreachable(protocol(rule("a", "creatinine >= '3 mg/dL' OR creatinine < '3 mg/dL'")))
    assert "for every patient" in found.sentence


def test_a_rule_that_asks_whether_a_value_is_known_can_hold():
    assert list(unreachable(protocol(rule("a", "NOT assessed(troponin)", "delay")))) == []


def test_screening_that_lets_nobody_in_is_found():
    criteria = """screening:
  - {id: one, text: low, require: "creatinine < '1 mg/dL'", source: {ref: here, at: test}}
  - {id: two, text: high, exclude: "creatinine < '2 mg/dL'", source: {ref: here, at: test}}"""
    (found,) = unreachable(protocol(rule("a", "troponin"), more=criteria))
    assert found.sentence == "No candidate can pass all criteria of screening together."


def test_two_rules_that_say_the_same_in_two_ways_are_duplicates():
    rules = [rule("a", "creatinine > '3 mg/dL'"), rule("b", "NOT creatinine <= '3 mg/dL'")]
    (found,) = redundant(protocol(*rules))
    assert found.sentence == "a and b hold for the same patients and say the same: hold this dose."


def test_a_milder_band_inside_a_stricter_one_never_decides():
    rules = [rule("a", "creatinine > '4 mg/dL'"), rule("b", "creatinine > '3 mg/dL'", "stop_cycle")]
    (found,) = redundant(protocol(*rules))
    assert found.rules == ("a", "b")


def test_a_rule_that_several_others_cover_together_never_decides():
    rules = [
        rule("a", "creatinine > '2 mg/dL'"),
        rule("b", "creatinine > '2 mg/dL' AND troponin", "stop_cycle"),
        rule("c", "creatinine > '2 mg/dL' AND NOT troponin", "stop_cycle"),
    ]
    (found,) = redundant(protocol(*rules))
    assert found.rules == ("a",)
    assert "some other rule" in found.sentence


def test_a_rule_that_counts_as_a_relative_one_is_needed_though_it_never_decides():
    rules = [
        rule("a", "creatinine > '4 mg/dL'", counts_as="relative"),
        rule("b", "creatinine > '3 mg/dL'", "stop_cycle"),
        rule("c", "at_least(1, relative)", "never_again"),
    ]
    assert list(redundant(protocol(*rules))) == []


def test_a_band_inside_another_is_no_overlap():
    rules = [rule("a", "creatinine >= '2.5 mg/dL'"), rule("b", "creatinine >= '3 mg/dL'", "stop_cycle")]
    assert list(overlaps(protocol(*rules))) == []


def test_two_bands_that_share_a_stretch_overlap_in_it():
    rules = [
        rule("a", "creatinine BETWEEN '2 mg/dL' AND '3 mg/dL'"),
        rule("b", "creatinine BETWEEN '2.5 mg/dL' AND '4 mg/dL'", "stop_cycle"),
    ]
    (found,) = overlaps(protocol(*rules))
    assert found.witness == "creatinine from 2.5 to 3 mg/dL"


def test_a_gap_of_a_value_that_is_worse_when_low_is_told_from_the_milder_side():
    rules = [
        rule("a", "saturation BETWEEN '85 %' AND '90 %'"),
        rule("b", "saturation < '80 %'", "stop_cycle"),
    ]
    (found,) = missing_bands(protocol(*rules))
    assert found.sentence == (
        "No rule covers saturation from 80 to below 85 %. At 85 %: hold this dose; at 84 %, which is worse: give."
    )


def test_a_gap_of_a_count_is_told_without_decimals():
    rules = [rule("a", "held = 3", "stop_cycle")]
    (found,) = missing_bands(protocol(*rules))
    assert found.sentence.startswith("No rule covers doses held 4 or more.")


def test_a_value_that_only_a_stricter_rule_left_is_told_as_no_rule_as_strict():
    stop = rule("b", "creatinine BETWEEN '3 mg/dL' AND '4 mg/dL'", "stop_cycle")
    (found,) = missing_bands(protocol(rule("a", "creatinine >= '2 mg/dL'"), stop))
    assert found.sentence.startswith("No rule as strict covers creatinine above 4 mg/dL.")
    assert found.sentence.endswith("At 4 mg/dL: stop this cycle; at 4.1 mg/dL, which is worse: hold this dose.")


def test_bands_that_meet_leave_no_gap():
    rules = [
        rule("a", "creatinine >= '2.5 mg/dL' AND creatinine < '3 mg/dL'"),
        rule("b", "creatinine >= '3 mg/dL'", "stop_cycle"),
    ]
    small = protocol(*rules)
    assert [*missing_bands(small), *not_monotone(small)] == []


def test_a_worse_value_that_lifts_a_rule_on_another_one_is_not_monotone():
    rules = [rule("a", "creatinine >= '2 mg/dL' AND NOT troponin")]
    (found,) = not_monotone(protocol(*rules))
    assert found.sentence == (
        "A worse value of troponin raised is followed by less. At no: hold this dose; at yes, which is worse: give."
    )
    assert found.witness == "creatinine 2 mg/dL"


def test_a_heavier_baseline_that_means_less_gain_is_not_monotone():
    kg = "{type: quantity, text: w, unit: kg, codes: [w], resolution: 0.1, plausible: [30, 250], worse: up}"
    (found,) = not_monotone(protocol(rule("a", "weight > 1.15 * baseline"), weight=kg, baseline=kg))
    assert found.rules == ("a",)
    assert "is followed by less" in found.sentence


def test_a_derived_value_that_its_parts_cannot_have_makes_a_rule_unreachable():
    kg = "{type: quantity, text: w, unit: kg, codes: [w], resolution: 1, plausible: [50, 100]}"
    gain = (
        "{type: quantity, text: gain, unit: '%', expr: (weight - baseline) / baseline, round: {to: 1},"
        " plausible: [-50, 100], worse: up}"
    )
    reached, never = ("gain > '10 %' AND weight < '57 kg'", "gain > '10 %' AND weight < '55 kg'")
    rules = [rule("reached", reached), rule("never", never)]
    found = list(unreachable(protocol(*rules, weight=kg, baseline=kg, gain=gain)))
    assert [finding.rules for finding in found] == [("never",)]
