"""What becomes of an observation that is missing, old, wrong, or of doubtful time? Unknown with a reason, or refused.

None of them ever lets a dose be given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seriatim.errors import Misuse
from seriatim.protocols.actions import PERMITS
from seriatim.protocols.bedside.answer import answer
from seriatim.protocols.bedside.decide import decide
from seriatim.protocols.bedside.known import known_at
from seriatim.protocols.bedside.moment import Moment, PastDose
from seriatim.protocols.bedside.observations import Observation
from seriatim.protocols.load import load_protocol
from seriatim.protocols.timing.clock import instants
from seriatim.rules.facts import Fact, Missing, Unknown

PROTOCOL = load_protocol("""
schema: seriatim.protocol/1
id: looked-at
version: 1.0.0
title: Invented
sources: {paper: {cite: A paper}}
variables:
  creatinine: {type: quantity, text: creatinine, unit: mg/dL, also_accept: {umol/L: {factor: 1/88.4, source: paper}}, codes: [creatinine], max_age: 12 h, resolution: 0.1, plausible: [0.1, 30], worse: up, required_for: [give]}
  pressor: {type: quantity, text: pressor, unit: ug/kg/min, codes: [pressor], take: worst, window: {since: previous_planned}, worse: up, resolution: 0.1, plausible: [0, 10]}
  lipase: {type: quantity, text: lipase, unit: /L, codes: [lipase], take: previous, max_age: 3 d, resolution: 1, plausible: [1, 9000], worse: up}
  mental: {type: ordinal, text: mental state, codes: [mental], levels: [normal, confused, coma], window: {since: previous_planned}, worse: up}
  ischaemia: {type: boolean, text: ischaemia, codes: [ecg], max_age: 12 h, worse: up}
before_dose:
  - {id: renal, text: Creatinine, when: "creatinine >= '3 mg/dL'", then: stop_cycle, source: {ref: paper, at: p1}}
  - {id: pressure, text: Pressor, when: "pressor > '1 ug/kg/min'", then: hold_dose, source: {ref: paper, at: p1}}
  - {id: mind, text: Mind, when: "mental >= 'confused'", then: hold_dose, source: {ref: paper, at: p1}}
  - {id: heart, text: Heart, when: ischaemia, then: never_again, source: {ref: paper, at: p1}}
""")  # noqa: E501
AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
BEFORE = AT - timedelta(hours=8)
MOMENT = Moment("p1", 1, 1, AT, (PastDose(1, 1, BEFORE, "given"),))
HOUR = timedelta(hours=1)


def seen(code: str, value: str | None, unit: str | None = None, **changed) -> Observation:
    return replace(Observation("p1", code, value, unit, AT - HOUR), **changed)


WELL = [
    seen("creatinine", "1.1", "mg/dL"),
    seen("pressor", "0", "ug/kg/min"),
    seen("mental", "normal"),
    seen("ecg", "no"),
]
CREATININE = WELL[0]


def found(*instead: Observation, moment: Moment = MOMENT) -> Fact | Unknown:
    """What is known of the creatinine where these stand in the place of the good one."""
    return known_at(PROTOCOL, [*instead, *WELL[1:]], moment)["creatinine"]


def given_with(*instead: Observation, moment: Moment = MOMENT) -> bool:
    verdict = decide(PROTOCOL, [*instead, *WELL[1:]], moment, double_check=False).verdict
    return verdict.operational in PERMITS


def test_the_patient_of_these_tests_would_be_given_the_dose():
    assert given_with(CREATININE)


# What is charted instead of the good creatinine, and why it is no value.
BAD: dict[str, tuple[Missing, list[Observation]]] = {
    "nothing": (Missing.NEVER_MEASURED, []),
    "an empty cell": (Missing.NEVER_MEASURED, [replace(CREATININE, value=" ")]),
    "a cell that is not there": (Missing.NEVER_MEASURED, [replace(CREATININE, value=None)]),
    "a value of yesterday": (Missing.STALE, [replace(CREATININE, at=AT - 13 * HOUR)]),
    "a result on its way": (Missing.PENDING, [replace(CREATININE, recorded=AT + HOUR)]),
    "a result marked as pending": (Missing.PENDING, [replace(CREATININE, value=None, status="pending")]),
    "a value that cannot be": (Missing.IMPLAUSIBLE, [replace(CREATININE, value="900")]),
    "a code for missing": (Missing.IMPLAUSIBLE, [replace(CREATININE, value="-1")]),
    "999": (Missing.IMPLAUSIBLE, [replace(CREATININE, value="999")]),
    "the dot of SAS": (Missing.NOT_A_NUMBER, [replace(CREATININE, value=".")]),
    "no unit": (Missing.NO_UNIT, [replace(CREATININE, unit=None)]),
    "another unit": (Missing.OTHER_UNIT, [replace(CREATININE, unit="mmol/L")]),
    "a unit that is none": (Missing.OTHER_UNIT, [replace(CREATININE, unit="mg/dl per day")]),
    "NaN": (Missing.NOT_A_NUMBER, [replace(CREATININE, value="NaN")]),
    "infinity": (Missing.NOT_A_NUMBER, [replace(CREATININE, value="inf")]),
    "a decimal comma": (Missing.NOT_A_NUMBER, [replace(CREATININE, value="1,1")]),
    "digits of another script": (Missing.NOT_A_NUMBER, [replace(CREATININE, value="١")]),
    "a word": (Missing.NOT_A_NUMBER, [replace(CREATININE, value="see note")]),
    "a value of tomorrow": (Missing.IN_THE_FUTURE, [replace(CREATININE, at=AT + HOUR, recorded=AT - HOUR)]),
    "a cancelled result": (Missing.WITHDRAWN, [replace(CREATININE, status="cancelled")]),
    "a result entered in error": (Missing.WITHDRAWN, [replace(CREATININE, status="entered_in_error")]),
    "a haemolysed specimen": (Missing.DOUBTFUL_SPECIMEN, [replace(CREATININE, status="unreliable")]),
    "something that cannot be tested": (Missing.NOT_TESTABLE, [replace(CREATININE, status="not_testable")]),
    "two values of one time": (Missing.CONTRADICTORY, [CREATININE, replace(CREATININE, value="2.9")]),
    "a value and an unusable one of one time": (Missing.CONTRADICTORY, [CREATININE, replace(CREATININE, value="?")]),
    "a correction without a record": (
        Missing.CONTRADICTORY,
        [CREATININE, replace(CREATININE, value="2.9", status="corrected", recorded=AT)],
    ),
    "a correction that withdraws": (
        Missing.WITHDRAWN,
        [
            replace(CREATININE, record="lab 7", recorded=AT - HOUR),
            replace(CREATININE, record="lab 7", recorded=AT, status="entered_in_error"),
        ],
    ),
    "a good value, and a later one that is none": (
        Missing.IMPLAUSIBLE,
        [replace(CREATININE, at=AT - 3 * HOUR), replace(CREATININE, value="900")],
    ),
    "a good value, and one dated tomorrow": (
        Missing.IN_THE_FUTURE,
        [CREATININE, replace(CREATININE, value="3.5", at=AT + 20 * HOUR, recorded=AT - HOUR)],
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_observation_is_unknown_with_its_own_reason_and_nothing_is_given(what):
    why, instead = BAD[what]
    fact = found(*instead)
    assert isinstance(fact, Unknown)
    assert fact.why is why
    assert not given_with(*instead)


def test_the_reasons_are_told_apart_where_one_word_is_not_enough():
    comma, nan = (found(replace(CREATININE, value=value)) for value in ("1,1", "NaN"))
    assert "comma" in comma.detail
    assert nan.detail == "written as NaN"
    assert "١" not in found(replace(CREATININE, value="١")).detail


@pytest.mark.parametrize(
    ("text", "low", "high"), [("<0.2", 0.1, 0.199999), ("<=0.2", 0.1, 0.2), (">3", 3.000001, 30), (">= 2.5", 2.5, 30)]
)
def test_a_value_below_or_above_detection_is_a_range(text, low, high):
    fact = found(replace(CREATININE, value=text))
    per_unit = PROTOCOL.variables["creatinine"].ticks_per_unit
    assert isinstance(fact, Fact)
    assert (fact.low / per_unit, fact.high / per_unit) == (low, high)


def test_a_range_that_reaches_over_the_threshold_decides_nothing():
    for text, expected in (("<0.2", True), (">2.5", False), ("<3.5", False), (">3", False), ("<3", True)):
        assert given_with(replace(CREATININE, value=text)) is expected, text


def test_an_observation_of_another_patient_is_refused():
    with pytest.raises(Misuse, match="another patient"):
        found(CREATININE, replace(CREATININE, patient_id="p2"))
    with pytest.raises(Misuse, match="another patient"):
        decide(PROTOCOL, [*WELL, Observation("p2", "something else", "1", None, AT)], MOMENT)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(Misuse, match="time zone"):
        replace(CREATININE, at=datetime(2026, 3, 2, 5))  # noqa: DTZ001
    with pytest.raises(Misuse, match="time zone"):
        Moment("p1", 1, 1, datetime(2026, 3, 2, 6))  # noqa: DTZ001
    with pytest.raises(Misuse, match="time zone"):
        PastDose(1, 1, datetime(2026, 3, 2, 6), "given")  # noqa: DTZ001
    with pytest.raises(Misuse, match="ends its time before"):
        replace(CREATININE, at_latest=AT - 2 * HOUR)


def test_the_same_result_twice_is_one_result():
    assert found(CREATININE, CREATININE) == found(CREATININE)
    assert given_with(CREATININE, replace(CREATININE, record="again from the ward's device"))


def test_one_record_twice_at_one_time_with_two_contents_is_refused():
    twice = [replace(CREATININE, value=value, record="lab 7", recorded=AT - HOUR) for value in ("1.1", "3.3")]
    with pytest.raises(Misuse, match="lab 7 is there twice"):
        found(*twice)


def test_a_result_counts_as_it_was_known_by_the_decision_and_its_correction_only_afterwards():
    first = replace(CREATININE, value="1.1", record="lab 7", recorded=AT - HOUR)
    corrected = replace(CREATININE, value="3.1", record="lab 7", recorded=AT + 2 * HOUR, status="corrected")
    assert given_with(first, corrected)
    later = replace(MOMENT, known_at=AT + 3 * HOUR)
    assert not given_with(first, corrected, moment=later)
    assert decide(PROTOCOL, [first, corrected, *WELL[1:]], later).verdict.definite == "stop_cycle"


def test_a_result_that_was_charted_under_another_name_and_corrected_is_no_longer_there():
    wrong = replace(CREATININE, record="lab 7", recorded=AT - HOUR)
    right = replace(wrong, code="lipase", recorded=AT)
    assert found(wrong, right) == Unknown(Missing.NEVER_MEASURED)


NIGHT = ZoneInfo("America/New_York")


def test_a_time_that_is_there_twice_is_unclear_where_it_matters():
    previous = datetime(2026, 11, 1, 1, 15, tzinfo=NIGHT, fold=1)  # 06:15 UTC
    moment = Moment("p1", 1, 1, previous + 8 * HOUR, (PastDose(1, 1, previous, "given"),))
    early, late = instants("2026-11-01 01:30", "America/New_York")  # 05:30 or 06:30 UTC: before that dose, or after
    mental = Observation("p1", "mental", "normal", None, early, late)
    charted = [replace(one, at=moment.at - HOUR) for one in WELL if one.code != "mental"]
    assert known_at(PROTOCOL, [mental, *charted], moment)["mental"] == Unknown(
        Missing.TIME_UNCLEAR, age=int((moment.at - early).total_seconds())
    )
    assert decide(PROTOCOL, [mental, *charted], moment).verdict.operational not in PERMITS
    sure = [replace(mental, at=late, at_latest=None), *charted]
    assert decide(PROTOCOL, sure, moment).verdict.operational in PERMITS


@pytest.mark.parametrize(
    ("take", "times", "is_clear"),
    [
        ("last", [(5, 29), (7, 7)], False),  # hours before: charted for the day, and at an hour of that day
        ("last", [(8, 29), (7, 7)], True),
        ("last", [(7, 29), (7, 7)], False),
        ("first", [(5, 29), (7, 7)], False),
        ("first", [(9, 29), (7, 7)], True),
        ("previous", [(5, 29), (7, 7), (2, 2)], False),
        ("previous", [(2, 9), (7, 7), (3, 3)], False),
        ("previous", [(8, 29), (7, 7), (2, 2)], True),
    ],
)
def test_which_of_several_values_is_asked_has_to_be_certain(take, times, is_clear):
    """A value charted with its day alone may have come before or after another one of that day."""
    text = """
schema: seriatim.protocol/1
id: ordered
version: 1.0.0
title: Invented
sources: {paper: {cite: A paper}}
variables:
  creatinine: {type: quantity, text: c, unit: mg/dL, codes: [creatinine], take: TAKE, resolution: 0.1, plausible: [0.1, 30]}
before_dose:
  - {id: renal, text: t, when: "creatinine >= '3 mg/dL'", then: stop_cycle, source: {ref: paper, at: p1}}
"""  # noqa: E501
    protocol = load_protocol(text.replace("TAKE", take))
    charted = [
        seen("creatinine", f"{place + 1}", "mg/dL", at=AT - begins * HOUR, at_latest=AT - ends * HOUR)
        for place, (ends, begins) in enumerate(times)
    ]
    fact = known_at(protocol, charted, MOMENT)["creatinine"]
    assert isinstance(fact, Fact) is is_clear
    assert is_clear or fact.why is Missing.TIME_UNCLEAR


def test_two_clock_times_of_one_zone_are_compared_as_instants():
    first = datetime(2026, 11, 1, 1, 30, tzinfo=NIGHT)
    second = first.replace(fold=1)
    assert first == second, "that is how Python compares them"
    moment = Moment("p1", 1, 1, second + HOUR)
    fact = found(replace(CREATININE, at=first, value="3.5"), replace(CREATININE, at=second), moment=moment)
    assert fact.low == 1_100_000 * PROTOCOL.variables["creatinine"].scale, "the later of the two"


def test_of_a_worst_value_one_that_cannot_be_used_opens_the_bound():
    charted = [one for one in WELL if one.code != "pressor"]
    rates = [seen("pressor", "0.4", "ug/kg/min", at=AT - 3 * HOUR), seen("pressor", "fast", "ug/kg/min")]
    fact = known_at(PROTOCOL, [*charted, *rates], MOMENT)["pressor"]
    assert isinstance(fact, Fact)
    assert (fact.low, fact.high) == (400_000, 10_000_000)
    assert decide(PROTOCOL, [*charted, *rates], MOMENT).verdict.operational not in PERMITS


def test_an_assumption_never_stands_in_the_place_of_something_charted():
    text = """
schema: seriatim.protocol/1
id: assuming
version: 1.0.0
title: Invented
sources: {paper: {cite: A paper}}
variables:
  pressor: {type: quantity, text: pressor, unit: ug/kg/min, codes: [pressor], take: TAKE, worse: up, resolution: 0.1, plausible: [0, 10], missing: {assume: 0 ug/kg/min, because: complete chart, source: paper}}
before_dose:
  - {id: pressure, text: Pressor, when: "pressor > '1 ug/kg/min'", then: hold_dose, source: {ref: paper, at: p1}}
"""  # noqa: E501
    blank, unusable = seen("pressor", "", "ug/kg/min"), seen("pressor", "rate?", "ug/kg/min")
    for take in ("last", "worst"):
        protocol = load_protocol(text.replace("TAKE", take))
        assert decide(protocol, [], MOMENT).verdict.operational in PERMITS
        for charted in ([unusable], [blank, unusable], [unusable, blank]):
            assert decide(protocol, charted, MOMENT).verdict.operational not in PERMITS, (take, charted)
        waiting = [seen("pressor", None, "ug/kg/min", status="pending")]
        assert decide(protocol, waiting, MOMENT).verdict.operational not in PERMITS


REQUEST = """
schema: seriatim.decision-request/1
patient: p1
at: 2026-03-02T06:00:00Z
past: [{{at: "2026-03-01T22:00:00Z", status: given}}]
observations:
  - {{code: creatinine, value: {value}, unit: mg/dL, at: "{at}"}}
  - {{code: pressor, value: 0, unit: ug/kg/min, at: "2026-03-02T05:00:00Z"}}
  - {{code: mental, value: normal, at: "2026-03-02T05:00:00Z"}}
  - {{code: ecg, value: false, at: "2026-03-02T05:00:00Z"}}
"""


@pytest.mark.parametrize(
    ("value", "at", "operational"),
    [
        ("1.1", "2026-03-02T05:00:00Z", "give"),
        (".nan", "2026-03-02T05:00:00Z", "delay"),
        (".inf", "2026-03-02T05:00:00Z", "delay"),
        ("null", "2026-03-02T05:00:00Z", "delay"),
        ('"1,1"', "2026-03-02T05:00:00Z", "delay"),
        ("1.1", "2026-03-02T07:00:00Z", "delay"),
    ],
)
def test_a_request_file_says_the_same(value, at, operational):
    asked = answer(PROTOCOL, REQUEST.format(value=value, at=at), double_check=False)
    assert asked.decision.verdict.operational == operational


@given(
    what=st.sampled_from(sorted(BAD)),
    place=st.sampled_from(("creatinine", "pressor", "mental", "ecg")),
    order=st.randoms(use_true_random=False),
)
def test_none_of_them_ever_lets_a_dose_be_given(what, place, order):
    """Whichever variable it befalls, and in whatever order things are charted."""
    good = next(one for one in WELL if one.code == place)
    _, instead = BAD[what]
    moved = [_like(one, good) for one in instead]
    charted = [*moved, *(one for one in WELL if one.code != place)]
    order.shuffle(charted)
    verdict = decide(PROTOCOL, charted, MOMENT, double_check=False).verdict
    assert verdict.operational not in PERMITS


def _like(bad: Observation, good: Observation) -> Observation:
    """The same fault in another variable; a word has no unit that could be wrong."""
    words = good.code in ("mental", "ecg")
    assume(not words or bad.unit == "mg/dL")
    worse = {"creatinine": "2.9", "pressor": "3", "mental": "coma", "ecg": "yes"}[good.code]
    value = {"1.1": good.value, "2.9": worse}.get(bad.value or "", bad.value)
    return replace(bad, code=good.code, value=value, unit=good.unit if bad.unit == "mg/dL" else bad.unit)
