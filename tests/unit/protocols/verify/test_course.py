"""Holds and their ends, stops, doses, and what is done while something is unknown."""

from __future__ import annotations

import runpy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from seriatim.protocols.actions import Action
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.verify import after_stop as module_after_stop
from seriatim.protocols.verify.after_stop import after_stop
from seriatim.protocols.verify.doses import doses, rounding_bound_percent, vials_by_label
from seriatim.protocols.verify.holds import hold_against_resume
from seriatim.protocols.verify.latches import exits
from seriatim.protocols.verify.need_to_know import need_to_know
from seriatim.protocols.verify.undecided import undecided
from seriatim.protocols.verify.unreachable import unreachable
from seriatim.rules.facts import Fact
from seriatim.rules.truth import Truth

SMALL = runpy.run_path(str(Path(__file__).with_name("small.py")))
protocol, rule = SMALL["protocol"], SMALL["rule"]
DOSE = """regimen:
  course: {cycles: 2, source: {ref: here, at: test}}
  cycle: {drug: aldesleukin, every: 8 h, max_doses: 14, window: {min_gap: 6 h}, late_policy: {up_to: 2 h},
    source: {ref: here, at: test}}
dose:
  aldesleukin:
    basis: {amount: "720000 [IU-aldesleukin]/kg", weight: cycle_baseline_actual}
    weight: {plausible: [40 kg, 139.9 kg], confirm_if_change_over: 10 %, max_age: 48 h}
    modifications: none_allowed
    hard_limits: LIMITS
    round: {to: 0.1 mL, mode: half_up, max_deviation: DEVIATION}
    product: {vial_label: "22 M[IU-aldesleukin]", deliverable: "21.6 M[IU-aldesleukin]",
      concentration: "18 M[IU-aldesleukin]/mL", partial_vials: discard, stable_for: 48 h}
    source: {ref: here, at: test}
"""


def with_dose(limits: str = '{per_dose: "101 M[IU-aldesleukin]", per_cycle_doses: 14}', deviation: str = "5 %"):
    return protocol(rule("a", "troponin"), more=DOSE.replace("LIMITS", limits).replace("DEVIATION", deviation))


def sentences(found) -> list[str]:
    return [finding.sentence for finding in found]


def aldesleukin(limits: str = '{per_dose: "101 M[IU-aldesleukin]"}') -> DoseRule:
    return with_dose(limits).document.dose["aldesleukin"]


def test_a_hold_that_its_own_resume_allows_is_a_contradiction_with_a_patient():
    small = protocol(rule("a", "saturation < '90 %'", resume="saturation > '85 %'"))
    (found,) = hold_against_resume(small)
    assert found.gravity == "mend"
    assert found.witness.startswith("saturation 8")


def test_the_label_s_hold_below_90_with_a_resume_above_90_goes_on_at_exactly_90():
    small = protocol(rule("a", "saturation < '90 %'", resume="saturation > '90 %'"))
    (found,) = hold_against_resume(small)
    assert found.check == "hysteresis"
    assert found.witness == "saturation 90 %"


def test_the_band_in_which_an_open_hold_goes_on_is_told_with_both_ends():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'", resume="creatinine < '2.5 mg/dL'"))
    (found,) = hold_against_resume(small)
    assert found.witness == "creatinine from 2.5 to below 3 mg/dL"


def test_a_hold_that_ends_exactly_where_it_begins_has_no_band():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'", resume="creatinine < '3 mg/dL'"))
    assert list(hold_against_resume(small)) == []


def test_a_hold_that_nobody_can_be_resumed_from_never_ends():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'", resume="creatinine < '0.1 mg/dL'"))
    assert sentences(exits(small)) == ["No patient with plausible values can be resumed after a: its hold never ends."]


def test_a_resume_inside_another_rule_s_stop_leads_to_no_dose():
    small = protocol(
        rule("a", "creatinine >= '3 mg/dL'", resume="creatinine < '1 mg/dL'"),
        rule("b", "creatinine < '2 mg/dL'", "stop_cycle"),
    )
    (found,) = exits(small)
    assert "is forbidden the dose by some rule" in found.sentence


def test_a_stop_with_a_resume_is_told_to_last_all_the_same():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'", "stop_cycle", resume="creatinine < '3 mg/dL'"))
    (found,) = exits(small)
    assert "lasts beyond this dose" in found.sentence


def test_no_dose_follows_a_stop():
    assert list(after_stop(protocol(rule("a", "creatinine >= '3 mg/dL'")))) == []


def test_a_judge_that_forgot_the_stop_would_be_found(monkeypatch):
    honest = module_after_stop.judge

    def forgetful(small, facts, *, reached):
        return honest(small, facts)

    monkeypatch.setattr(module_after_stop, "judge", forgetful)
    found = list(after_stop(protocol(rule("a", "creatinine >= '3 mg/dL'"))))
    assert len(found) == 3


def test_a_protocol_that_asks_nothing_would_dose_a_patient_of_whom_nothing_is_known():
    small = replace(protocol(rule("a", "creatinine >= '3 mg/dL'")), rules=())
    (found,) = undecided(small)
    assert found.sentence == "A patient of whom nothing at all is known is given the dose."


def test_what_is_undecided_is_at_least_delayed():
    assert list(undecided(protocol(rule("a", "creatinine >= '3 mg/dL'")))) == []


def test_every_plausible_weight_stays_inside_a_limit_of_its_own_largest_dose():
    found = sentences(doses(with_dose('{per_dose: "100.8 M[IU-aldesleukin]", per_cycle_doses: 14}')))
    assert not any("above the hard limit" in sentence for sentence in found)


def test_a_limit_below_the_heaviest_patient_s_dose_is_told():
    found = doses(with_dose('{per_dose: "90 M[IU-aldesleukin]", per_cycle_doses: 14}'))
    (limit,) = [one for one in found if "above the hard limit" in one.sentence]
    assert limit.gravity == "choose"
    assert limit.sentence.startswith("One dose of aldesleukin can come to 100.8 million international units")


def test_doses_as_close_as_the_least_gap_allows_count_against_the_limit_of_a_day():
    limits = '{per_dose: "101 M[IU-aldesleukin]", per_day: "310 M[IU-aldesleukin]", per_cycle_doses: 14}'
    found = [one for one in sentences(doses(with_dose(limits))) if "above the hard limit" in one]
    assert len(found) == 1
    assert found[0].startswith("4 doses in 24 hours of aldesleukin can come to 403.2 million")


def test_a_limit_per_kilogram_is_compared_per_kilogram():
    tight = '{per_dose: "700000 [IU-aldesleukin]/kg", per_cycle_doses: 14}'
    assert any("above the hard limit" in one for one in sentences(doses(with_dose(tight))))
    enough = '{per_dose: "720000 [IU-aldesleukin]/kg", per_cycle_doses: 14}'
    assert not any("above the hard limit" in one for one in sentences(doses(with_dose(enough))))


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ('{per_dose: "101 M[IU-aldesleukin]"}', "No hard limit bounds the doses of aldesleukin in a cycle"),
        (
            '{per_dose: "101 M[IU-aldesleukin]", per_cycle_doses: 28}',
            "The regimen plans 14 doses of aldesleukin in a cycle, the hard limit is 28.",
        ),
    ],
)
def test_the_doses_of_a_cycle_agree_with_their_limit(limits, told):
    assert any(sentence.startswith(told) for sentence in sentences(doses(with_dose(limits))))


def test_rounding_moves_no_dose_by_more_than_half_a_step_of_the_smallest():
    # Half of 0.1 mL x 18 million is 0.9 million; the smallest dose is 40 kg x 0.72 million.
    assert rounding_bound_percent(aldesleukin()) == Decimal("3.125")


def test_a_rounding_that_refuses_small_patients_is_told():
    found = [one for one in doses(with_dose(deviation="3 %")) if "above the 3 percent allowed" in one.sentence]
    assert [one.gravity for one in found] == ["choose"]


def test_49_of_1000_weights_need_a_vial_more_than_the_label_s_content_says():
    assert vials_by_label(aldesleukin()) == (49, 1000)


def test_an_input_matters_only_where_it_can_change_the_verdict():
    small = protocol(
        rule("a", "creatinine >= '3 mg/dL'", "stop_cycle"), rule("b", "saturation < '90 %'"), rule("c", "troponin")
    )
    stopped = {"creatinine": Fact(3_000_000, 3_000_000)}
    assert need_to_know(small, stopped) == ()
    held = {"creatinine": Fact(2_000_000, 2_000_000), "troponin": Fact(1, 1)}
    assert need_to_know(small, held) == ()
    assert need_to_know(small, {"troponin": Fact(1, 1)}) == ("creatinine",)
    assert need_to_know(small, held, reached=Action.STOP_CYCLE) == ()


def test_a_condition_that_holds_whatever_the_value_is_needs_no_value():
    small = protocol(rule("a", "creatinine >= '3 mg/dL' OR creatinine < '3 mg/dL'"))
    assert need_to_know(small, {}) == ()


def test_a_bound_that_lies_on_both_sides_of_a_threshold_has_to_be_known():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'"))
    assert need_to_know(small, {"creatinine": Fact(100_000, 2_900_000)}) == ()
    assert need_to_know(small, {"creatinine": Fact(100_000, 3_100_000)}) == ("creatinine",)


def test_an_open_hold_makes_its_resume_worth_knowing():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'", resume="saturation > '95 %'"))
    low = {"creatinine": Fact(1_000_000, 1_000_000)}
    assert need_to_know(small, low) == ()
    assert need_to_know(small, low, {"a": Truth.TRUE}) == ("saturation",)


def test_of_a_derived_value_the_missing_part_is_asked_for():
    kg = "{type: quantity, text: w, unit: kg, codes: [w], resolution: 1, plausible: [50, 100]}"
    gain = (
        "{type: quantity, text: gain, unit: '%', expr: (weight - baseline) / baseline, round: {to: 1},"
        " plausible: [-50, 100], worse: up}"
    )
    small = protocol(rule("a", "gain > '10 %'"), weight=kg, baseline=kg, gain=gain)
    assert need_to_know(small, {"weight": Fact(60_000_000, 60_000_000)}) == ("baseline",)


def test_a_protocol_that_gives_while_undecided_is_found_however_it_came_about():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'"))
    lenient = replace(small, document=small.document.model_copy(update={"when_undecided": Action.GIVE}))
    assert sentences(undecided(lenient))[0] == "While a rule is undecided the protocol says give."


def test_a_dose_that_rounds_to_nothing_is_told():
    # 40 kg take 28.8 million; in whole vials of 21.6 million, rounded down from the lightest plausible 20 kg.
    text = DOSE.replace("LIMITS", '{per_dose: "101 M[IU-aldesleukin]", per_cycle_doses: 14}')
    text = text.replace("[40 kg, 139.9 kg]", "[20 kg, 139.9 kg]")
    text = text.replace("to: 0.1 mL, mode: half_up", 'to: "1 {vial}", mode: down')
    small = protocol(rule("a", "troponin"), more=text.replace("DEVIATION", "5 %"))
    assert "The dose of aldesleukin for the smallest patients rounds to nothing." in sentences(doses(small))


def test_a_criterion_that_nobody_can_pass_is_named():
    criteria = """screening:
  - {id: one, text: creatinine, require: "creatinine < '0.1 mg/dL'", source: {ref: here, at: test}}"""
    found = sentences(unreachable(protocol(rule("a", "troponin"), more=criteria)))
    assert found[0] == "No candidate can pass one (creatinine)."
