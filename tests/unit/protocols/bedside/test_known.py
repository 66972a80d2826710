"""Which recorded value of a variable counts at a decision: in which window, of which drug, of which patients at all?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seriatim.errors import Misuse
from seriatim.protocols.bedside.decide import decide
from seriatim.protocols.bedside.known import known_at
from seriatim.protocols.bedside.moment import Moment, PastDose
from seriatim.protocols.bedside.near_misses import near_misses
from seriatim.protocols.bedside.observations import Observation
from seriatim.protocols.bedside.together import together
from seriatim.protocols.load import load_protocol
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.rules.facts import Fact, Missing, Unknown

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
HEAD = """
schema: seriatim.protocol/1
id: windows
version: 1.0.0
title: Invented
sources: {paper: {cite: A paper}}
variables:
"""
RULE = "  - {id: ID, text: t, when: WHEN, then: THEN, source: {ref: paper, at: p1}}\n"


def protocol(variables: str, **rules: str) -> TreatmentProtocol:
    lines = [
        RULE.replace("ID", name).replace("WHEN", f'"{text.split("; ")[0]}"').replace("THEN", text.split("; ")[1])
        for name, text in rules.items()
    ]
    return load_protocol(HEAD + variables + "before_dose:\n" + "".join(lines))


def pressor(window: str, take: str = "worst") -> TreatmentProtocol:
    return protocol(
        f"  pressor: {{type: quantity, text: pressor, unit: ug/kg/min, codes: [phenylephrine], take: {take}, worse: up,"
        f" window: {{{window}}}, resolution: 0.1, plausible: [0, 10]}}\n",
        high="pressor > '1 ug/kg/min'; hold_dose",
    )


def moment(*statuses: str, cycle: int = 1) -> Moment:
    past = [PastDose(1, cycle, AT - timedelta(hours=8 * (len(statuses) - n)), one) for n, one in enumerate(statuses)]
    return Moment("p1", 1, cycle, AT, tuple(past))


def rate(value: str, hours: float, code: str = "phenylephrine") -> Observation:
    return Observation("p1", code, value, "ug/kg/min", AT - timedelta(hours=hours))


RATES = [rate("3", 30), rate("2", 20), rate("0.5", 4)]


@pytest.mark.parametrize(
    ("window", "statuses", "worst"),
    [
        ("since: previous_planned", ("given", "given", "skipped"), 0.5),
        ("since: previous_given", ("given", "given", "skipped"), 0.5),
        ("since: previous_given", ("given", "skipped", "skipped"), 2),
        ("since: previous_given", ("given", "held", "partial"), 0.5),
        ("since: cycle_start", ("given", "given", "skipped"), 2),
        ("since: ever", ("given", "given", "skipped"), 3),
        ("since: previous_planned", (), 3),
    ],
)
def test_the_worst_since_the_last_dose_says_since_which_planned_or_given(window, statuses, worst):
    fact = known_at(pressor(window), RATES, moment(*statuses))["pressor"]
    assert isinstance(fact, Fact)
    assert fact.high == worst * 10**6


def test_what_was_charted_at_the_previous_dose_belonged_to_that_one():
    assert known_at(pressor("since: previous_planned"), [rate("3", 8)], moment("given"))["pressor"] == Unknown()


def test_a_baseline_is_taken_up_to_the_first_dose_and_never_from_the_cycle():
    baseline = pressor("before: cycle_start", "last")
    assert known_at(baseline, RATES, moment("given", "given"))["pressor"].high == 2 * 10**6
    assert known_at(baseline, [rate("0.5", 4)], moment("given", "given"))["pressor"] == Unknown()


def test_noradrenaline_is_no_phenylephrine_unless_a_table_says_how_much():
    found = known_at(pressor("since: previous_planned"), [rate("3", 2, "noradrenaline")], moment("given"))
    assert found["pressor"] == Unknown(Missing.NEVER_MEASURED)


def test_without_a_catheter_there_is_no_urine_to_miss_and_it_is_not_nought():
    shift = protocol(
        "  catheter: {type: boolean, text: catheter, codes: [catheter]}\n"
        "  urine: {type: quantity, text: urine, unit: mL, codes: [urine], worse: down, resolution: 1,"
        " plausible: [0, 9000], required_for: [give], applies_when: catheter}\n",
        low="urine < '160 mL'; hold_dose",
    )

    def verdict(*charted: tuple[str, str, str | None]) -> str:
        seen = [Observation("p1", code, value, unit, AT - timedelta(hours=1)) for code, value, unit in charted]
        return str(decide(shift, seen, moment("given"), double_check=False).verdict.operational)

    assert verdict(("catheter", "no", None)) == "give"
    assert verdict(("catheter", "yes", None)) == "delay"
    assert verdict() == "delay", "whether there is a catheter is not known"
    assert verdict(("catheter", "yes", None), ("urine", "100", "mL")) == "hold_dose"


def test_a_shift_of_half_its_length_is_not_scaled_up_to_a_whole_one():
    shift = protocol(
        "  urine: {type: quantity, text: urine in 8 h, unit: mL, codes: [urine_shift], resolution: 1,"
        " plausible: [0, 9000]}\n",
        low="urine < '160 mL'; hold_dose",
    )
    seen = [Observation("p1", "urine_shift", "100", "mL", AT - timedelta(hours=4))]
    assert known_at(shift, seen, moment("given"))["urine"].low == 100 * 10**6
    half = [Observation("p1", "urine_shift", "100", "mL/4h", AT - timedelta(hours=4))]
    assert known_at(shift, half, moment("given"))["urine"].why is Missing.OTHER_UNIT


def test_the_start_of_a_second_cycle_may_have_rules_of_its_own():
    restart = protocol(
        "  cycle: {type: count, text: cycle, history: cycle}\n"
        "  dose: {type: count, text: dose, history: planned_dose}\n"
        "  recovered: {type: boolean, text: recovered to grade 1, codes: [recovered]}\n",
        restart="cycle >= 2 AND dose = 1 AND NOT recovered; delay",
    )
    assert decide(restart, [], moment("given", cycle=1), double_check=False).verdict.operational == "give"
    assert decide(restart, [], moment("given", cycle=2), double_check=False).verdict.operational == "give"
    assert decide(restart, [], moment(cycle=2), double_check=False).verdict.operational == "delay"
    well = [Observation("p1", "recovered", "yes", None, AT)]
    assert decide(restart, well, moment(cycle=2), double_check=False).verdict.operational == "give"


def test_another_drug_is_waited_for_until_it_is_washed_out():
    washout = protocol(
        "  contrast: {type: boolean, text: contrast medium given, codes: [contrast]}\n",
        contrast="contrast AND hours_since(contrast) < '48 h'; hold_dose",
    )
    for hours, expected in ((47, "hold_dose"), (48, "give")):
        seen = [Observation("p1", "contrast", "yes", None, AT - timedelta(hours=hours))]
        assert decide(washout, seen, moment("given"), double_check=False).verdict.operational == expected


def test_one_event_that_fulfils_two_rules_counts_once():
    text = (
        HEAD
        + "  fever: {type: boolean, text: fever, codes: [fever]}\n"
        + "  rigor: {type: boolean, text: rigor, codes: [rigor]}\n"
        + "  rash: {type: boolean, text: rash, codes: [rash]}\n"
        + "before_dose:\n"
        + "".join(
            f"  - {{id: {name}, text: t, when: {name}, then: delay, counts_as: relative, count_once: {once},"
            " source: {ref: paper, at: p1}}\n"
            for name, once in (("fever", "reaction"), ("rigor", "reaction"), ("rash", "skin"))
        )
        + '  - {id: two, text: t, when: "at_least(2, relative)", then: stop_cycle, source: {ref: paper, at: p1}}\n'
    )
    seen = [Observation("p1", code, "yes", None, AT) for code in ("fever", "rigor")]
    seen.append(Observation("p1", "rash", "no", None, AT))
    assert decide(load_protocol(text), seen, moment("given")).verdict.definite == "delay"
    apart = load_protocol(text.replace("count_once: reaction,", ""))
    assert decide(apart, seen, moment("given")).verdict.definite == "stop_cycle"


def test_under_two_protocols_the_more_restrictive_one_counts_and_is_cited():
    strict = load_protocol(
        HEAD.replace("id: windows", "id: strict")
        + "  pressor: {type: quantity, text: pressor, unit: ug/kg/min, codes: [phenylephrine], resolution: 0.1,"
        " plausible: [0, 10]}\nbefore_dose:\n"
        + RULE.replace("ID", "any").replace("WHEN", "\"pressor > '0 ug/kg/min'\"").replace("THEN", "stop_cycle")
    )
    seen, now = [rate("0.5", 4)], moment("given")
    both = together([decide(one, seen, now) for one in (pressor("since: previous_planned"), strict)])
    assert (both.definite, both.possible, both.operational) == ("stop_cycle",) * 3
    assert both.words == "Stop this cycle, by strict@1.0.0."
    later = decide(strict, seen, Moment("p1", 1, 1, AT + timedelta(hours=8)))
    with pytest.raises(Misuse, match="different patients or times"):
        together([*both.decisions, later])
    with pytest.raises(Misuse, match="no decision"):
        together([])


def test_a_rule_that_one_step_of_the_chart_would_make_hold_is_a_near_miss():
    asked = pressor("since: previous_planned")
    found = near_misses(asked, known_at(asked, [rate("1", 4)], moment("given")))
    assert [(one.rule, one.found, one.step) for one in found] == [("high", "1 microg/kg/min", "0.1 microg/kg/min")]
    assert near_misses(asked, known_at(asked, [rate("0.9", 4)], moment("given"))) == ()
    assert near_misses(asked, known_at(asked, [], moment("given"))) == ()


@pytest.mark.parametrize(
    ("history", "counted"),
    [
        ("held_doses", 1),
        ("held_in_a_row", 1),
        ("doses_given", 2),
        ("doses_given_in_course", 3),
        ("planned_dose", 4),
        ("cycle", 2),
        ("course", 3),
    ],
)
def test_a_counter_counts_the_doses_of_the_cycle_or_of_the_course(history, counted):
    counting = protocol(f"  n: {{type: count, text: n, history: {history}}}\n", any="n >= 100; hold_dose")
    cycles = [(2, 2, "given"), (3, 1, "given"), (3, 2, "given"), (3, 2, "partial"), (3, 2, "held")]
    past = [PastDose(course, cycle, AT - timedelta(hours=90 - n), s) for n, (course, cycle, s) in enumerate(cycles)]
    assert known_at(counting, [], Moment("p1", 3, 2, AT, tuple(past)))["n"] == Fact(counted, counted)


def test_the_first_and_the_previous_value_are_asked_with_their_own_age():
    for take, hours in (("first", 30), ("previous", 20), ("last", 4)):
        fact = known_at(pressor("since: ever", take), RATES, moment("given"))["pressor"]
        assert fact.age == hours * 3600
    assert known_at(pressor("since: ever", "previous"), RATES[:1], moment())["pressor"].why is Missing.NEVER_MEASURED


def test_of_values_that_may_lie_outside_the_window_the_worst_may_be_worse():
    since = pressor("since: previous_planned")
    unclear = Observation("p1", "phenylephrine", "3", "ug/kg/min", AT - timedelta(hours=9), AT - timedelta(hours=7))
    fact = known_at(since, [unclear, rate("0.5", 4)], moment("given"))["pressor"]
    assert (fact.low, fact.high) == (500_000, 3_000_000)
    assert known_at(since, [unclear], moment("given"))["pressor"].why is Missing.TIME_UNCLEAR


def test_the_best_value_is_the_other_end():
    fact = known_at(pressor("since: ever", "best"), RATES, moment("given"))["pressor"]
    assert (fact.low, fact.high) == (500_000, 500_000)
    mixed = known_at(pressor("since: ever", "best"), [*RATES, rate("slow", 3)], moment("given"))["pressor"]
    assert (mixed.low, mixed.high) == (0, 500_000)
