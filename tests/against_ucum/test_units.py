"""Is a unit the same amount as in another implementation of UCUM, to 12 digits?"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from seriatim.vocabulary.ucum import UnknownUnit, ratio, unit_of

VALUES = list(csv.DictReader(Path(__file__).with_name("ucumvert.csv").read_text(encoding="utf-8").splitlines()))
# ucumvert 0.3.2 takes the millimetre of mercury from pint, at SI's conventional value; the table of UCUM itself
# (ucum-essence 2.2 of 2024-06-17) has 133.3220 kPa for the metre, which is what is meant by the code.
OTHERWISE = {"mm[Hg]": Fraction("133.322")}


@pytest.mark.parametrize(("unit", "base", "value"), [tuple(row.values()) for row in VALUES], ids=str)
def test_a_unit_is_as_many_of_its_base_as_elsewhere(unit, base, value):
    ours = ratio(unit, base)
    if unit in OTHERWISE:
        assert ours == OTHERWISE[unit]
        assert abs(ours / Fraction(value) - 1) < Fraction(4, 10**6)
    else:
        assert abs(ours / Fraction(value) - 1) < Fraction(1, 10**11)


def test_every_unit_of_the_list_reads_as_itself():
    assert len(VALUES) >= 80
    assert {unit_of(row["unit"]).code for row in VALUES} == {row["unit"] for row in VALUES}


def test_units_of_two_drugs_are_two_things_which_elsewhere_are_one_number():
    """Elsewhere `[iU]` has no dimension, so that units of any drug compare with those of another."""
    with pytest.raises(UnknownUnit, match="do not measure the same thing"):
        ratio("M[IU-aldesleukin]", "M[IU-heparin]")
