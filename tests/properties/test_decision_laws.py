"""Which laws does a verdict keep, whatever the protocol, the record, and what was decided before?"""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.protocol_strategies import Made, made, read
from tests.properties.rule_strategies import completed, facts_of, record, seeded
from tests.reference.protocol_reference import verdict

from seriatim.protocols.actions import LASTING, PERMITS, Action
from seriatim.protocols.bedside.decide import lasting
from seriatim.protocols.bedside.second_opinion import agrees
from seriatim.protocols.bedside.verdict import Verdict, judge
from seriatim.protocols.load import load_protocol
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact
from seriatim.rules.truth import Truth

AS_TRUTH = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
seeds = st.integers(0, 2**32 - 1).map(seeded)


def compared(rng: random.Random, one: Made, doses: int = 4) -> int:
    """Judge and reference over some doses of one cycle, each handed what the one before left; how many were alike."""
    open_holds, reached, kept, in_force = {}, Action.GIVE, {}, "give"
    for _ in range(doses):
        seen = record(rng, one.protocol.variables)
        found = judge(one.protocol, facts_of(seen, one.protocol.variables), open_holds, reached)
        wanted = verdict(
            one.rules,
            seen,
            open_holds=kept,
            in_force=in_force,
            required=one.required,
            when_undecided=one.when_undecided,
        )
        assert (found.definite, found.possible, found.operational) == (
            wanted["definite"],
            wanted["possible"],
            wanted["operational"],
        )
        assert list(found.held) == wanted["holds"]
        assert list(found.maybe) == wanted["may"]
        assert sorted(found.lacking) == wanted["lacking"]
        assert dict(found.latches) == {rule: AS_TRUTH[answer] for rule, answer in wanted["open"].items()}
        open_holds, reached = found.latches, lasting(found)
        kept, in_force = (
            wanted["open"],
            wanted["definite"] if wanted["definite"].startswith(("stop", "never")) else "give",
        )
    return doses


@settings(max_examples=30)
@given(seeds)
def test_the_verdict_is_that_of_a_slow_plain_reference(rng):
    one = made(rng)
    for _ in range(5):
        compared(rng, one)


@settings(max_examples=8)
@given(seeds)
def test_the_second_engine_gives_the_same_answers(rng):
    one = made(rng)
    for _ in range(3):
        assert agrees(one.protocol, facts_of(record(rng, one.protocol.variables), one.protocol.variables))


def completions(rng: random.Random, one: Made, n: int = 5) -> tuple[int, int]:
    """Fill one incomplete record at random; how many fillings, and how many lay outside the interval.

    A hold that is open stays until resuming is certain, whatever the missing values may be: where that decides, the
    lower end is what the protocol does and not what a complete record would say.
    """
    variables = one.protocol.variables
    known = facts_of(record(rng, variables), variables)
    before = {rule.id: rng.choice(list(Truth)) for rule in one.protocol.rules if rule.resume is not None}
    reached = rng.choice((Action.GIVE, Action.GIVE, Action.STOP_CYCLE))
    interval = judge(one.protocol, known, before, reached)
    waits = [
        rule.id
        for rule in one.protocol.rules
        if rule.resume is not None and before[rule.id] is Truth.TRUE and evaluate(rule.resume, known) is Truth.UNKNOWN
    ]
    least = judge(one.protocol, known, before | dict.fromkeys(waits, Truth.FALSE), reached).definite
    outside = 0
    for _ in range(n):
        sure = {rule: rng.choice([Truth.TRUE, Truth.FALSE]) if t is Truth.UNKNOWN else t for rule, t in before.items()}
        full = judge(one.protocol, completed(rng, known, variables), sure, reached)
        assert full.definite == full.possible, "a complete record leaves nothing open"
        outside += not least <= full.definite <= interval.possible
    return n, outside


@settings(max_examples=40)
@given(seeds)
def test_whatever_the_missing_values_are_the_verdict_lies_in_the_interval(rng):
    one = made(rng, asks_known=False)
    assert sum(completions(rng, one)[1] for _ in range(5)) == 0


def some(rng: random.Random, one: Made) -> tuple[Verdict, dict]:
    facts = facts_of(record(rng, one.protocol.variables), one.protocol.variables)
    return judge(one.protocol, facts), facts


@settings(max_examples=25)
@given(seeds)
def test_the_order_of_the_rules_means_nothing(rng):
    one = made(rng)
    turned = list(one.rules)
    rng.shuffle(turned)
    other = read(turned, one.required, one.when_undecided)
    for _ in range(5):
        found, facts = some(rng, one)
        again = judge(other, facts)
        assert replace(again, held=(), maybe=()) == replace(found, held=(), maybe=())
        assert (set(again.held), set(again.maybe)) == (set(found.held), set(found.maybe))


@given(seeds)
def test_no_rule_that_permits_ever_weakens_one_that_forbids(rng):
    one = made(rng)
    for _ in range(5):
        found, _ = some(rng, one)
        assert all(one.protocol.rule(name).then <= found.definite for name in found.held)
        assert all(one.protocol.rule(name).then <= found.possible for name in found.maybe)
        assert found.definite <= found.operational


@given(seeds)
def test_give_is_earned(rng):
    one = made(rng)
    for _ in range(10):
        found, facts = some(rng, one)
        if found.operational in PERMITS:
            assert found.definite == found.possible == found.operational
            assert all(isinstance(facts[name], Fact) for name in one.required)
            assert not [rule for rule, state in found.latches.items()
                        if state.possible and one.protocol.rule(rule).then > found.definite]  # fmt: skip


@given(seeds)
def test_a_stop_that_was_reached_is_never_undone_in_its_cycle(rng):
    one = made(rng)
    reached, open_holds = Action.GIVE, {}
    for _ in range(8):
        facts = facts_of(record(rng, one.protocol.variables), one.protocol.variables)
        found = judge(one.protocol, facts, open_holds, reached)
        assert found.definite >= reached
        assert reached not in LASTING or found.operational not in PERMITS
        reached, open_holds = lasting(found), found.latches


@given(st.lists(st.booleans() | st.none(), min_size=5, max_size=5), st.integers(1, 5))
def test_a_count_is_certain_by_those_that_hold_and_possible_by_those_that_may(signs, n):
    names = [f"sign_{place}" for place in range(5)]
    lines = "\n".join(f"  {name}: {{type: boolean, text: {name}, codes: [{name}]}}" for name in names)
    rules = "\n".join(
        f"  - {{id: {name}, text: t, when: {name}, then: hold_dose, counts_as: relative, source: {{ref: s, at: p}}}}"
        for name in names
    )
    protocol = load_protocol(
        "schema: seriatim.protocol/1\nid: counting\nversion: 1.0.0\ntitle: t\nsources: {s: {cite: s}}\n"
        f"variables:\n{lines}\nbefore_dose:\n{rules}\n"
        f'  - {{id: all, text: t, when: "at_least({n}, relative)", then: stop_cycle, source: {{ref: s, at: p}}}}\n'
    )
    facts = {name: Fact(int(sign), int(sign)) for name, sign in zip(names, signs, strict=True) if sign is not None}
    found = judge(protocol, facts)
    assert ("all" in found.held) == (signs.count(True) >= n)
    assert ("all" in found.held + found.maybe) == (signs.count(True) + signs.count(None) >= n)


HYSTERESIS = load_protocol("""
schema: seriatim.protocol/1
id: label
version: 1.0.0
title: t
sources: {s: {cite: s}}
variables:
  saturation: {type: quantity, text: saturation, unit: "%", codes: [spo2], resolution: 1, plausible: [30, 100], worse: down}
before_dose:
  - {id: lung, text: t, when: "saturation < '90 %'", then: hold_dose, resume: "saturation > '90 %'", source: {ref: s, at: p}}
""")  # noqa: E501


@given(st.lists(st.integers(85, 95), min_size=1, max_size=12))
def test_the_label_holds_below_90_resumes_above_90_and_at_90_nothing_changes(saturations):
    is_held, open_holds = False, {}
    for saturation in saturations:
        ticks = saturation * HYSTERESIS.variables["saturation"].ticks_per_unit
        found = judge(HYSTERESIS, {"saturation": Fact(ticks, ticks)}, open_holds)
        is_held = saturation < 90 or (is_held and saturation == 90)
        assert found.definite is found.possible is (Action.HOLD_DOSE if is_held else Action.GIVE)
        open_holds = found.latches


@given(st.lists(st.none() | st.integers(85, 95), min_size=1, max_size=12))
def test_a_hold_waits_for_a_saturation_that_is_certain_and_is_never_lost_for_want_of_one(saturations):
    """Held wherever it could be held by some saturation in the place of each missing one."""
    could_be, open_holds = {False}, {}
    for saturation in saturations:
        facts = {}
        if saturation is not None:
            ticks = saturation * HYSTERESIS.variables["saturation"].ticks_per_unit
            facts = {"saturation": Fact(ticks, ticks)}
        values = [saturation] if saturation is not None else range(85, 96)
        could_be = {value < 90 or (before and value == 90) for before in could_be for value in values}
        was = open_holds.get("lung", Truth.FALSE)
        open_holds = judge(HYSTERESIS, facts, open_holds).latches
        assert open_holds["lung"].possible or could_be == {False}
        assert saturation is not None or open_holds["lung"].definite == was.definite
