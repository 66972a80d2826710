"""Are ten-fold slips and units of another era found before they are given?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seriatim.protocols.dosing.calculate import calculate_dose
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.legacy_units import legacy_unit_suspected
from seriatim.protocols.dosing.limits import GivenDose
from seriatim.protocols.dosing.quantity import read_quantity
from seriatim.protocols.dosing.refusal import DoseRefused
from seriatim.protocols.dosing.weight import Weighed

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rule(**changes: object) -> DoseRule:
    return DoseRule.model_validate(
        {
            "basis": {"amount": "720000 [IU-aldesleukin]/kg", "weight": "actual", "labelled": "high_dose"},
            "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
            "modifications": "none_allowed",
            "hard_limits": {"per_dose": "180 M[IU-aldesleukin]"},
            "source": {"ref": "label", "at": "2.2"},
            **changes,
        }
    )


def calculated(declared: DoseRule, **more: object) -> Dose | DoseRefused:
    return calculate_dose(declared, weight=Weighed(read_quantity("82.4 kg"), START), at=START, **more)


@pytest.mark.parametrize(
    "order",
    [
        "7200000 [IU-aldesleukin]/kg",
        "72000 [IU-aldesleukin]/kg",
        "593 M[IU-aldesleukin]",
        "5.93 M[IU-aldesleukin]",
        "0 [IU-aldesleukin]",
    ],
)
def test_an_order_ten_times_off_refuses_the_dose(order):
    answer = calculated(rule(), ordered=read_quantity(order))
    assert isinstance(answer, DoseRefused)
    assert [reason.rule for reason in answer.reasons] == ["amount.tenfold"]
    assert "check zeros" in str(answer)


@pytest.mark.parametrize("order", ["600000 [IU-aldesleukin]/kg", "0.72 M[IU-aldesleukin]/kg", "59.4 M[IU-aldesleukin]"])
def test_an_order_near_the_protocol_does_not(order):
    assert isinstance(calculated(rule(), ordered=read_quantity(order)), Dose)


@pytest.mark.parametrize("order", ["44 mg", "720000 [IU-aldesleukin]/m2", "720000 [IU-heparin]/kg", "4 mL"])
def test_an_order_in_other_units_refuses_the_dose(order):
    answer = calculated(rule(), ordered=read_quantity(order))
    assert isinstance(answer, DoseRefused)
    assert [reason.rule for reason in answer.reasons] == ["order.unit"]


def test_an_order_of_a_high_dose_in_older_units_is_explained_as_such():
    answer = calculated(rule(), ordered=read_quantity("100000 [U-aldesleukin]/kg"))
    assert isinstance(answer, DoseRefused)
    assert [reason.rule for reason in answer.reasons] == ["amount.legacy_unit"]
    assert "Cetus" in str(answer)
    assert "unverified" in str(answer)


@pytest.mark.parametrize(("million", "is_refused"), [("593.28", True), ("5.9328", True), ("72", False), ("0", False)])
def test_a_dose_ten_times_the_one_before_is_refused(million, is_refused):
    before = GivenDose(read_quantity(f"{million} M[IU-aldesleukin]"), START - 8 * HOUR)
    answer = calculated(rule(), given=[before])
    assert isinstance(answer, DoseRefused) == is_refused


def test_the_dose_before_is_the_last_one_by_time():
    doses = [(-8, "59.4"), (-500, "5.9")]
    given = [GivenDose(read_quantity(f"{text} M[IU-aldesleukin]"), START + hours * HOUR) for hours, text in doses]
    answer = calculated(rule(), given=given)
    assert isinstance(answer, Dose)
    assert "differs from the dose before by -0.12 percent" in answer.cautions


def test_a_step_down_to_a_low_level_is_no_slip():
    levels = {"levels": [{"name": "full", "share": "100 %"}, {"name": "fifth", "share": "20 %"}]}
    before = GivenDose(read_quantity("59.328 M[IU-aldesleukin]"), START - 8 * HOUR, level="full")
    order = read_quantity("144000 [IU-aldesleukin]/kg")
    answer = calculated(rule(modifications=levels), given=[before], level="fifth", ordered=order)
    assert isinstance(answer, Dose)


@pytest.mark.parametrize(
    ("amount", "high_dose", "is_suspected"),
    [
        ("100000 [U-aldesleukin]/kg", True, True),
        ("150000 [IU-aldesleukin]/kg", True, True),
        ("150001 [IU-aldesleukin]/kg", True, False),
        ("720000 [IU-aldesleukin]/kg", True, False),
        ("0.1 M[IU-aldesleukin]/kg", True, True),
        ("72000 [IU-aldesleukin]/kg", False, False),
        ("100000 [IU-heparin]/kg", True, False),
        ("18 M[IU-aldesleukin]/m2", True, False),
    ],
)
def test_a_high_dose_of_at_most_150000_units_per_kg_is_suspected_of_older_units(amount, high_dose, is_suspected):
    reason = legacy_unit_suspected(read_quantity(amount), high_dose=high_dose)
    assert (reason is not None) == is_suspected
