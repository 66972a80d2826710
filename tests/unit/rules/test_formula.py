"""Is a derived variable read with its units, refused where it means nothing, and rounded as stated?"""

from __future__ import annotations

from fractions import Fraction

import pytest

from seriatim.rules.facts import Fact, Missing, Unknown
from seriatim.rules.faults import NotARule
from seriatim.rules.formula import parse_formula, work_out
from seriatim.rules.variables import Kind, Variable


def quantity(name, unit, least=None, greatest=None, **units):
    plausible = None if least is None else (Fraction(least), Fraction(greatest))
    return Variable(name, Kind.QUANTITY, unit, {unit: Fraction(1), **units}, plausible=plausible)


POUND = {"[lb_av]": Fraction("0.45359237")}
DECLARED = {
    "weight": quantity("weight", "kg", 30, 250),
    "baseline": quantity("baseline", "kg", 30, 250),
    "scales": quantity("scales", "kg", 30, 250, **POUND),
    "grams": quantity("grams", "g", 30_000, 250_000),
    "urine": quantity("urine", "mL", 0, 20_000),
    "odd": quantity("odd", "spoonful", 0, 10),
    "ecg": Variable("ecg", Kind.BOOLEAN),
}
GAIN = quantity("gain", "%", -30, 60)


def kg(name, text):
    return {name: Fact(int(Fraction(text) * 10**6), int(Fraction(text) * 10**6), 60)}


def formula(text, variable=GAIN, resolution="0.1", rounding="half_up"):
    return parse_formula(text, variable, DECLARED, Fraction(resolution), rounding)


def test_a_gain_of_exactly_ten_percent_is_ten():
    fact = work_out(formula("(weight - baseline) / baseline"), kg("weight", "77") | kg("baseline", "70"))
    assert fact == Fact(10_000_000, 10_000_000, 60)


@pytest.mark.parametrize(
    ("rounding", "weight", "tenths"),
    [
        ("half_up", "70.035", 1), ("half_up", "70.034999", 0), ("half_up", "69.965", 0), ("half_up", "69.964999", -1),
        ("down", "70.069999", 0), ("down", "69.999999", -1), ("up", "70.000001", 1), ("up", "69.930001", 0),
    ],
)  # fmt: skip
def test_a_gain_is_rounded_once_as_stated(rounding, weight, tenths):
    fact = work_out(
        formula("(weight - baseline) / baseline", rounding=rounding), kg("weight", weight) | kg("baseline", "70")
    )
    assert fact.low == tenths * 100_000


def test_units_are_brought_together_before_anything_is_added():
    rate = quantity("rate", "mL/kg", 0, 500)
    facts = {"urine": Fact(160_000_000, 160_000_000, 5), "grams": Fact(80_000_000_000, 80_000_000_000, 9)}
    assert work_out(formula("urine / grams", rate), facts) == Fact(2_000_000, 2_000_000, 9)
    mean = quantity("mean", "kg", 0, 300)
    assert work_out(formula("(grams + weight) / 2", mean), facts | kg("weight", "70")).low == 75_000_000


def test_the_age_of_a_result_is_that_of_its_oldest_part():
    facts = {"weight": Fact(77_000_000, 77_000_000, 10), "baseline": Fact(70_000_000, 70_000_000, 500_000)}
    assert work_out(formula("(weight - baseline) / baseline"), facts).age == 500_000


@pytest.mark.parametrize(
    ("facts", "why", "detail"),
    [
        (kg("weight", "77"), Missing.ONE_OF_SEVERAL, "baseline"),
        ({}, Missing.ONE_OF_SEVERAL, "baseline, weight"),
        (kg("weight", "77") | {"baseline": Fact(60_000_000, 70_000_000)}, Missing.ONE_OF_SEVERAL, "baseline"),
        (kg("weight", "77") | {"baseline": Fact(0, 0)}, Missing.IMPLAUSIBLE, "divided by nothing"),
        (kg("weight", "240") | kg("baseline", "70"), Missing.IMPLAUSIBLE, ""),
        (kg("weight", "40") | kg("baseline", "70"), Missing.IMPLAUSIBLE, ""),
    ],
)
def test_a_result_that_cannot_be_had_says_why(facts, why, detail):
    assert work_out(formula("(weight - baseline) / baseline"), facts) == Unknown(why, detail)


def test_a_range_that_is_no_multiple_of_the_resolution_is_cut_inwards():
    change = quantity("change", "kg", "-3.7", "3.7")
    made = formula("weight - baseline", change, "0.5")
    assert (made.lowest, made.highest) == (-7, 7)
    assert isinstance(work_out(made, kg("weight", "74") | kg("baseline", "70")), Unknown)


def test_a_weight_that_may_come_in_pounds_is_worked_out_in_wider_numbers():
    by_scales = {name: quantity(name, "kg", 30, 250, **POUND) for name in ("scales", "baseline")}
    made = parse_formula("(scales - baseline) / baseline", GAIN, by_scales, Fraction(1, 10), "half_up")
    assert made.needs_128_bits
    assert not formula("(weight - baseline) / baseline").needs_128_bits
    ticks = [int(by_scales["scales"].ticks(Fraction(n), unit)) for n, unit in ((170, "[lb_av]"), (70, "kg"))]
    facts = {name: Fact(value, value) for name, value in zip(("scales", "baseline"), ticks, strict=True)}
    assert work_out(made, facts).low == 10_200_000


@pytest.mark.parametrize(
    ("text", "found", "instead"),
    [
        ("(weight - basline) / baseline", 'the name "basline"', "mend its spelling"),
        ("ecg / baseline", 'the name "ecg"', "declare it"),
        ("(weight - baseline) / baseline * 100", "a factor of 100 beside the unit %", "remove * 100"),
        ("100 * (weight - baseline) / baseline", "a factor of 100 beside the unit %", "remove * 100"),
        ("(weight - baseline) / baseline * 0", "a factor or divisor of 0", "mend the number"),
        ("(weight - baseline) / 0", "a factor or divisor of 0", "mend the number"),
        ("(weight - baseline) / baseline * 1e2", "1e2", "write it out"),
        ("weight / baseline / weight", '"weight / baseline"', "divide in a declared variable"),
        ("weight / (baseline / weight)", '"baseline / weight"', "divide in a declared variable"),
        ("(weight - '70 kg') / baseline", "a constant inside a formula", "declare the constant as a factor"),
        ("(weight + 0) / baseline", "a constant inside a formula", "declare the constant as a factor"),
        ("weight / '70 kg'", "a constant inside a formula", "declare the constant as a factor"),
        ("(weight - weight) / baseline", "a variable that cancels out", "remove it"),
        ("weight / (baseline - baseline)", "a variable that cancels out", "remove it"),
        ("(weight - urine) / baseline", "urine in mL", "add like to like"),
        ("weight - baseline", "gain in %", "mend the unit or the formula"),
        ("weight / urine", "gain in %", "mend the unit or the formula"),
        ("odd / baseline", "odd", "mend the unit"),
        ("(weight + odd) / baseline", "odd in spoonful", "add like to like"),
        ("hours_since(weight) / baseline", "the age of weight in a formula", "compare the age in a rule"),
        ("round(weight) / baseline", "ROUND", "use these alone"),
        ("weight > baseline", '"weight > baseline"', "+ - * alone"),
        ("", '""', "exactly one condition"),
    ],
)
def test_what_is_no_formula_is_refused_with_what_to_write(text, found, instead):
    with pytest.raises(NotARule) as refused:
        formula(text)
    assert found in str(refused.value)
    assert instead in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "resolution", "rounding", "found"),
    [
        (GAIN, "0.1", "half_even", 'the rounding "half_even"'),
        (GAIN, "0", "up", "the resolution 0 of gain"),
        (GAIN, "-0.1", "up", "the resolution -1/10 of gain"),
        (GAIN, "0.0000001", "up", "the resolution"),
        (quantity("gain", "%"), "0.1", "up", "the resolution 1/10 of gain"),
        (quantity("gain", "furlong", 0, 1), "0.1", "up", "furlong"),
    ],
)
def test_a_result_needs_a_resolution_a_range_a_unit_and_a_rounding(variable, resolution, rounding, found):
    with pytest.raises(NotARule) as refused:
        formula("(weight - baseline) / baseline", variable, resolution, rounding)
    assert found in str(refused.value)


def test_numbers_that_no_engine_can_hold_are_refused():
    with pytest.raises(NotARule, match="numbers too large to work out"):
        formula("weight / baseline", quantity("much", "1", 0, 10**18), "0.000001")


def test_a_factor_and_a_divisor_count_on_whichever_side_they_stand():
    mean = quantity("mean", "kg", 0, 300)
    texts = (
        "(weight + baseline) / 2",
        "(weight + baseline) * 0.5",
        "0.5 * (weight + baseline)",
        "((weight + baseline)) / 2",
    )
    results = [work_out(formula(text, mean), kg("weight", "77") | kg("baseline", "70")).low for text in texts]
    assert results == [73_500_000] * 4
