"""Which grade has a clinical event of an inpatient, and what must be known to say it?"""

from __future__ import annotations

from pathlib import Path

import pytest

from seriatim.errors import InvalidDocument, Misuse
from seriatim.grading.event_rules import EventGrade, grade_event, library, load_event_rules, read_event_rules
from seriatim.rules.facts import Fact, Unknown

RULES = read_event_rules("il2-inpatient")
MILLION = 1_000_000


def known(term: str, **values: object) -> dict[str, Fact]:
    """Every variable of the event as nothing at all, but for what is given."""
    facts = {name: Fact(0, 0) for name in RULES.variables}
    for name, value in values.items():
        variable = RULES.variables[name]
        whole = variable.levels.index(value) if isinstance(value, str) else round(value * variable.ticks_per_unit)
        facts[name] = Fact(whole, whole)
    return facts


def graded(term: str, **values: object) -> EventGrade:
    return grade_event(RULES, term, known(term, **values))


@pytest.mark.parametrize(
    ("found", "grade"),
    [
        ({}, 0),
        ({"low_pressure": True}, 1),
        ({"low_pressure": True, "fluid_bolus": True}, 2),
        ({"dopamine_rate": 4}, 0),
        ({"dopamine_rate": 4.1}, 3),
        ({"phenylephrine_rate": 0.1}, 3),
        ({"phenylephrine_rate": 2}, 3),
        ({"phenylephrine_rate": 2.01}, 4),
        ({"norepinephrine_rate": 0.05}, 3),
        ({"phenylephrine_rate": 0.5, "norepinephrine_rate": 0.05, "pressors_at_once": 2}, 4),
        ({"phenylephrine_rate": 0.5, "organ_hypoperfusion": True}, 4),
    ],
)
def test_hypotension_is_graded_by_what_was_done_since_every_patient_is_in_hospital(found: dict, grade: int) -> None:
    assert graded("hypotension", **found).grade == grade


def test_grade_names_its_rule_and_that_it_is_the_rule_of_the_site() -> None:
    assert graded("hypotension", phenylephrine_rate=3).rule.endswith("organ failing (a rule of the site)")
    assert graded("hypotension", fluid_bolus=True).rule == "grade 2: fluid_bolus; fluid alone"
    assert graded("hypotension").rule == "none of the rules holds"


def test_highest_grade_needs_nothing_else_to_be_known() -> None:
    assert grade_event(RULES, "hypotension", {"organ_hypoperfusion": Fact(1, 1)}).grade == 4


def test_missing_fact_that_could_raise_the_grade_is_named_with_the_range() -> None:
    facts = known("hypotension", phenylephrine_rate=1) | {"pressors_at_once": Unknown()}
    found = grade_event(RULES, "hypotension", facts)
    assert (found.grade, found.lowest, found.highest) == (None, 3, 4)
    assert found.reason == "cannot be graded between 3 and 4, because pressors_at_once is not known"


def test_nothing_known_is_not_grade_0() -> None:
    found = grade_event(RULES, "hypotension", {})
    assert (found.grade, found.lowest, found.highest) == (None, 0, 4)


def test_rate_below_detection_leaves_open_what_lies_on_both_sides() -> None:
    facts = known("hypotension") | {"phenylephrine_rate": Fact(0, 100_000)}
    found = grade_event(RULES, "hypotension", facts)
    assert (found.lowest, found.highest, found.not_known) == (0, 3, ("phenylephrine_rate",))


def test_intubation_for_the_airway_is_told_from_intubation_for_the_lungs() -> None:
    airway, lungs = (graded("intubation for the airway", intubation_for=why).grade for why in ("airway", "lungs"))
    assert (airway, lungs) == (4, 0)
    assert graded("intubation for the lungs", intubation_for="lungs").grade == 4


def test_intubation_for_an_operation_is_no_toxicity() -> None:
    assert [graded("intubation", intubation_for=why).grade for why in ("none", "operation", "airway", "lungs")] == [
        0, 0, 4, 4,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("catheter", "sepsis", "source", "grade"),
    [(0, 0, "none", 0), (2, 0, "none", 2), (3, 0, "none", 3), (0, 3, "line", 3), (0, 4, "other", 0), (3, 4, "line", 4)],
)
def test_line_sepsis_is_an_infected_line_or_sepsis_from_it(catheter: int, sepsis: int, source: str, grade: int) -> None:
    found = graded("line sepsis", catheter_infection_grade=catheter, sepsis_grade=sepsis, sepsis_source=source)
    assert found.grade == grade


def test_line_sepsis_names_its_components() -> None:
    assert RULES.events["line sepsis"].declared.components == ("catheter-related infection", "sepsis from the line")


def test_neuropsychiatric_grade_is_the_worst_component() -> None:
    assert graded("neuropsychiatric", confusion_grade=2, somnolence_grade=4, agitation_grade=3).grade == 4
    assert graded("neuropsychiatric", confusion_grade=2, agitation_grade=1).grade == 2


def test_severe_confusion_is_grade_4_by_the_first_criteria_only_with_coma_seizures_or_psychosis() -> None:
    term = "neuropsychiatric by the first criteria"
    assert graded(term, confusion_grade=4).grade == 0
    assert graded(term, toxic_psychosis=True).grade == 4
    assert graded(term, toxic_psychosis=True).rule.endswith("(not verified)")


@pytest.mark.parametrize(
    ("fact", "grade"),
    [("oedema", 1), ("oedema_symptoms", 2), ("leak_fluids", 3), ("leak_pressors", 4), ("ventilated", 4)],
)
def test_capillary_leak_is_graded_by_what_it_needed(fact: str, grade: int) -> None:
    assert graded("capillary leak", **{fact: True}).grade == grade


def test_low_phosphate_replaced_by_mouth_is_grade_2_from_version_5_on() -> None:
    assert graded("hypophosphatemia", phosphate_low=True, phosphate_oral=True).grade == 2


SITE = """schema: seriatim.event-grades/1
id: our-ward
title: Hypotension as our ward sees it
variables:
  norepinephrine_rate: {type: quantity, unit: ug/kg/min, text: highest rate}
  mental_status: {type: ordinal, levels: [alert, drowsy, coma], text: worst state}
events:
  - term: hypotension
    text: any norepinephrine is grade 4 here
    grades:
      - {grade: 4, when: "norepinephrine_rate > '0 ug/kg/min'", because: our rule, source: our_ward, evidence: site}
"""


def test_site_states_its_own_rule(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(SITE, encoding="utf-8")
    found = grade_event(read_event_rules(path), "hypotension", {"norepinephrine_rate": Fact(50_000, 50_000)})
    assert found.grade == 4


def test_fault_in_a_rule_is_told_with_its_line() -> None:
    text = SITE.replace("'0 ug/kg/min'", "0").replace("norepinephrine_rate >", "noradrenaline_rate >")
    with pytest.raises(InvalidDocument, match=r"line 11.*noradrenaline_rate"):
        load_event_rules(text)


@pytest.mark.parametrize(
    ("found", "instead", "fault"),
    [
        ("unit: ug/kg/min, ", "", "a quantity has a unit"),
        ("levels: [alert, drowsy, coma], ", "", "an ordinal or a category has levels"),
        ("type: quantity", "type: count", "a quantity has a unit"),
        ("grade: 4", "grade: 6", "less than or equal to 5"),
    ],
)
def test_file_that_declares_what_cannot_be_is_refused(found: str, instead: str, fault: str) -> None:
    with pytest.raises(InvalidDocument, match=fault):
        load_event_rules(SITE.replace(found, instead))


def test_grade_or_term_stated_twice_is_refused() -> None:
    grade = next(line for line in SITE.splitlines() if "grade: 4" in line)
    with pytest.raises(InvalidDocument, match="each grade once"):
        load_event_rules(SITE + grade + "\n")
    event = SITE[SITE.index("  - term") :]
    with pytest.raises(InvalidDocument, match="each term once"):
        load_event_rules(SITE + event)


def test_event_without_rules_is_misuse_that_names_what_there_is() -> None:
    with pytest.raises(Misuse, match="line sepsis"):
        grade_event(RULES, "lassitude", {})
    assert library() == ("il2-inpatient",)
