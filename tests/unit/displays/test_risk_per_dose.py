"""What does the report say of the risk of one dose?"""

from __future__ import annotations

from seriatim.analyses.risk_per_dose import Options, analyse, needs
from seriatim.displays import risk_per_dose
from seriatim.displays._contract import Shown
from seriatim.pages import Figure, Sentence
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(
    title="per dose",
    grouping={"by": "equal groups", "groups": 2},
    endpoints=[{"id": "it", "label": "Hypotension", "terms": "hypotension"}],
)


def shown(early_events: int = 40, late_events: int = 4) -> Shown:
    (spec,) = needs(PLAN, Options())
    keys = tuple(Key("group", key.role, ("early", "late")) if key.name == "group" else key for key in spec.keys)
    rows = [
        (group, "it", reading, event, 8, at, n)
        for reading in ("earliest", "latest")
        for group, events in (("early", early_events), ("late", late_events))
        for event, at, n in (("after a dose", 3, events), ("no event", 0, 155 - events))
    ]
    tallies = {spec.name: tally_from_rows(spec.name, Unit.PATIENT, spec.definition, keys, rows)}
    return Shown(Results(tuple(analyse(tallies, PLAN, Options()))), tallies, PLAN)


def words(made: Shown) -> str:
    return " ".join(block.text for block in risk_per_dose.section(made).blocks if isinstance(block, Sentence))


def test_first_screen_says_for_how_many_endpoints_a_single_dose_became_less_risky():
    (sentence,) = risk_per_dose.lead(shown())
    assert "for 1 of 1 endpoints the risk of a single dose fell too" in sentence.text
    (sentence,) = risk_per_dose.lead(shown(20, 20))
    assert "for 0 of 1 endpoints" in sentence.text


def test_section_warns_that_stopping_is_not_random():
    assert "Toxicity ends dosing" in words(shown())


def test_change_per_dose_stands_with_its_interval_before_the_p_value():
    text = words(shown())
    assert text.index("interval") < text.index("P < 0.0001")
    assert "26 % in the first group" in text


def test_picture_is_drawn_for_two_groups_with_doses():
    figures = [block for block in risk_per_dose.section(shown()).blocks if isinstance(block, Figure)]
    assert [figure.name for figure in figures] == ["hazard_by_dose_it"]


def test_an_endpoint_without_any_event_is_told_with_its_reason():
    text = words(shown(0, 0))
    assert "Hypotension" in text


def test_nothing_is_shown_that_was_not_asked_for():
    empty = Shown(Results(()), {}, PLAN)
    assert risk_per_dose.section(empty) is None
    assert risk_per_dose.lead(empty) == ()
