"""Do the library's protocols say what the published tables print, value by value, holes and all?

Each table is written down here once more, as plain functions and lists, apart from the protocols' own files.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache

import pytest

from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.known import Known, in_ticks
from seriatim.protocols.bedside.verdict import judge
from seriatim.protocols.declared.examples import Example
from seriatim.protocols.examples import example_facts, normal_facts
from seriatim.protocols.load import read_protocol
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact

GIVE, DELAY, HOLD, STOP, NEVER = (
    Action.GIVE,
    Action.DELAY,
    Action.HOLD_DOSE,
    Action.STOP_CYCLE,
    Action.NEVER_AGAIN,
)


@cache
def shipped(name: str) -> tuple[TreatmentProtocol, Known]:
    protocol = read_protocol(name, unverified=True)
    return protocol, normal_facts(protocol)


def said(name: str, **given: str | bool | int) -> Action:
    """What a protocol says of a patient who is normal but for what is given."""
    protocol, normal = shipped(name)
    example = Example(name="given", given=given, expect=GIVE)
    verdict = judge(protocol, example_facts(protocol, example, normal))
    assert verdict.definite == verdict.possible
    return verdict.definite


def steps(first: str, last: str, step: str) -> list[Decimal]:
    value, found = Decimal(first), []
    while value <= Decimal(last):
        found.append(value)
        value += Decimal(step)
    return found


def creatinine(x: Decimal) -> Action:
    """Both tables: 2.5-2.9 relative, 3 or more absolute; nothing in between."""
    return STOP if x >= 3 else HOLD if Decimal("2.5") <= x <= Decimal("2.9") else GIVE


def platelets(x: Decimal) -> Action:
    return STOP if x < 30 else HOLD if x <= 50 else GIVE


def urine(x: Decimal) -> Action:
    return STOP if x < 80 else HOLD if x <= 160 else GIVE


def oxygen(x: Decimal) -> Action:
    return STOP if x > 4 else HOLD if x >= 3 else GIVE


def most_phenylephrine(x: Decimal) -> Action:
    """2014: 1-1.5 relative, 1.5-2.0 absolute; nothing above."""
    return STOP if Decimal("1.5") <= x <= 2 else HOLD if 1 <= x < Decimal("1.5") else GIVE


def phenylephrine_now(x: Decimal) -> Action:
    return STOP if x > Decimal("0.8") else HOLD if x > Decimal("0.5") else GIVE


BANDS: list[tuple[str, str, str, list[Decimal], Callable[[Decimal], Action], dict[str, str | bool | int]]] = [
    ("consensus-2014", "creatinine", "mg/dL", steps("0.2", "6", "0.05"), creatinine, {}),
    ("community-2015", "creatinine", "mg/dL", steps("0.2", "6", "0.05"), creatinine, {}),
    ("consensus-2014", "platelets", "10*9/L", steps("0", "200", "1"), platelets, {}),
    ("community-2015", "platelets", "10*9/L", steps("0", "200", "1"), platelets, {}),
    ("consensus-2014", "urine_shift", "mL", steps("0", "400", "0.5"), urine, {}),
    ("community-2015", "urine_shift", "mL", steps("0", "400", "0.5"), urine, {}),
    ("community-2015", "urine_hour", "mL/h", steps("0", "50", "0.5"), lambda x: urine(8 * x), {}),
    ("consensus-2014", "oxygen_flow", "L/min", steps("0", "10", "0.5"), oxygen, {}),
    ("community-2015", "oxygen_flow", "L/min", steps("0", "10", "0.5"), oxygen, {}),
    (
        "consensus-2014",
        "phenylephrine_most",
        "ug/kg/min",
        steps("0", "4", "0.05"),
        most_phenylephrine,
        {"planned_dose": 4},
    ),
    ("consensus-2014", "phenylephrine_now", "ug/kg/min", steps("0", "4", "0.05"), phenylephrine_now, {}),
    (
        "consensus-2014",
        "heart_rate",
        "/min",
        steps("40", "180", "1"),
        lambda x: STOP if x > 130 else HOLD if x >= 100 else GIVE,
        {"tachycardia_persists": True},
    ),
    (
        "community-2015",
        "heart_rate",
        "/min",
        steps("40", "180", "1"),
        lambda x: STOP if x > 130 else HOLD if x >= 120 else GIVE,
        {},
    ),
    ("consensus-2014", "bilirubin", "mg/dL", steps("0", "20", "0.1"), lambda x: HOLD if x > 7 else GIVE, {}),
    ("consensus-2014", "bicarbonate", "meq/L", steps("5", "40", "1"), lambda x: HOLD if x <= 18 else GIVE, {}),
    ("consensus-2014", "weight_gain", "%", steps("-5", "40", "0.1"), lambda x: HOLD if x > 15 else GIVE, {}),
    ("community-2015", "weight_gain", "%", steps("-5", "40", "0.1"), lambda x: HOLD if x >= 15 else GIVE, {}),
    ("consensus-2014", "stool_volume", "mL", steps("0", "3000", "10"), lambda x: HOLD if x >= 1000 else GIVE, {}),
    ("community-2015", "stool_volume", "mL", steps("0", "3000", "10"), lambda x: HOLD if x > 1000 else GIVE, {}),
    ("us-label", "systolic", "mm[Hg]", steps("50", "150", "1"), lambda x: HOLD if x < 90 else GIVE, {}),
    ("us-label", "saturation", "%", steps("60", "100", "1"), lambda x: HOLD if x < 90 else GIVE, {}),
    ("us-label", "intubation_time", "h", steps("0", "200", "1"), lambda x: NEVER if x > 72 else GIVE, {}),
    ("us-label", "coma_time", "h", steps("0", "200", "1"), lambda x: NEVER if x > 48 else GIVE, {}),
    ("us-label", "dialysis_time", "h", steps("0", "200", "1"), lambda x: NEVER if x > 72 else GIVE, {}),
    ("til-il2", "urine_per_kg", "mL/kg", steps("0", "20", "0.1"), lambda x: HOLD if x < 4 else GIVE, {}),
]


@pytest.mark.parametrize(
    ("name", "variable", "unit", "values", "printed", "beside"), BANDS, ids=[f"{b[0]} {b[1]}" for b in BANDS]
)
def test_a_band_is_as_printed_over_its_whole_range(name, variable, unit, values, printed, beside):
    wrong = [x for x in values if said(name, **{variable: f"{x} {unit}"}, **beside) != printed(x)]
    assert not wrong


# One sign each: relative in the first list, absolute in the second.
SIGNS = {
    "consensus-2014": (
        (
            "moist_desquamation",
            "refractory_vomiting",
            "ileus",
            "occult_blood",
            "extreme_tightness",
            "vivid_dreams",
            "mild_anxiety",
            "dyspnoea_at_rest",
        ),
        (
            "ecg_ischaemia",
            "atrial_fibrillation",
            "supraventricular_tachycardia",
            "ventricular_arrhythmia",
            "cardiac_enzymes_raised",
            "distension_affects_breathing",
            "severe_abdominal_pain",
            "frank_blood",
            "infection",
            "extreme_paraesthesia",
            "hallucinations",
            "persistent_crying",
            "mental_change_over_2h",
            "mental_test_failed",
            "intubated",
        ),
    ),
    "community-2015": (
        ("abdominal_distension", "occult_blood", "dyspnoea_at_rest"),
        (
            "ecg_ischaemia",
            "atrial_fibrillation",
            "ventricular_arrhythmia",
            "cardiac_enzymes_raised",
            "moist_desquamation",
            "refractory_vomiting",
            "severe_abdominal_pain",
            "pressor_needed",
            "frank_blood",
            "infection",
            "mental_change",
            "disoriented",
            "vivid_dreams",
            "emotional_lability",
            "intubated",
        ),
    ),
}


@pytest.mark.parametrize("name", SIGNS)
def test_a_sign_holds_where_it_is_relative_and_stops_where_it_is_absolute(name):
    relative, absolute = SIGNS[name]
    assert {sign: said(name, **{sign: True}) for sign in relative} == dict.fromkeys(relative, HOLD)
    assert {sign: said(name, **{sign: True}) for sign in absolute} == dict.fromkeys(absolute, STOP)


@pytest.mark.parametrize("name", SIGNS)
def test_three_relative_criteria_stop_and_two_hold(name):
    signs = [sign for sign in SIGNS[name][0] if sign != "moist_desquamation"]
    assert said(name, **dict.fromkeys(signs[:2], True)) == HOLD
    assert said(name, **dict.fromkeys(signs[:3], True)) == STOP


@pytest.mark.parametrize("name", SIGNS)
def test_a_dose_held_on_three_occasions_stops(name):
    assert [said(name, held_doses=held) for held in range(5)] == [GIVE, GIVE, GIVE, STOP, STOP]


def test_the_consensus_hears_rales_from_a_third_on_and_the_community_leaves_exactly_half_out():
    levels = ("none", "below_a_third", "a_third", "a_third_to_a_half", "a_half", "above_a_half")
    consensus = [said("consensus-2014", rales=level) for level in levels]
    community = [said("community-2015", crackles=level) for level in levels]
    assert consensus == [GIVE, GIVE, HOLD, HOLD, STOP, STOP]
    assert community == [GIVE, GIVE, GIVE, HOLD, GIVE, STOP]


# Where the two tables differ on one value: what the consensus says, what the community hospital says.
DIFFERENCES = [
    ({"heart_rate": "119 /min", "tachycardia_persists": True}, {"heart_rate": "119 /min"}, HOLD, GIVE),
    ({"phenylephrine_now": "0.1 ug/kg/min"}, {"pressor_needed": True}, GIVE, STOP),
    ({"supraventricular_tachycardia": True}, {}, STOP, GIVE),
    ({"bilirubin": "8 mg/dL"}, {}, HOLD, GIVE),
    ({"refractory_vomiting": True}, {"refractory_vomiting": True}, HOLD, STOP),
    ({"moist_desquamation": True}, {"moist_desquamation": True}, HOLD, STOP),
    ({"vivid_dreams": True}, {"vivid_dreams": True}, HOLD, STOP),
    ({"stool_volume": "1000 mL"}, {"stool_volume": "1000 mL"}, HOLD, GIVE),
    ({"weight_gain": "15 %"}, {"weight_gain": "15 %"}, GIVE, HOLD),
]


@pytest.mark.parametrize(("to_consensus", "to_community", "consensus", "community"), DIFFERENCES)
def test_the_two_tables_differ_where_they_were_found_to(to_consensus, to_community, consensus, community):
    assert said("consensus-2014", **to_consensus) == consensus
    assert said("community-2015", **to_community) == community


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("consensus-2014", {"renal.creatinine.rel", "pressor.most.abs"}),
        ("community-2015", {"renal.creatinine.rel", "lung.crackles.rel", "lung.crackles.abs"}),
        ("til-il2", {"renal.creatinine"}),
    ],
)
def test_each_hole_of_the_print_is_named_at_its_rule(name, rules):
    named = {rule.id for rule in shipped(name)[0].rules if "HOLE" in (rule.declared.interpretation or "")}
    assert named == rules


def test_265_micromoles_are_below_3_milligrams_and_fall_into_the_hole():
    found = [said("consensus-2014", creatinine=f"{x} umol/L") for x in (256, 257, 265, 266)]
    assert found == [HOLD, GIVE, GIVE, STOP]


# Eligibility: criterion, the last value that is eligible, the first that is not.
ELIGIBLE = [
    ("consensus-2014", "screen.age", {"age": "16 a"}, {"age": "15 a"}),
    ("consensus-2014", "screen.ecog", {"ecog": "1"}, {"ecog": "2"}),
    ("consensus-2014", "screen.white_cells", {"white_cells": "4000 /mm3"}, {"white_cells": "3900 /mm3"}),
    ("consensus-2014", "screen.platelets", {"platelets": "100000 /mm3"}, {"platelets": "99000 /mm3"}),
    ("consensus-2014", "screen.haemoglobin", {"haemoglobin": "10 g/dL"}, {"haemoglobin": "9.9 g/dL"}),
    (
        "consensus-2014",
        "screen.renal",
        {"creatinine": "1.6 mg/dL", "creatinine_clearance": "60 mL/min"},
        {"creatinine": "1.6 mg/dL", "creatinine_clearance": "59 mL/min"},
    ),
    ("consensus-2014", "screen.bilirubin", {"direct_bilirubin": "1.5 mg/dL"}, {"direct_bilirubin": "1.6 mg/dL"}),
    (
        "consensus-2014",
        "screen.lung",
        {"fev1": "2.01 L", "fev1_percent": "60 %"},
        {"fev1": "2 L", "fev1_percent": "74 %"},
    ),
    ("us-label", "screen.adult", {"age": "18 a"}, {"age": "17 a"}),
    ("til-il2", "screen.renal", {"creatinine_clearance": "61 mL/min"}, {"creatinine_clearance": "60 mL/min"}),
    ("til-il2", "screen.heart", {"ejection_fraction": "46 %"}, {"ejection_fraction": "45 %"}),
    (
        "til-il2",
        "screen.brain",
        {"brain_metastases": True, "brain_stable": "14 d"},
        {"brain_metastases": True, "brain_stable": "13 d"},
    ),
    (
        "nci-expected-toxicities",
        "screen.bilirubin",
        {"bilirubin": "2.9 mg/dL", "gilbert": True},
        {"bilirubin": "3 mg/dL", "gilbert": True},
    ),
    (
        "nci-expected-toxicities",
        "screen.heart",
        {"age": "60 a", "ejection_fraction": "45 %"},
        {"age": "60 a", "ejection_fraction": "44 %"},
    ),
]


@pytest.mark.parametrize(("name", "criterion", "inside", "outside"), ELIGIBLE)
def test_a_candidate_is_eligible_up_to_the_printed_value(name, criterion, inside, outside):
    protocol, _ = shipped(name)
    tree = next(screen.eligible for screen in protocol.screens if screen.id == criterion)
    for given, expected in ((inside, True), (outside, False)):
        ticks = {key: in_ticks(str(value), protocol.variables[key]) for key, value in given.items()}
        truth = evaluate(tree, {key: Fact(value, value) for key, value in ticks.items()})
        assert (truth.definite, truth.possible) == (expected, expected)


def test_the_regimens_are_those_of_the_published_table():
    found = {}
    for name in ("consensus-2014", "us-label", "til-il2", "low-dose", "il2-1998", "nci-expected-toxicities"):
        document = shipped(name)[0].document
        assert document.regimen is not None
        cycle, course = document.regimen.cycle, document.regimen.course
        found[name] = (str(document.dose["aldesleukin"].basis.amount), cycle.every, cycle.max_doses, course.cycles)
    per_kg = "[IU-aldesleukin]/kg"
    assert found == {
        "consensus-2014": (f"600000 {per_kg}", "8 h", 14, 2),
        "us-label": (f"600000 {per_kg}", "8 h", 14, 2),
        "til-il2": (f"600000 {per_kg}", "8 h", 6, 1),
        "low-dose": (f"72000 {per_kg}", "8 h", 15, 2),
        "il2-1998": (f"720000 {per_kg}", "8 h", 15, 2),
        "nci-expected-toxicities": (f"720000 {per_kg}", "8 h", 15, 2),
    }
