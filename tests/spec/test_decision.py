"""What follows for the next dose from what is charted, what is missing, and what was decided before?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seriatim.errors import InvalidDocument, Misuse
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.barrier import Barrier
from seriatim.protocols.bedside.decide import Decision, carried, decide
from seriatim.protocols.bedside.moment import Moment, PastDose
from seriatim.protocols.bedside.observations import Observation
from seriatim.protocols.load import load_protocol
from seriatim.protocols.protocol import NOT_FOR_USE
from seriatim.rules.truth import Truth

TEXT = """
schema: seriatim.protocol/1
id: q8h
version: 1.0.0
title: Invented, for tests
sources: {paper: {cite: A paper}}
variables:
  creatinine: {type: quantity, text: creatinine, unit: mg/dL, also_accept: {umol/L: {factor: 1/88.4, source: paper}}, codes: [creatinine], max_age: 12 h, resolution: 0.1, plausible: [0.1, 30], worse: up, required_for: [give]}
  saturation: {type: quantity, text: oxygen saturation, unit: "%", codes: [spo2], max_age: 4 h, resolution: 1, plausible: [30, 100], worse: down, required_for: [give]}
  ischaemia: {type: boolean, text: ischaemia on the ECG, codes: [ecg], max_age: 24 h, worse: up}
  rigor: {type: boolean, text: rigor, codes: [rigor], worse: up}
  held: {type: count, text: doses held, history: held_doses}
  in_a_row: {type: count, text: doses held in a row, history: held_in_a_row}
before_dose:
  - {id: renal.rel, text: Creatinine 2.5 to below 3, when: "creatinine >= '2.5 mg/dL' AND creatinine < '3 mg/dL'", then: hold_dose, counts_as: relative, measures: [fluid review], source: {ref: paper, at: table 1}}
  - {id: renal.abs, text: Creatinine 3 or more, when: "creatinine >= '3 mg/dL'", then: stop_cycle, source: {ref: paper, at: table 1}}
  - {id: lung.rel, text: Saturation below 90, when: "saturation < '90 %'", then: hold_dose, resume: "saturation > '90 %'", counts_as: relative, source: {ref: paper, at: table 1}}
  - {id: heart.abs, text: Ischaemia, when: ischaemia, then: never_again, source: {ref: paper, at: table 1}}
  - {id: rigor.rel, text: Rigor, when: rigor, then: hold_dose, counts_as: relative, source: {ref: paper, at: table 1}}
  - {id: rigor.care, text: Warm the patient, when: rigor, then: give_with_measures, measures: [pethidine], source: {ref: paper, at: table 2}}
  - {id: three, text: Three relative, when: "at_least(3, relative)", then: stop_cycle, source: {ref: paper, at: footnote}}
  - {id: held_thrice, text: Held three times, when: held >= 3, then: stop_cycle, source: {ref: paper, at: footnote}}
  - {id: held_twice_running, text: Held twice running, when: in_a_row >= 2, then: stop_course, source: {ref: paper, at: footnote}}
"""  # noqa: E501
PROTOCOL = load_protocol(TEXT)
SIX = datetime(2026, 3, 2, 6, tzinfo=UTC)
WELL = {"creatinine": "1.1 mg/dL", "spo2": "97 %", "ecg": "no", "rigor": "no"}


def at(*statuses: str, course: int = 1, cycle: int = 1) -> Moment:
    """Six in the morning, after doses every 8 hours with these ends."""
    past = tuple(
        PastDose(course, cycle, SIX - timedelta(hours=8 * (len(statuses) - place)), status)
        for place, status in enumerate(statuses)
    )
    return Moment("p1", course, cycle, SIX, past)


def charted(**changed: str | None) -> list[Observation]:
    """A patient in whom all is well, but for what is named; None leaves it out."""
    values = {code: text for code, text in (WELL | changed).items() if text is not None}
    return [
        Observation("p1", code, *(text.split(" ") if " " in text else (text, None)), SIX - timedelta(hours=1))
        for code, text in values.items()
    ]


def verdict(moment: Moment | None = None, **changed: str | None) -> tuple[Action, Action, Action]:
    found = decide(PROTOCOL, charted(**changed), moment or at("given"), double_check=False).verdict
    return found.definite, found.possible, found.operational


def decided(**changed: str | None) -> Decision:
    return decide(PROTOCOL, charted(**changed), at("given"))


def test_a_patient_in_whom_all_is_known_and_well_is_given_the_dose():
    assert verdict() == (Action.GIVE, Action.GIVE, Action.GIVE)


@pytest.mark.parametrize("code", ["creatinine", "spo2"])
def test_without_a_required_value_nothing_is_given_and_it_is_asked_for(code):
    found = decided(**{code: None})
    assert found.verdict.operational is Action.DELAY
    assert found.verdict.lacking == ({"creatinine": "creatinine", "spo2": "saturation"}[code],)
    assert f"Obtain: {found.obtain[0]}." in found.words


def test_a_value_that_only_a_rule_asks_for_leaves_the_stop_possible():
    assert verdict(ecg=None) == (Action.GIVE, Action.NEVER_AGAIN, Action.DELAY)


def test_a_hold_that_is_certain_stands_where_a_stop_is_possible():
    assert verdict(ecg=None, creatinine="2.7 mg/dL") == (Action.HOLD_DOSE, Action.NEVER_AGAIN, Action.HOLD_DOSE)


def test_what_is_certain_and_worst_needs_nothing_further():
    assert verdict(ecg="yes", creatinine=None) == (Action.NEVER_AGAIN,) * 3


def test_a_rule_that_forbids_beats_one_that_permits():
    assert verdict(rigor="yes")[2] is Action.HOLD_DOSE


def test_three_relative_criteria_stop_the_cycle_and_two_hold_the_dose():
    assert verdict(rigor="yes", spo2="88 %")[2] is Action.HOLD_DOSE
    assert verdict(rigor="yes", spo2="88 %", creatinine="2.6 mg/dL") == (Action.STOP_CYCLE,) * 3


def test_two_relative_criteria_and_an_unknown_one_may_be_three():
    found = decided(rigor="yes", spo2="88 %", creatinine=None)
    assert found.verdict.definite is Action.HOLD_DOSE
    assert "three" in found.verdict.maybe
    assert [reason.rule for reason in found.cannot_exclude] == ["renal.abs", "three"]


def test_265_micromol_per_litre_is_below_three_milligrams_and_266_is_not():
    assert verdict(creatinine="265 umol/L")[2] is Action.HOLD_DOSE
    assert verdict(creatinine="266 umol/L")[2] is Action.STOP_CYCLE


def test_a_hold_with_resume_stays_at_exactly_the_threshold_and_ends_above():
    first = decided(spo2="89 %")
    assert first.verdict.latches == {"lung.rel": Truth.TRUE}
    later = at("given", "held")
    for saturation, expected in (("90 %", Action.HOLD_DOSE), ("91 %", Action.GIVE)):
        latches, reached = carried(first, later)
        found = decide(PROTOCOL, charted(spo2=saturation), later, latches=latches, reached=reached)
        assert found.verdict.operational is expected, saturation
    assert verdict(spo2="90 %")[2] is Action.GIVE, "without an open hold 90 is no reason to hold"


def test_an_open_hold_is_told_as_one_whose_rule_does_not_hold_now():
    found = decide(PROTOCOL, charted(spo2="90 %"), at("given"), latches={"lung.rel": Truth.TRUE})
    assert [(one.rule, one.still_open) for one in found.because] == [("lung.rel", True)]


def test_an_open_hold_stays_where_resuming_is_not_certain():
    found = decide(PROTOCOL, charted(spo2=None), at("given"), latches={"lung.rel": Truth.TRUE})
    assert found.verdict.definite is Action.HOLD_DOSE
    assert found.because[0].still_open
    assert "Obtain: oxygen saturation." in found.words


def test_a_hold_that_was_only_possible_stays_possible_until_resuming_is_certain():
    found = decide(PROTOCOL, charted(spo2="90 %"), at("given"), latches={"lung.rel": Truth.UNKNOWN}).verdict
    assert (found.definite, found.possible, found.operational) == (Action.GIVE, Action.HOLD_DOSE, Action.DELAY)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("held", "given", "held", "given"), Action.GIVE),
        (("held", "given", "held", "given", "held", "given"), Action.STOP_CYCLE),
        (("given", "held", "held"), Action.STOP_COURSE),
        (("held", "skipped", "held"), Action.GIVE),
        (("skipped", "refused", "not_charted"), Action.GIVE),
    ],
)
def test_held_doses_are_counted_in_the_cycle_and_in_a_row(statuses, expected):
    assert verdict(at(*statuses))[2] is expected


def test_holds_of_another_cycle_do_not_count():
    past = tuple(PastDose(1, 1, SIX - timedelta(days=10, hours=8 * place), "held") for place in (3, 2, 1))
    assert verdict(Moment("p1", 1, 2, SIX, past))[2] is Action.GIVE


def test_a_stop_lasts_as_long_as_its_name_says():
    for ecg, creatinine, stop in (("no", "3.1 mg/dL", Action.STOP_CYCLE), ("yes", "1 mg/dL", Action.NEVER_AGAIN)):
        first = decided(ecg=ecg, creatinine=creatinine)
        assert first.verdict.definite is stop
        same_cycle, next_cycle, next_course = (
            carried(first, Moment("p1", course, cycle, SIX + timedelta(days=1)))[1]
            for course, cycle in ((1, 1), (1, 2), (2, 1))
        )
        assert same_cycle is stop
        ends = stop is Action.STOP_CYCLE
        assert (next_cycle, next_course) == ((Action.GIVE,) * 2 if ends else (stop,) * 2)


def test_after_a_stop_nothing_is_given_however_well_the_patient_is():
    for stop in (Action.STOP_CYCLE, Action.STOP_COURSE, Action.NEVER_AGAIN):
        assert decide(PROTOCOL, charted(), at("given"), reached=stop).verdict.operational is stop


def test_holds_left_open_end_with_their_cycle():
    first = decided(spo2="85 %")
    assert carried(first, Moment("p1", 1, 2, SIX + timedelta(days=9)))[0] == {}


def test_a_barrier_outside_the_rules_keeps_the_dose_back():
    found = decide(PROTOCOL, charted(), at("given"), barriers=[Barrier("timing", Action.DELAY, "too early")])
    assert found.verdict.operational is Action.DELAY
    assert found.barriers[0].text == "too early"


def test_each_reason_shows_the_value_as_charted_beside_the_converted_one():
    (why,) = decided(creatinine="265 umol/L").because
    assert why.atoms[0].charted == "265 micromol/L"
    assert why.atoms[0].found == "2.997737557 mg/dL"
    assert why.source == "paper, table 1"


def test_a_stale_value_is_told_with_its_age_and_limit():
    old = [Observation("p1", "creatinine", "1.1", "mg/dL", SIX - timedelta(hours=19))]
    found = decide(PROTOCOL, [*charted(creatinine=None), *old], at("given"))
    (renal, *_) = [why for why in found.cannot_exclude if why.rule == "renal.abs"]
    assert renal.atoms[0].found == "unknown: older than it may be: 19 h old, limit 12 h"
    assert renal.atoms[0].charted == "1.1 mg/dL"


def test_measures_are_those_of_the_rules_that_hold():
    assert decided(rigor="yes").measures == ("pethidine",)
    assert decided(creatinine="2.6 mg/dL").measures == ("fluid review",)


def test_every_decision_carries_the_caution():
    assert decided().words.endswith(NOT_FOR_USE)


def test_a_protocol_that_gives_where_undecided_is_no_protocol():
    with pytest.raises(InvalidDocument, match="what is not decided is not given"):
        load_protocol(TEXT + "when_undecided: give_with_measures\n")


def test_undecided_may_be_more_than_a_delay():
    stricter = load_protocol(TEXT + "when_undecided: hold_dose\n")
    assert decide(stricter, charted(ecg=None), at("given")).verdict.operational is Action.HOLD_DOSE


def test_a_decision_names_what_in_its_protocol_is_unverified():
    doubtful = TEXT.replace("at: table 2}}", "at: table 2}, evidence: M}")
    found = decide(load_protocol(doubtful, unverified=True), charted(), at("given"))
    assert found.unverified == ("rigor.care",)
    assert "unverified" in found.words
    with pytest.raises(Misuse, match="unverified"):
        load_protocol(doubtful)


def test_doses_out_of_order_or_after_the_decision_are_refused():
    dose = PastDose(1, 1, SIX, "given")
    with pytest.raises(Misuse, match="not in order"):
        Moment("p1", 1, 1, SIX, (dose, PastDose(1, 1, SIX - timedelta(hours=8), "given")))
    with pytest.raises(Misuse, match="after the decision"):
        Moment("p1", 1, 1, SIX - timedelta(hours=1), (dose,))
