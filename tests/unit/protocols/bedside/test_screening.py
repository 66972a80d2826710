"""Is a candidate eligible, criterion by criterion, with waivers, periods of validity and consent?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seriatim.errors import Misuse
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.decide import decide
from seriatim.protocols.bedside.moment import Moment
from seriatim.protocols.bedside.observations import Observation
from seriatim.protocols.bedside.screening import Consent, Screening, Waiver, screen
from seriatim.protocols.load import load_protocol

PROTOCOL = load_protocol("""
schema: seriatim.protocol/1
id: screened
version: 1.0.0
title: Screened
sources: {paper: {cite: A paper}}
variables:
  age: {type: quantity, text: age, unit: a, codes: [age], resolution: 1, plausible: [0, 120]}
  lvef: {type: quantity, text: ejection fraction, unit: "%", codes: [lvef], resolution: 1, plausible: [5, 90]}
  pregnant: {type: boolean, text: pregnancy test positive, codes: [hcg]}
  before: {type: quantity, text: weight before, unit: kg, codes: [weight], take: first, resolution: 0.1, plausible: [30, 250]}
  now: {type: quantity, text: weight, unit: kg, codes: [weight], resolution: 0.1, plausible: [30, 250]}
  loss: {type: quantity, text: loss, unit: "%", expr: (before - now) / before, round: {to: 0.1}, plausible: [-60, 60]}
screening:
  - {id: adult, text: 18 years or older, require: "age >= '18 a'", source: {ref: paper, at: p2}}
  - {id: heart, text: Ejection fraction 50 % or more, require: "lvef >= '50 %'", waivable_by: [cardiologist, site lead], source: {ref: paper, at: p2}}
  - {id: pregnancy, text: Not pregnant, exclude: pregnant, valid_for: 7 d, source: {ref: paper, at: p2}}
  - {id: wasting, text: No loss of 10 % or more, exclude: "loss >= '10 %'", valid_for: 60 d, source: {ref: paper, at: p2}}
""")  # noqa: E501
DAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
CONSENT = Consent(DAY - timedelta(days=3))
FIT = {"age": ("61", "a", 0), "lvef": ("60", "%", 20), "hcg": ("no", None, 2), "weight": ("80", "kg", 1)}


def screened(consent: Consent | None = CONSENT, waivers: tuple[Waiver, ...] = (), **changed) -> Screening:
    charted = [
        Observation("c1", code, value, unit, DAY - timedelta(days=days))
        for code, (value, unit, days) in (FIT | changed).items()
        if value is not None
    ]
    return screen(PROTOCOL, charted, Moment("c1", 1, 1, DAY), waivers=waivers, consent=consent)


def words(found: Screening) -> dict[str, str]:
    return {one.criterion: one.words for one in found.criteria}


def test_a_candidate_who_meets_every_criterion_and_consented_is_eligible():
    found = screened()
    assert found.answer == "eligible"
    assert found.barriers == ()
    assert set(words(found).values()) == {"met"}


def test_a_criterion_that_is_not_met_is_named_with_what_was_found_and_its_source():
    found = screened(lvef=("45", "%", 20))
    assert found.answer == "not eligible"
    assert words(found)["heart"] == "not met"
    assert found.criteria[1].found == (("ejection fraction", "45 %"),)
    assert found.criteria[1].source == "paper, p2"
    assert [(one.kind, one.then) for one in found.barriers] == [("screening", Action.HOLD_DOSE)]


def test_what_was_never_tested_is_no_negative_test():
    found = screened(hcg=(None, None, 0))
    assert found.answer == "cannot be decided"
    assert words(found)["pregnancy"] == "cannot be decided"
    assert found.barriers[0].next_move == "obtain pregnancy test positive"


@pytest.mark.parametrize(("days", "answer"), [(7, "eligible"), (8, "cannot be decided")])
def test_an_answer_is_valid_for_as_long_as_the_criterion_says(days, answer):
    assert screened(hcg=("no", None, days)).answer == answer


def test_what_is_derived_from_an_old_value_is_as_old():
    found = screened(weight=("80", "kg", 61))
    assert words(found)["wasting"] == "cannot be decided"


def test_one_criterion_not_met_outweighs_another_that_is_open():
    assert screened(hcg=(None, None, 0), age=("17", "a", 0)).answer == "not eligible"


def waiver(**changed) -> Waiver:
    asked = {
        "criterion": "heart",
        "role": "cardiologist",
        "at": DAY - timedelta(days=1),
        "reason": "normal stress test",
    }
    return Waiver(**(asked | changed))


def test_a_waiver_by_a_named_role_in_writing_sets_a_criterion_aside_and_leaves_its_answer():
    found = screened(lvef=("45", "%", 20), waivers=(waiver(),))
    assert found.answer == "eligible"
    assert words(found)["heart"] == "not met, waived by cardiologist"


def test_a_waiver_may_stand_for_what_cannot_be_decided():
    found = screened(lvef=(None, "%", 0), waivers=(waiver(),))
    assert words(found)["heart"] == "cannot be decided, waived by cardiologist"
    assert found.answer == "eligible"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"role": "nurse"}, "may be waived by cardiologist or site lead, not by nurse"),
        ({"reason": " "}, "gives no reason"),
        ({"at": DAY + timedelta(hours=1)}, "dated after"),
        ({"until": DAY - timedelta(hours=1)}, "has run out"),
        ({"criterion": "adult"}, "may not be waived by anybody"),
    ],
)
def test_a_waiver_that_does_not_count_is_told_why(changed, why):
    found = screened(lvef=("45", "%", 20), waivers=(waiver(**changed),))
    assert found.answer == "not eligible"
    assert any(why in text for one in found.criteria for text in one.refused_waivers)


def test_a_waiver_of_something_that_is_not_asked_is_refused():
    with pytest.raises(Misuse, match="does not ask"):
        screened(waivers=(waiver(criterion="hart"),))


@pytest.mark.parametrize(
    ("consent", "answer"),
    [
        (None, "cannot be decided"),
        (Consent(DAY + timedelta(hours=1)), "cannot be decided"),
        (Consent(DAY - timedelta(days=40), until=DAY - timedelta(days=10)), "cannot be decided"),
        (Consent(DAY - timedelta(days=3), withdrawn=DAY - timedelta(hours=1)), "not eligible"),
        (Consent(DAY - timedelta(days=3), withdrawn=DAY + timedelta(hours=1)), "eligible"),
    ],
)
def test_without_consent_that_holds_now_nobody_is_treated(consent, answer):
    found = screened(consent=consent)
    assert found.answer == answer
    assert bool(found.barriers) == (answer != "eligible")


def test_a_dose_waits_for_screening():
    barriers = screened(consent=None).barriers
    found = decide(PROTOCOL, [], Moment("c1", 1, 1, DAY), barriers=barriers, double_check=False)
    assert found.verdict.operational is Action.DELAY


def test_times_without_a_zone_are_refused():
    with pytest.raises(Misuse, match="time zone"):
        waiver(at=datetime(2026, 3, 2))  # noqa: DTZ001
    with pytest.raises(Misuse, match="time zone"):
        Consent(datetime(2026, 3, 2))  # noqa: DTZ001
