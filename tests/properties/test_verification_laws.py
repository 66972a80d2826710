"""Does the solver say of small protocols what trying every patient says?"""

from __future__ import annotations

import random
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.protocols.actions import Action
from seriatim.protocols.load import load_protocol
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._solver import Prover
from seriatim.protocols.verify._words import action_of
from seriatim.protocols.verify.direction import direction
from seriatim.protocols.verify.gaps import gaps
from seriatim.protocols.verify.holds import hold_against_resume
from seriatim.protocols.verify.monotone import is_monotone, not_monotone
from seriatim.protocols.verify.need_to_know import need_to_know
from seriatim.protocols.verify.redundant import is_redundant
from seriatim.protocols.verify.unreachable import is_reachable
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact
from seriatim.rules.formula import work_out
from seriatim.rules.tree import variables

# Thresholds stand at halves, so quarters meet every threshold and every stretch between two.
HEAD = """schema: seriatim.protocol/1
id: drawn
version: 1.0.0
title: Drawn at random
sources: {here: {cite: drawn}}
variables:
  creatinine: {type: quantity, text: creatinine, unit: mg/dL, codes: [c], resolution: 0.5, plausible: [0, 2], worse: up}
  platelets: {type: quantity, text: count, unit: 10*9/L, codes: [p], resolution: 0.5, plausible: [0, 2], worse: down}
  mind: {type: ordinal, text: mind, codes: [m], levels: [clear, dreams, coma], worse: up}
  ecg: {type: boolean, text: ECG, codes: [e], worse: up}
before_dose:
"""
QUARTER = 250_000
VALUES = {"creatinine": range(9), "platelets": range(9), "mind": range(3), "ecg": range(2)}
SCALE = {"creatinine": QUARTER, "platelets": QUARTER, "mind": 1, "ecg": 1}
WORSE = {"creatinine": 1, "platelets": -1, "mind": 1, "ecg": 1}
PATIENTS = [dict(zip(VALUES, values, strict=True)) for values in product(*VALUES.values())]


def condition(rng: random.Random, depth: int) -> str:
    kind = rng.choice(("and", "or", "not", "count", "atom", "atom", "atom")) if depth else "atom"
    if kind == "atom":
        return atom(rng)
    if kind == "not":
        return f"NOT ({condition(rng, depth - 1)})"
    parts = [condition(rng, depth - 1) for _ in range(rng.randint(2, 3))]
    if kind == "count":
        return f"at_least(2, {', '.join(parts)})"
    return f" {kind.upper()} ".join(f"({part})" for part in parts)


def atom(rng: random.Random) -> str:
    name = rng.choice(list(VALUES))
    if name == "ecg":
        return rng.choice(("ecg", "NOT ecg"))
    sign = rng.choice(("<", "<=", ">", ">=", "=", "<>"))
    if name == "mind":
        return f"mind {sign} '{rng.choice(('clear', 'dreams', 'coma'))}'"
    unit = {"creatinine": "mg/dL", "platelets": "10*9/L"}[name]
    low, high = sorted(rng.choice(("0", "0.5", "1", "1.5", "2")) for _ in range(2))
    if rng.random() < 0.4:
        return f"{name} BETWEEN '{low} {unit}' AND '{high} {unit}'"
    return f"{name} {sign} '{high} {unit}'"


def protocol_of(rng: random.Random) -> TreatmentProtocol:
    lines = []
    for place in range(rng.randint(1, 4)):
        then = rng.choice(("hold_dose", "stop_cycle"))
        resume = f', resume: "{condition(rng, 1)}"' if then == "hold_dose" and rng.random() < 0.3 else ""
        when = condition(rng, 1)
        source = "source: {ref: here, at: drawn}"
        lines.append(f'  - {{id: rule{place}, text: drawn, when: "{when}", then: {then}{resume}, {source}}}')
    return load_protocol(HEAD + "\n".join(lines))


def facts(patient: dict[str, int]) -> dict[str, Fact]:
    return {name: Fact(value * SCALE[name], value * SCALE[name]) for name, value in patient.items()}


def actions(protocol: TreatmentProtocol) -> dict[tuple[int, ...], Action]:
    return {tuple(patient.values()): action_of(protocol, facts(patient)) for patient in PATIENTS}


def charted(patient: dict[str, int]) -> bool:
    return patient["creatinine"] % 2 == 0 and patient["platelets"] % 2 == 0


def falls(protocol: TreatmentProtocol, name: str, on_grid: bool) -> bool:
    """Is there a patient for whom a worse value of one variable means less?"""
    known = actions(protocol)
    asked = [patient for patient in PATIENTS if charted(patient) or not on_grid]
    return any(
        known[tuple({**patient, name: other}.values())] < known[tuple(patient.values())]
        for patient in asked
        for other in VALUES[name]
        if (other - patient[name]) * WORSE[name] > 0 and (not on_grid or charted({**patient, name: other}))
    )


protocols = st.builds(protocol_of, st.randoms(use_true_random=False))


@settings(max_examples=40)
@given(protocol=protocols, on_grid=st.booleans())
def test_a_rule_is_unreachable_exactly_when_no_patient_has_it(protocol, on_grid):
    asked = [facts(patient) for patient in PATIENTS if charted(patient) or not on_grid]
    for rule in protocol.rules:
        found = any(evaluate(rule.tree, known).definite for known in asked)
        assert is_reachable(protocol, rule, on_grid=on_grid) == found


@settings(max_examples=30)
@given(protocol=protocols, on_grid=st.booleans())
def test_a_variable_is_monotone_exactly_when_no_worse_value_means_less(protocol, on_grid):
    falling = {name: falls(protocol, name, on_grid) for name in VALUES}
    assert {name: not is_monotone(protocol, name, on_grid=on_grid) for name in VALUES} == falling
    assert is_monotone(protocol, *VALUES, on_grid=on_grid) != any(falling.values())


@settings(max_examples=30)
@given(protocol=protocols)
def test_every_fall_is_reported_as_a_gap_or_as_not_monotone_and_nothing_else_is(protocol):
    reported = [*gaps(protocol), *not_monotone(protocol)]
    assert bool(reported) == any(falls(protocol, name, on_grid=False) for name in VALUES)


@settings(max_examples=30)
@given(protocol=protocols)
def test_the_patient_of_a_gap_gets_less_than_with_the_milder_value(protocol):
    for gap in gaps(protocol):
        with_value = [
            action_of(protocol, {**gap.patient.facts, gap.variable: Fact(value, value)})
            for value in (gap.before, gap.example)
        ]
        assert with_value[1] < with_value[0]
        assert (gap.example - gap.before) * WORSE[gap.variable] > 0


@settings(max_examples=30)
@given(protocol=protocols)
def test_a_rule_is_redundant_exactly_when_no_verdict_changes_without_it(protocol):
    prover = Prover(protocol)
    for rule in protocol.rules:
        having = [facts(patient) for patient in PATIENTS if evaluate(rule.tree, facts(patient)).definite]
        others = [other for other in protocol.rules if other.id != rule.id and other.then >= rule.then]
        covered = [any(evaluate(other.tree, known).definite for other in others) for known in having]
        assert is_redundant(prover, rule) == (bool(having) and all(covered))


@settings(max_examples=30)
@given(protocol=protocols)
def test_hold_and_resume_contradict_each_other_exactly_when_a_patient_has_both(protocol):
    told = {finding.rules[0] for finding in hold_against_resume(protocol) if finding.check == "hold against resume"}
    both = {
        rule.id
        for rule in protocol.rules
        if rule.resume is not None
        for patient in PATIENTS
        if evaluate(rule.tree, facts(patient)).definite and evaluate(rule.resume, facts(patient)).definite
    }
    assert told == both


@settings(max_examples=30)
@given(a=protocols, b=protocols, rng=st.randoms(use_true_random=False))
def test_the_direction_of_a_change_is_that_of_all_patients_with_and_without_open_holds(a, b, rng):
    opened = sorted({rule.id for protocol in (a, b) for rule in protocol.rules if rule.resume is not None})
    states = [{name for name, is_open in zip(opened, bits, strict=True) if is_open} for bits in
              product((False, True), repeat=len(opened))]  # fmt: skip
    asked = [facts(patient) for patient in rng.sample(PATIENTS, 120)]
    ways = set()
    for known in asked:
        for state in states:
            before, after = (action_of(protocol, known, state) for protocol in (a, b))
            ways |= {"tightening"} if after > before else {"loosening"} if after < before else set()
    found = direction(a, b)
    shown = {way for way, one in (("tightening", found.tightening), ("loosening", found.loosening)) if one}
    assert ways <= shown
    for way, one in (("tightening", found.tightening), ("loosening", found.loosening)):
        if one is not None:
            assert (one.b > one.a) == (way == "tightening")


@settings(max_examples=30)
@given(protocol=protocols, patient=st.sampled_from(PATIENTS), missing=st.sets(st.sampled_from(list(VALUES))))
def test_only_what_can_change_the_verdict_is_asked_for(protocol, patient, missing):
    known = {name: fact for name, fact in facts(patient).items() if name not in missing}
    verdicts = actions(protocol)
    fitting = [one for one in PATIENTS if all(one[name] == patient[name] for name in VALUES if name not in missing)]
    changing = {
        name
        for one in fitting
        for name in missing
        for other in VALUES[name]
        if verdicts[tuple({**one, name: other}.values())] != verdicts[tuple(one.values())]
    }
    assert set(need_to_know(protocol, known)) == changing


# A derived value beside one of its parts: the solver has to follow the quotient and its rounding.
DERIVED = """schema: seriatim.protocol/1
id: drawn
version: 1.0.0
title: Drawn at random
sources: {here: {cite: drawn}}
variables:
  weight: {type: quantity, text: weight, unit: kg, codes: [w], resolution: 1, plausible: [50, 60], worse: up}
  baseline: {type: quantity, text: baseline, unit: kg, codes: [b], resolution: 1, plausible: [50, 55]}
  gain: {type: quantity, text: gain, unit: "%", expr: (weight - baseline) / baseline, round: {to: 1, mode: MODE},
    plausible: [-30, 60], worse: up}
before_dose:
"""


def weights_protocol(rng: random.Random) -> TreatmentProtocol:
    lines = []
    for place in range(rng.randint(1, 3)):
        asked = [f"gain {rng.choice(('<', '<=', '>', '>=', '='))} '{rng.randint(-12, 25)} %'"]
        if rng.random() < 0.7:
            asked.append(f"weight {rng.choice(('<', '<=', '>', '>='))} '{rng.randint(50, 60)} kg'")
        when = f" {rng.choice(('AND', 'OR'))} ".join(asked)
        then = rng.choice(("hold_dose", "stop_cycle"))
        lines.append(f'  - {{id: rule{place}, text: drawn, when: "{when}", then: {then}, '
                     "source: {ref: here, at: drawn}}")  # fmt: skip
    return load_protocol(DERIVED.replace("MODE", rng.choice(("half_up", "down", "up"))) + "\n".join(lines))


def weighed(protocol: TreatmentProtocol, weight: int, baseline: int) -> dict[str, Fact]:
    known = {name: Fact(kg * 10**6, kg * 10**6) for name, kg in (("weight", weight), ("baseline", baseline))}
    return known | {"gain": work_out(protocol.formulas["gain"], known)}


@settings(max_examples=30)
@given(protocol=st.builds(weights_protocol, st.randoms(use_true_random=False)))
def test_a_rule_on_a_derived_value_and_its_part_is_reached_by_the_patients_who_have_both(protocol):
    patients = [weighed(protocol, weight, baseline) for weight in range(50, 61) for baseline in range(50, 56)]
    asks_weight = any("weight" in variables(rule.tree) for rule in protocol.rules)
    for rule in protocol.rules:
        found = any(evaluate(rule.tree, known).definite for known in patients)
        reachable = is_reachable(protocol, rule, on_grid=True)
        # Where no rule asks a part, every value between the extremes counts: a charted weight need not give it.
        assert reachable == found if asks_weight else reachable or not found


@settings(max_examples=30)
@given(protocol=st.builds(weights_protocol, st.randoms(use_true_random=False)))
def test_a_heavier_patient_gets_less_exactly_when_the_solver_says_so(protocol):
    falls_somewhere = any(
        action_of(protocol, weighed(protocol, heavier, baseline))
        < action_of(protocol, weighed(protocol, weight, baseline))
        for baseline in range(50, 56)
        for weight in range(50, 61)
        for heavier in range(weight, 61)
    )
    if any("weight" in variables(rule.tree) for rule in protocol.rules):
        assert is_monotone(protocol, "weight", on_grid=True) != falls_somewhere
    elif falls_somewhere:
        assert not is_monotone(protocol, "gain", on_grid=True)
