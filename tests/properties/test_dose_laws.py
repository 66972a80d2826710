"""Which laws does every dose obey, whatever the weight, the step and the limit?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.protocols.dosing.calculate import calculate_dose
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.exact import terminating
from seriatim.protocols.dosing.extremes import deviation_bound, largest_dose, smallest_dose
from seriatim.protocols.dosing.limits import GivenDose
from seriatim.protocols.dosing.quantity import Quantity, is_amount, read_quantity
from seriatim.protocols.dosing.refusal import DoseRefused
from seriatim.protocols.dosing.rounding import steps_of
from seriatim.protocols.dosing.vials import LeftOver, vials_needed
from seriatim.protocols.dosing.weight import Weighed
from seriatim.protocols.dosing.words import dose_words

MORNING = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
MODES = ("half_up", "half_even", "down", "up")

weights = st.decimals("30", "250", places=1)
amounts = st.decimals("0.001", "1000000", places=3)
steps = st.sampled_from([Decimal(text) for text in ("0.01", "0.05", "0.1", "0.25", "0.5", "1")])


STOCK = {
    "vial_label": "22 M[IU-aldesleukin]",
    "deliverable": "21.6 M[IU-aldesleukin]",
    "concentration": "18 M[IU-aldesleukin]/mL",
    "partial_vials": "discard",
    "stable_for": "48 h",
}


def rule(**more: object) -> DoseRule:
    return DoseRule.model_validate(
        {
            "basis": {"amount": "720000 [IU-aldesleukin]/kg", "weight": "actual"},
            "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
            "modifications": "none_allowed",
            "hard_limits": {"per_dose": "180 M[IU-aldesleukin]"},
            "product": STOCK,
            "source": {"ref": "label", "at": "2.2"},
            **more,
        }
    )


def rounding(step: Decimal, mode: str, most: str = "5 %") -> dict[str, str]:
    return {"to": f"{step} mL", "mode": mode, "max_deviation": most}


def calculated(declared: DoseRule, weight: Quantity) -> Dose | DoseRefused:
    return calculate_dose(declared, weight=Weighed(weight, MORNING), at=MORNING)


def kilograms(value: Decimal) -> Quantity:
    return Quantity(value, "kg")


@given(weights, weights, steps, st.sampled_from(MODES))
def test_a_heavier_patient_never_gets_less(one, other, step, mode):
    declared = rule(round=rounding(step, mode))
    lighter, heavier = (calculated(declared, kilograms(kg)) for kg in sorted((one, other)))
    if isinstance(lighter, Dose) and isinstance(heavier, Dose):
        assert lighter.exact.value <= heavier.exact.value
        assert lighter.amount.value <= heavier.amount.value


@given(weights, steps, st.sampled_from(MODES), st.sampled_from(["0.5 %", "2 %", "5 %"]))
def test_no_dose_deviates_by_more_than_declared_and_none_is_a_number_and_a_refusal(kg, step, mode, most):
    dose = calculated(rule(round=rounding(step, mode, most)), kilograms(kg))
    if isinstance(dose, DoseRefused):
        assert dose.reasons
        return
    exact, amount = Fraction(dose.exact.value), Fraction(dose.amount.value)
    assert abs(amount - exact) * 100 <= exact * Fraction(read_quantity(most).value)
    assert amount % Fraction(step * 18_000_000) == 0


@given(weights, steps, st.sampled_from(MODES), st.integers(20, 180))
def test_no_rounding_passes_a_hard_limit(kg, step, mode, limit):
    declared = rule(round=rounding(step, mode, "100 %"), hard_limits={"per_dose": f"{limit} M[IU-aldesleukin]"})
    dose = calculated(declared, kilograms(kg))
    if isinstance(dose, Dose):
        assert dose.amount.to("M[IU-aldesleukin]") <= limit
    else:
        assert any(reason.rule in ("limit.per_dose", "round.nothing") for reason in dose.reasons)


@given(weights)
def test_a_dose_above_the_limit_is_refused_and_never_cut_down_to_it(kg):
    dose = calculated(rule(hard_limits={"per_dose": "60 M[IU-aldesleukin]"}), kilograms(kg))
    assert isinstance(dose, DoseRefused) == (Fraction(kg) * 720_000 > 60_000_000)


@given(amounts, st.decimals("0.1", "500", places=1))
def test_the_vials_hold_the_dose_and_one_fewer_does_not(amount, content):
    count = vials_needed(amount, content)
    assert count == ceil(Fraction(amount) / Fraction(content))
    assert Fraction(content) * count >= Fraction(amount) > Fraction(content) * (count - 1)


@given(weights)
def test_what_is_drawn_from_the_vials_is_the_dose_and_what_is_left(kg):
    dose = calculated(rule(), kilograms(kg))
    assert isinstance(dose, Dose)
    assert dose.vials is not None
    drawn = dose.vials.count * 21_600_000
    assert dose.amount.value + dose.vials.left.value == drawn
    assert dose.vials.left.value < 21_600_000


@given(amounts, st.decimals("0.01", "7", places=2), st.sampled_from(MODES))
def test_rounding_is_that_of_fractions(amount, step, mode):
    quotient = Fraction(amount) / Fraction(step)
    whole, rest = quotient // 1, quotient % 1
    half = Fraction(1, 2)
    carried = {
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and whole % 2 == 1),
        "down": False,
        "up": rest > 0,
    }
    assert steps_of(amount, step, mode) == whole + carried[mode]


@given(
    weights,
    st.sampled_from([("kg", 1), ("g", 1000)]),
    st.sampled_from(
        [
            "720000 [IU-aldesleukin]/kg",
            "0.72 M[IU-aldesleukin]/kg",
            "720 [IU-aldesleukin]/g",
            "720 k[IU-aldesleukin]/kg",
            "0.72 10*6.[IU-aldesleukin]/kg",
        ]
    ),
)
def test_the_same_dose_comes_out_of_every_unit(kg, unit, amount):
    usual = calculated(rule(), kilograms(kg))
    same = calculated(rule(basis={"amount": amount, "weight": "actual"}), Quantity(kg * unit[1], unit[0]))
    assert isinstance(usual, Dose)
    assert isinstance(same, Dose)
    assert usual.amount.to("[IU-aldesleukin]") == same.amount.to("[IU-aldesleukin]")
    assert usual.volume == same.volume


@given(st.decimals("70", "500", places=1))
def test_a_weight_in_pounds_is_converted_without_loss(pounds):
    dose = calculated(rule(), Quantity(pounds, "[lb_av]"))
    assert isinstance(dose, Dose)
    assert Fraction(dose.exact.value) == Fraction(pounds) * Fraction("0.45359237") * 720_000


@given(weights, steps, st.sampled_from(MODES))
def test_every_dose_lies_between_the_smallest_and_the_largest(kg, step, mode):
    declared = rule(round=rounding(step, mode, "100 %"), hard_limits={"per_dose": "1000 M[IU-aldesleukin]"})
    dose = calculated(declared, kilograms(kg))
    assert isinstance(dose, Dose)
    assert smallest_dose(declared).value <= dose.amount.value <= largest_dose(declared).value
    assert abs(dose.deviation_percent) <= deviation_bound(declared)


SURFACE = {
    "basis": {"amount": "25 mg/m2", "weight": "actual"},
    "height": {"plausible": ["120 cm", "220 cm"]},
    "hard_limits": {"per_dose": "1000 mg"},
    "product": None,
}
ADJUSTED = {
    "basis": {"amount": "60 mg/kg", "weight": "adjusted"},
    "weight": {
        "plausible": ["30 kg", "250 kg"],
        "confirm_if_change_over": "10 %",
        "max_age": "48 h",
        "adjusted": {
            "formula": "devine_40",
            "round": {"to": "0.1 kg", "mode": "half_up"},
            "source": {"ref": "label", "at": "x"},
        },
    },
    "height": {"plausible": ["120 cm", "220 cm"]},
    "hard_limits": {"per_dose": "100000 mg"},
    "product": None,
}


@pytest.mark.parametrize("formula", ["mosteller", "du_bois"])
@pytest.mark.parametrize("cap", ["none", "2 m2"])
@given(kg=weights, height=st.integers(120, 220))
def test_every_dose_by_body_surface_lies_between_the_extremes(formula, cap, kg, height):
    surface = {"formula": formula, "round": {"to": "0.01 m2", "mode": "half_up"}, "cap": cap}
    declared = rule(**SURFACE, body_surface=surface)
    dose = calculate_dose(
        declared, weight=Weighed(kilograms(kg), MORNING), height=Quantity(Decimal(height), "cm"), at=MORNING
    )
    assert isinstance(dose, Dose)
    assert smallest_dose(declared).value <= dose.amount.value <= largest_dose(declared).value


@given(weights, st.integers(153, 220), st.sampled_from(["female", "male"]))
def test_every_dose_by_adjusted_weight_lies_between_the_extremes(kg, height, sex):
    declared = rule(**ADJUSTED)
    weighed = Weighed(kilograms(kg), MORNING)
    dose = calculate_dose(
        declared,
        weight=weighed,
        cycle_baseline=weighed,
        cycle_start=MORNING,
        height=Quantity(Decimal(height), "cm"),
        sex=sex,
        at=MORNING,
    )
    assert isinstance(dose, Dose)
    assert smallest_dose(declared).value <= dose.amount.value <= largest_dose(declared).value


UNITS = """kg g [lb_av] mg [IU-aldesleukin] M[IU-aldesleukin] [IU-heparin] [IU-aldesleukin]/kg M[IU-aldesleukin]/kg
    mg/kg mg/m2 cm dg % {vial}"""
units = st.sampled_from(UNITS.split())
quantities = st.builds(Quantity, st.decimals("0", "99999999999", places=9), units)
moments = st.integers(-100, 10).map(lambda hours: MORNING + timedelta(hours=hours))
masses = st.builds(Quantity, st.decimals("0", "500", places=3), st.sampled_from(["kg", "[lb_av]", "g"]))
weighings = st.builds(Weighed, masses, moments, st.booleans())
believable = st.builds(Weighed, st.builds(Quantity, st.decimals("60", "80", places=1), st.just("kg")), st.just(MORNING))
per_size = st.builds(Quantity, st.decimals("0", "1", places=3), st.just("M[IU-aldesleukin]/kg"))
drug = st.builds(Quantity, st.decimals("30", "80", places=3), st.just("M[IU-aldesleukin]"))
levels_given = st.sampled_from(["full", "half"])
doses = st.builds(
    GivenDose, drug | quantities.filter(lambda amount: is_amount(amount.unit)), moments, st.none(), st.none()
)
past = st.integers(1, 96).map(lambda hours: MORNING - timedelta(hours=hours))
likely_doses = st.builds(GivenDose, drug, past, per_size, levels_given)
LEVELS = {"levels": [{"name": "full", "share": "100 %"}, {"name": "half", "share": "50 %"}]}
MODIFICATIONS = ["none_allowed", LEVELS, {**LEVELS, "re_escalation": "allowed"}]


@st.composite
def rules(draw: st.DrawFn) -> DoseRule:
    limits = st.sampled_from([None, "1.5 M[IU-aldesleukin]/kg", "150 M[IU-aldesleukin]"])
    return rule(
        basis={
            "amount": "720000 [IU-aldesleukin]/kg",
            "weight": draw(st.sampled_from(["actual", "cycle_baseline_actual"])),
        },
        modifications=draw(st.sampled_from(MODIFICATIONS)),
        product={**STOCK, "partial_vials": draw(st.sampled_from(["discard", "keep"]))},
        round=draw(st.none() | st.builds(rounding, steps, st.sampled_from(MODES))),
        hard_limits={
            "per_dose": "55 M[IU-aldesleukin]",
            **{name: draw(limits) for name in ("per_day", "per_cycle", "lifetime")},
        },
    )


@st.composite
def questions(draw: st.DrawFn, declared: DoseRule) -> dict[str, object]:
    """A question that has an answer, of which up to two inputs are spoiled or taken away."""
    weighed = draw(believable)
    good: dict[str, object] = {
        "weight": weighed,
        "cycle_baseline": weighed,
        "cycle_start": MORNING,
        "given": draw(st.lists(likely_doses, max_size=2)),
        "level": None if declared.modifications == "none_allowed" else draw(levels_given),
    }
    bad = {
        "weight": st.none() | weighings,
        "cycle_baseline": st.none() | weighings,
        "cycle_start": st.none() | moments,
        "earlier": st.lists(weighings, max_size=2),
        "height": quantities,
        "given": st.none() | st.lists(doses | likely_doses, max_size=3),
        "level": st.sampled_from([None, "full", "half", "other"]),
        "ordered": quantities,
        "left_over": st.builds(LeftOver, quantities, moments),
    }
    spoiled = draw(st.lists(st.sampled_from(sorted(bad)), max_size=2, unique=True))
    return {**good, **{name: draw(bad[name]) for name in spoiled}}


@settings(max_examples=200)
@given(st.data())
def test_whatever_is_asked_the_answer_is_a_dose_above_zero_or_a_refusal(data):
    """Nothing raises, nothing is zero, nothing passes the limit, and nobody is dosed without a believable weight."""
    declared = data.draw(rules())
    answer = calculate_dose(declared, at=MORNING, **data.draw(questions(declared)))
    if isinstance(answer, DoseRefused):
        assert all(reason.found and reason.expected and reason.next_move for reason in answer.reasons)
        return
    assert 0 < answer.amount.to("M[IU-aldesleukin]") <= 55
    assert answer.weighed is not None
    assert 30 <= answer.weighed.kg <= 250
    assert dose_words(answer.amount) in str(answer)


@given(st.integers(1, 10**12), st.integers(0, 9), st.integers(0, 9))
def test_a_fraction_that_ends_as_a_decimal_keeps_every_digit(numerator, twos, fives):
    fraction = Fraction(numerator, 2**twos * 5**fives)
    assert Fraction(terminating(fraction)) == fraction
