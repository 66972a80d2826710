"""Are units read exactly, and those that mean nothing or two things refused?"""

from __future__ import annotations

from fractions import Fraction

import pytest

from seriatim.vocabulary.ucum import UnknownUnit, ratio, unit_of


@pytest.mark.parametrize(
    ("given", "wanted", "expected"),
    [
        ("g/L", "mg/dL", Fraction(100)),
        ("10*3/mm3", "10*9/L", Fraction(1)),
        ("/mm3", "10*9/L", Fraction(1, 1000)),
        ("mg/kg/h", "ug/kg/min", Fraction(1000, 60)),
        ("[lb_av]", "kg", Fraction(45359237, 10**8)),
        ("wk", "d", Fraction(7)),
        ("M[IU-aldesleukin]/kg", "[IU-aldesleukin]/kg", Fraction(10**6)),
        ("10*6.[IU-aldesleukin]", "M[IU-aldesleukin]", Fraction(1)),
        ("kPa", "mm[Hg]", Fraction(1000) / Fraction("133.322")),
        ("cm[H2O]", "kPa", Fraction("0.0980665")),
        ("fL", "um3", Fraction(1)),
        ("mL.kg-1", "mL/kg", Fraction(1)),
        ("L/min", "mL/s", Fraction(1000, 60)),
        ("%", "1", Fraction(1, 100)),
    ],
)
def test_one_unit_is_exactly_so_many_of_another(given: str, wanted: str, expected: Fraction) -> None:
    assert ratio(given, wanted) == expected


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("mcg", "write ug"),
        ("mEq", "write meq"),
        ("IU", "write \\[IU-drugname\\]"),
        ("[iU]", "write \\[IU-drugname\\]"),
        ("MU", "write M\\[IU-drugname\\]"),
        ("M", "write 10\\*6"),
        ("160 mL/8h", "no unit"),
        ("mg /dL", "no unit"),
        ("8h", "no number in it"),
        ("", "no unit"),
        ("mg//dL", "no unit"),
    ],
)
def test_text_that_is_no_unit_is_refused_with_what_to_write(code: str, says: str) -> None:
    with pytest.raises(UnknownUnit, match=says):
        unit_of(code)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mg/dL", "umol/L"),
        ("[IU-aldesleukin]", "[IU-heparin]"),
        ("[IU-aldesleukin]", "1"),
        ("Cel", "K"),
        ("mL/h", "mL"),
        ("meq/L", "mmol/L"),
    ],
)
def test_units_of_different_things_never_convert(one: str, other: str) -> None:
    with pytest.raises(UnknownUnit, match="do not measure the same thing"):
        ratio(one, other)
