"""What does a dose of interleukin-2 come to: the preparation table, row by row, and what its rounded figures hide?

Vial of 22 million IU (1.3 mg), 1.2 mL of water, 18 million IU/mL: label and pharmacists' figures.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from seriatim.protocols.dosing.calculate import calculate_dose
from seriatim.protocols.dosing.conversion import convert
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.exact import product
from seriatim.protocols.dosing.exposure import cumulative_per_size
from seriatim.protocols.dosing.limits import GivenDose
from seriatim.protocols.dosing.quantity import read_quantity
from seriatim.protocols.dosing.refusal import DoseRefused
from seriatim.protocols.dosing.vials import vials_needed
from seriatim.protocols.dosing.weight import Weighed, is_changed_by_more

MORNING = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def rule(per_kg: str, **more: object) -> DoseRule:
    return DoseRule.model_validate(
        {
            "basis": {"amount": f"{per_kg} [IU-aldesleukin]/kg", "weight": "cycle_baseline_actual"},
            "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
            "modifications": "none_allowed",
            "hard_limits": {"per_dose": "180 M[IU-aldesleukin]"},
            "product": {
                "vial_label": "22 M[IU-aldesleukin]",
                "deliverable": "21.6 M[IU-aldesleukin]",
                "concentration": "18 M[IU-aldesleukin]/mL",
                "withdrawable": "1.2 mL",
                "partial_vials": "discard",
                "stable_for": "48 h",
            },
            "source": {"ref": "label", "at": "2.2"},
            **more,
        }
    )


def dose_of(kg: str, per_kg: str) -> Dose:
    weighed = Weighed(read_quantity(f"{kg} kg"), MORNING)
    dose = calculate_dose(rule(per_kg), weight=weighed, cycle_baseline=weighed, cycle_start=MORNING, at=MORNING)
    assert isinstance(dose, Dose)
    return dose


TABLE = [
    # kg, IU/kg, million IU, mL, vials
    ("60", "600000", "36.0", "2.000", 2),
    ("60", "720000", "43.2", "2.400", 2),
    ("80", "600000", "48.0", "2.667", 3),
    ("80", "720000", "57.6", "3.200", 3),
    ("100", "600000", "60.0", "3.333", 3),
    ("100", "720000", "72.0", "4.000", 4),
    ("120", "600000", "72.0", "4.000", 4),
    ("120", "720000", "86.4", "4.800", 4),
]


@pytest.mark.parametrize(("kg", "per_kg", "million", "millilitres", "vials_of_22_million"), TABLE)
def test_the_preparation_table_holds_row_by_row(kg, per_kg, million, millilitres, vials_of_22_million):
    dose = dose_of(kg, per_kg)
    assert dose.amount.to("M[IU-aldesleukin]") == Decimal(million)
    assert dose.volume is not None
    assert dose.volume.to("mL") == Decimal(millilitres)
    assert dose.vials is not None
    # The table's column counts the label's 22 million; we count the 21.6 million that can be drawn up and say both.
    assert dose.vials.by_label == vials_of_22_million
    assert dose.vials.count == vials_needed(Decimal(million), Decimal("21.6"))


def test_what_cannot_be_drawn_up_changes_the_vials_of_49_in_1000_weights():
    weights = [Decimal(tenths) / 10 for tenths in range(400, 1400)]
    amounts = [product(kg, Decimal("0.72")) for kg in weights]
    differ = [
        kg
        for kg, amount in zip(weights, amounts, strict=True)
        if vials_needed(amount, Decimal(22)) != vials_needed(amount, Decimal("21.6"))
    ]
    assert len(differ) == 49
    assert Decimal("60.1") in differ


def test_a_patient_of_60_1_kg_takes_three_vials_where_the_label_promises_two():
    vials = dose_of("60.1", "720000").vials
    assert vials is not None
    assert (vials.count, vials.by_label) == (3, 2)


@pytest.mark.parametrize(
    ("doses", "per_kg", "million_per_kg"),
    [
        (14, "600000", "8.4"),
        (28, "600000", "16.8"),
        (13, "720000", "9.36"),
        (7, "720000", "5.04"),
        (15, "720000", "10.8"),
    ],
)
def test_cumulative_exposure_is_the_number_of_doses_times_the_dose(doses, per_kg, million_per_kg):
    amount = read_quantity("48 M[IU-aldesleukin]")
    each = read_quantity(f"{per_kg} [IU-aldesleukin]/kg")
    given = [GivenDose(amount, MORNING + timedelta(hours=8 * number), each) for number in range(doses)]
    exposure = cumulative_per_size(given, "M[IU-aldesleukin]/kg")
    assert exposure is not None
    assert exposure.value == Decimal(million_per_kg)


def test_exposure_is_unknown_where_one_dose_per_kg_is_unknown():
    known = GivenDose(read_quantity("48 M[IU-aldesleukin]"), MORNING, read_quantity("600000 [IU-aldesleukin]/kg"))
    unknown = GivenDose(read_quantity("48 M[IU-aldesleukin]"), MORNING + timedelta(hours=8))
    assert cumulative_per_size([known, unknown], "M[IU-aldesleukin]/kg") is None


@pytest.mark.parametrize(
    ("factor", "milligrams"),
    [("16.92", "0.0355"), ("16.36", "0.0367"), ("16.22", "0.0370")],
    ids=["vial 22/1.3", "reconstituted 18/1.1", "dose 0.6/0.037"],
)
def test_label_roundings_give_three_different_milligrams_for_one_dose(factor, milligrams):
    declared = {"factor": f"{factor} M[IU-aldesleukin]/mg", "source": {"ref": "label", "at": "3"}}
    converted = convert(
        rule("600000", conversions=[declared]), read_quantity("600000 [IU-aldesleukin]"), "mg", decimals=4
    )
    assert not isinstance(converted, DoseRefused)
    assert converted.amount.value == Decimal(milligrams)


def test_720000_units_are_0_0440_mg_by_the_reconstituted_strength():
    declared = {"factor": "16.36 M[IU-aldesleukin]/mg", "source": {"ref": "label", "at": "3"}}
    converted = convert(
        rule("720000", conversions=[declared]), read_quantity("720000 [IU-aldesleukin]"), "mg", decimals=4
    )
    assert not isinstance(converted, DoseRefused)
    assert converted.amount.value == Decimal("0.0440")


def test_units_are_not_converted_to_milligrams_without_a_declared_factor():
    refused = convert(rule("600000"), read_quantity("600000 [IU-aldesleukin]"), "mg", decimals=4)
    assert isinstance(refused, DoseRefused)
    assert refused.reasons[0].rule == "conversion.undeclared"


@pytest.mark.parametrize("percent", [5, 10, 15])
def test_a_gain_of_exactly_the_threshold_is_not_more_than_it_though_binary_floats_often_say_so(percent):
    share = read_quantity(f"{percent} %")
    baselines = [Decimal(kg) for kg in range(40, 240, 2)]
    heavier = [product(kg, Decimal(100 + percent), Decimal("0.01")) for kg in baselines]
    pairs = list(zip(heavier, baselines, strict=True))
    assert not any(is_changed_by_more(now, before, share) for now, before in pairs)
    assert all(is_changed_by_more(now + Decimal("0.1"), before, share) for now, before in pairs)
    floats = [(float(now) - float(before)) / float(before) * 100 for now, before in pairs]
    assert any(change != percent for change in floats)
