"""What does an endpoint of the plan mean?"""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from seriatim.plans.endpoints import Endpoint, grades_in


def endpoint(**given: object) -> Endpoint:
    return Endpoint(**{"id": "sepsis", "label": "Line sepsis"} | given)


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("any", (1, 2, 3, 4, 5)),
        ("3-4", (3, 4)),
        ("3 – 4", (3, 4)),
        (">=3", (3, 4, 5)),
        ("≥ 3", (3, 4, 5)),
        (">=1", (1, 2, 3, 4, 5)),
        ("4", (4,)),
        ("5-5", (5,)),
    ],
)
def test_grade_set_names_its_grades(text, grades):
    assert grades_in(text) == grades


@pytest.mark.parametrize("text", ["", "0", "0-4", "6", "4-3", "3+", ">3", "3,4", "severe", "3-", "-3", "33"])
def test_grade_set_of_another_form_is_refused_with_examples(text):
    with pytest.raises(ValueError, match='a grade set such as "3-4", ">=3", "4" or "any"'):
        grades_in(text)


def test_grades_may_be_written_as_a_number():
    assert endpoint(grades=4).grades == "4"
    with pytest.raises(ValidationError, match="a grade set such as"):
        endpoint(grades=6)


def test_one_word_is_a_list_of_one():
    assert endpoint(terms="line sepsis").terms == ("line sepsis",)
    assert endpoint(terms=["line sepsis", "bacteraemia"]).terms == ("line sepsis", "bacteraemia")


def test_endpoint_without_terms_classes_or_interventions_is_any_adverse_event():
    assert endpoint().counts_events
    assert endpoint(system_organ_classes="infections").counts_events
    assert endpoint(terms="a", interventions="intubation").counts_events
    assert not endpoint(interventions="intubation").counts_events


def test_no_record_is_absent_for_events_and_not_assessed_for_interventions_unless_the_plan_says_else():
    assert endpoint().without_record == "absent"
    assert endpoint(interventions="intubation").without_record == "not assessed"
    assert endpoint(interventions="intubation", no_record_means="absent").without_record == "absent"
    assert endpoint(no_record_means="absent if assessed").without_record == "absent if assessed"


def test_reasons_of_interventions_need_interventions():
    assert endpoint(interventions="intubation", intervention_reasons="lung").intervention_reasons == ("lung",)
    with pytest.raises(ValidationError, match="intervention_reasons only beside interventions"):
        endpoint(intervention_reasons="lung")


@pytest.mark.parametrize(
    "wrong",
    [{"id": "Line sepsis"}, {"id": "4sepsis"}, {"window_days": 0}, {"emergent": "always"}, {"grade": "3-4"}],
)
def test_endpoint_with_a_wrong_or_unknown_key_is_refused(wrong):
    with pytest.raises(ValidationError):
        endpoint(**wrong)
