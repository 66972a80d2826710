"""Are values of a variable whole numbers of its ticks, whatever unit it accepts?"""

from __future__ import annotations

from fractions import Fraction

import pytest

from seriatim.rules.variables import Kind, Variable

UNITS = {"mg/dL": Fraction(1), "umol/L": Fraction(5, 442)}
CREATININE = Variable("creatinine", Kind.QUANTITY, "mg/dL", UNITS, plausible=(Fraction(1, 10), Fraction(30)))


@pytest.mark.parametrize("unit", UNITS)
def test_a_millionth_of_every_accepted_unit_is_a_whole_number_of_ticks(unit):
    ticks = CREATININE.ticks(Fraction(1, 10**6), unit)
    assert ticks == CREATININE.multiplier(unit)
    assert ticks.denominator == 1


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        (CREATININE, (44_200_000, 13_260_000_000)),
        (Variable("ecg", Kind.BOOLEAN), (0, 1)),
        (Variable("mental", Kind.ORDINAL, levels=("normal", "confused", "coma")), (0, 2)),
        (Variable("held", Kind.COUNT), None),
        (Variable("rate", Kind.QUANTITY, "/min", {"/min": Fraction(1)}), None),
        (Variable("thirds", Kind.COUNT, plausible=(Fraction(1, 3), Fraction(10, 3))), (1, 3)),
    ],
)
def test_the_plausible_range_in_ticks_is_cut_inwards(variable, expected):
    assert variable.range_in_ticks == expected


def test_what_is_no_quantity_counts_in_ones():
    held = Variable("held", Kind.COUNT)
    assert (held.scale, held.ticks_per_unit) == (1, 1)
