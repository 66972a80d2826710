"""Can a dose in words be misread?"""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seriatim.protocols.dosing.quantity import Quantity, read_quantity
from seriatim.protocols.dosing.words import dose_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("5.0 mg", "5 milligrams"),
        ("0.50 mg", "0.5 milligrams"),
        ("1 mg", "1 milligram"),
        ("500 ug", "500 micrograms"),
        ("1200.5 mg", "1,200.5 milligrams"),
        ("10000000 mg", "10,000,000 milligrams"),
        ("3.30 mL", "3.3 millilitres"),
        ("999999 [IU-aldesleukin]", "999,999 international units of aldesleukin"),
        ("1000000 [IU-aldesleukin]", "1 million international units of aldesleukin"),
        ("43.20 M[IU-aldesleukin]", "43.2 million international units of aldesleukin"),
        ("43.2 10*6.[IU-aldesleukin]", "43.2 million international units of aldesleukin"),
        ("0.5 k[IU-aldesleukin]", "500 international units of aldesleukin"),
        ("1 [U-insulin]", "1 unit of insulin"),
        ("18 M[IU-aldesleukin]/mL", "18 million international units of aldesleukin per millilitre"),
        ("25 mg/m2", "25 milligrams per square metre"),
        ("0.5 ug/kg/min", "0.5 micrograms per kilogram per minute"),
    ],
)
def test_an_amount_is_written_as_safety_rules_ask(amount, words):
    assert dose_words(read_quantity(amount)) == words


def test_a_unit_without_safe_words_is_refused():
    with pytest.raises(ValueError, match="no words that are safe"):
        dose_words(read_quantity("3 dg"))


UNITS = ("mg", "ug", "mL", "[IU-aldesleukin]", "M[IU-aldesleukin]", "[U-insulin]", "mg/m2", "[IU-aldesleukin]/kg")


@given(st.decimals("0", "1000000000", places=6), st.sampled_from(UNITS))
def test_no_amount_in_words_has_a_trailing_zero_a_bare_point_or_a_forbidden_abbreviation(value, unit):
    words = dose_words(Quantity(value, unit))
    number = words.split(" ")[0]
    assert re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d*[1-9])?", number)
    assert not set(re.findall(r"[A-Za-zµμ]+", words)) & {"IU", "U", "cc", "ug", "mcg", "µg", "μg", "MIU", "MU"}


@given(st.decimals("0.000001", "1000000000", places=6))
def test_the_number_in_words_is_the_number(value):
    number, *rest = dose_words(Quantity(value, "[IU-aldesleukin]")).split(" ")
    assert Decimal(number.replace(",", "")) * (10**6 if rest[0] == "million" else 1) == value
