"""Does the blind second entry agree, and does the answer keep the first entry to itself?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from seriatim.protocols.dosing.calculate import calculate_dose
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.quantity import read_quantity
from seriatim.protocols.dosing.second_check import CHECKED_FIELDS, SecondEntry, second_check
from seriatim.protocols.dosing.weight import Weighed

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
ALL = frozenset(CHECKED_FIELDS)


def dose() -> Dose:
    rule = DoseRule.model_validate(
        {
            "basis": {"amount": "720000 [IU-aldesleukin]/kg", "weight": "actual"},
            "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
            "modifications": "none_allowed",
            "hard_limits": {"per_dose": "180 M[IU-aldesleukin]"},
            "round": {"to": "0.1 mL", "mode": "half_up", "max_deviation": "5 %"},
            "product": {
                "vial_label": "22 M[IU-aldesleukin]",
                "deliverable": "21.6 M[IU-aldesleukin]",
                "concentration": "18 M[IU-aldesleukin]/mL",
                "partial_vials": "discard",
                "stable_for": "48 h",
            },
            "source": {"ref": "label", "at": "2.2"},
        }
    )
    answer = calculate_dose(rule, weight=Weighed(read_quantity("82.4 kg"), START), at=START)
    assert isinstance(answer, Dose)
    return answer


AGREEING = SecondEntry(
    by="nurse-7",
    weight=read_quantity("82.4 kg"),
    dose=read_quantity("59.4 M[IU-aldesleukin]"),
    volume=read_quantity("3.3 mL"),
    checked=ALL,
)


def test_an_equal_entry_agrees_in_whatever_unit():
    assert second_check(dose(), AGREEING, first_by="pharmacist-2").agrees
    units = replace(AGREEING, weight=read_quantity("82400 g"), dose=read_quantity("59400000 [IU-aldesleukin]"))
    assert second_check(dose(), units, first_by="pharmacist-2").agrees


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"weight": read_quantity("84.2 kg")}, "weight"),
        ({"dose": read_quantity("59.328 M[IU-aldesleukin]")}, "dose"),
        ({"dose": read_quantity("594 M[IU-aldesleukin]")}, "dose"),
        ({"dose": read_quantity("3.6 mg")}, "dose"),
        ({"volume": read_quantity("3.2 mL")}, "volume"),
        ({"weight": None}, "weight"),
        ({"dose": None}, "dose"),
        ({"volume": None}, "volume"),
    ],
)
def test_what_differs_is_named_and_the_first_entry_is_not_shown(changed, differs):
    check = second_check(dose(), replace(AGREEING, **changed), first_by="pharmacist-2")
    assert check.differs == (differs,)
    assert not check.agrees
    assert not any(number in f"{check} {check!r}" for number in ("82.4", "59.4", "59400000", "3.3"))


def test_the_rounded_dose_counts_and_not_the_exact_one():
    exact = replace(AGREEING, dose=read_quantity("59.328 M[IU-aldesleukin]"))
    assert second_check(dose(), exact, first_by="pharmacist-2").differs == ("dose",)


@pytest.mark.parametrize("field", CHECKED_FIELDS)
def test_a_field_that_nobody_ticked_withholds_agreement(field):
    check = second_check(dose(), replace(AGREEING, checked=ALL - {field}), first_by="pharmacist-2")
    assert check.not_checked == (field,)
    assert not check.agrees
    assert CHECKED_FIELDS[field] in str(check)


@pytest.mark.parametrize("by", ["pharmacist-2", " Pharmacist-2 ", ""])
def test_the_first_person_cannot_be_the_second(by):
    check = second_check(dose(), replace(AGREEING, by=by), first_by="pharmacist-2")
    assert not check.agrees
    assert "cannot be the second" in str(check)


def test_agreement_is_said_in_words():
    assert str(second_check(dose(), AGREEING, first_by="pharmacist-2")) == "The second check agrees."


def test_a_dose_by_body_surface_is_checked_with_its_height():
    rule = DoseRule.model_validate(
        {
            "basis": {"amount": "25 mg/m2", "weight": "actual"},
            "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
            "height": {"plausible": ["120 cm", "220 cm"]},
            "body_surface": {"formula": "mosteller", "round": {"to": "0.01 m2", "mode": "half_up"}, "cap": "none"},
            "modifications": "none_allowed",
            "hard_limits": {"per_dose": "100 mg"},
            "source": {"ref": "label", "at": "2"},
        }
    )
    height = read_quantity("180 cm")
    by_surface = calculate_dose(rule, weight=Weighed(read_quantity("82.4 kg"), START), height=height, at=START)
    assert isinstance(by_surface, Dose)
    entry = replace(AGREEING, dose=read_quantity("50.75 mg"), height=read_quantity("1.8 m"))
    assert second_check(by_surface, entry, first_by="pharmacist-2").agrees
    assert second_check(by_surface, replace(entry, height=None), first_by="pharmacist-2").differs == ("height",)
