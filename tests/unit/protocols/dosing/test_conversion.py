"""Between which units of one drug is converted, and how is exposure added up?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from seriatim.errors import Misuse
from seriatim.protocols.dosing.conversion import Converted, convert
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.exposure import cumulative_per_size
from seriatim.protocols.dosing.limits import GivenDose
from seriatim.protocols.dosing.quantity import read_quantity
from seriatim.protocols.dosing.refusal import DoseRefused

RULE = DoseRule.model_validate(
    {
        "basis": {"amount": "18 M[IU-aldesleukin]"},
        "modifications": "none_allowed",
        "hard_limits": {"per_dose": "18 M[IU-aldesleukin]"},
        "conversions": [{"factor": "16.36 M[IU-aldesleukin]/mg", "source": {"ref": "label", "at": "3"}}],
        "source": {"ref": "label", "at": "2.1"},
    }
)


@pytest.mark.parametrize(
    ("amount", "unit", "decimals", "expected"),
    [
        ("22 M[IU-aldesleukin]", "mg", 2, "1.34 mg"),
        ("22 M[IU-aldesleukin]", "ug", 0, "1345 ug"),
        ("1.1 mg", "M[IU-aldesleukin]", 3, "17.996 M[IU-aldesleukin]"),
        ("1100 ug", "[IU-aldesleukin]", 0, "17996000 [IU-aldesleukin]"),
    ],
)
def test_the_declared_factor_converts_both_ways(amount, unit, decimals, expected):
    converted = convert(RULE, read_quantity(amount), unit, decimals=decimals)
    assert isinstance(converted, Converted)
    assert str(converted.amount) == expected
    assert converted.source.ref == "label"


@pytest.mark.parametrize(("amount", "unit"), [("1 mL", "mg"), ("1 mg", "mL"), ("1 [IU-heparin]", "mg"), ("1 mg", "g")])
def test_no_other_pair_is_converted(amount, unit):
    answer = convert(RULE, read_quantity(amount), unit, decimals=3)
    assert isinstance(answer, DoseRefused)


def test_exposure_of_two_drugs_is_no_sum():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    dose = GivenDose(read_quantity("50 mg"), at, read_quantity("25 mg/m2"))
    with pytest.raises(Misuse, match="one drug"):
        cumulative_per_size([dose], "[IU-aldesleukin]/kg")
