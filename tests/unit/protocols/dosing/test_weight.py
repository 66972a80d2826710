"""Which weight is the dose worked out with, and which weights are not believed?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from seriatim.errors import Misuse
from seriatim.protocols.dosing.adjusted_weight import adjusted_weight
from seriatim.protocols.dosing.calculate import calculate_dose
from seriatim.protocols.dosing.declared import AdjustedWeight, DoseRule
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.moments import hours_words
from seriatim.protocols.dosing.quantity import Quantity, read_quantity, split_size
from seriatim.protocols.dosing.refusal import DoseRefused
from seriatim.protocols.dosing.weight import Weighed
from seriatim.vocabulary.ucum import UnknownUnit

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rule(policy: str = "cycle_baseline_actual", **weight: object) -> DoseRule:
    believed = {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h", **weight}
    return DoseRule.model_validate(
        {
            "basis": {"amount": "720000 [IU-aldesleukin]/kg", "weight": policy},
            "weight": believed,
            "height": {"plausible": ["120 cm", "220 cm"]},
            "modifications": "none_allowed",
            "hard_limits": {"per_dose": "180 M[IU-aldesleukin]"},
            "source": {"ref": "label", "at": "2.2"},
        }
    )


def weighed(text: str, hours: float = 0, **more: object) -> Weighed:
    return Weighed(read_quantity(text), START + hours * HOUR, **more)


def first_dose(baseline: Weighed | None, **more: object) -> Dose | DoseRefused:
    return calculate_dose(
        rule(), **{"weight": baseline, "cycle_baseline": baseline, "cycle_start": START, "at": START, **more}
    )


def refusals(answer: Dose | DoseRefused) -> list[str]:
    assert isinstance(answer, DoseRefused)
    return [reason.rule for reason in answer.reasons]


def million(answer: Dose | DoseRefused) -> Decimal:
    assert isinstance(answer, Dose), str(answer)
    return answer.amount.to("M[IU-aldesleukin]")


def test_fluid_gained_in_mid_cycle_does_not_raise_the_dose():
    later = first_dose(weighed("82.4 kg"), weight=weighed("93 kg", 60), at=START + 64 * HOUR)
    assert million(later) == Decimal("59.328")
    assert any("differs by more than 10 %" in caution for caution in later.cautions)


def test_under_the_policy_actual_the_newest_weight_counts():
    answer = calculate_dose(
        rule("actual"), weight=weighed("85 kg", 60), earlier=[weighed("82.4 kg")], at=START + 64 * HOUR
    )
    assert million(answer) == Decimal("61.2")


def test_the_weight_used_its_policy_and_its_age_stand_on_every_dose():
    dose = first_dose(weighed("82.4 kg", -4), at=START + 72 * HOUR)
    assert isinstance(dose, Dose)
    step = dose.steps[0]
    assert (step.name, step.value) == ("weight", "82.4 kilograms")
    assert step.expression == "the actual weight at the cycle's baseline, taken 3 days 4 h before this dose, no cap"


def test_no_weight_gives_no_dose():
    assert refusals(first_dose(None)) == ["weight.missing"]


def test_without_the_baseline_weight_the_newest_does_not_step_in():
    answer = calculate_dose(rule(), weight=weighed("82.4 kg"), cycle_start=START, at=START)
    assert refusals(answer) == ["weight.missing"]


@pytest.mark.parametrize("text", ["8.24 kg", "824 kg", "82400 kg", "82.4 g", "0 kg", "29.9 kg", "250.1 kg"])
def test_a_weight_outside_the_plausible_range_gives_no_dose(text):
    assert "weight.plausible" in refusals(first_dose(weighed(text)))


@pytest.mark.parametrize("text", ["30 kg", "250 kg", "82400 g"])
def test_the_bounds_of_the_plausible_range_belong_to_it(text):
    assert isinstance(first_dose(weighed(text)), Dose)


@pytest.mark.parametrize("hours", [-48, -1, 0])
def test_a_weight_up_to_its_greatest_age_is_used(hours):
    assert isinstance(first_dose(weighed("82.4 kg", hours)), Dose)


def test_a_weight_older_than_its_greatest_age_blocks_the_dose():
    assert refusals(first_dose(weighed("82.4 kg", -48.01))) == ["weight.age"]
    old = calculate_dose(rule("actual"), weight=weighed("82.4 kg"), at=START + 49 * HOUR)
    assert refusals(old) == ["weight.age"]


def test_the_age_of_a_weight_is_elapsed_time_on_the_night_when_clocks_change():
    zone = ZoneInfo("America/New_York")
    noon_before = datetime(2026, 10, 31, 12, 0, tzinfo=zone)
    noon_two_days_on = datetime(2026, 11, 2, 12, 0, tzinfo=zone)
    answer = calculate_dose(rule("actual"), weight=Weighed(read_quantity("82.4 kg"), noon_before), at=noon_two_days_on)
    assert refusals(answer) == ["weight.age"]  # 49 hours, though the clocks say 48


def test_a_baseline_weight_taken_after_the_first_dose_is_none():
    answer = first_dose(weighed("82.4 kg", 1), at=START + 8 * HOUR)
    assert refusals(answer) == ["weight.baseline"]


def test_a_weight_of_the_future_is_refused():
    assert "weight.future" in refusals(calculate_dose(rule("actual"), weight=weighed("82.4 kg", 1), at=START))


def test_a_newer_weight_than_the_newest_is_a_contradiction():
    answer = calculate_dose(rule("actual"), weight=weighed("82.4 kg", -8), earlier=[weighed("83 kg", -2)], at=START)
    assert refusals(answer) == ["weight.newest"]


def test_a_baseline_weight_needs_the_start_of_the_cycle():
    assert refusals(first_dose(weighed("82.4 kg"), cycle_start=None)) == ["weight.cycle_start"]
    assert refusals(first_dose(weighed("82.4 kg"), cycle_start=START + HOUR)) == ["weight.cycle_start"]


@pytest.mark.parametrize(
    ("now", "before", "slip"),
    [
        ("181.7 kg", "82.4 kg", "pounds taken for kilograms"),
        ("82.4 kg", "181.7 kg", "pounds taken for kilograms"),
        ("82.4 [lb_av]", "82.4 kg", "pounds taken for kilograms"),
        ("37.4 kg", "82.4 kg", "pounds taken for kilograms"),
        ("82.4 kg", "8.24 kg", "decimal point misplaced"),
        ("82.4 kg", "824 kg", "decimal point misplaced"),
        ("82.4 kg", "82400 kg", "grams taken for kilograms"),
    ],
)
def test_a_slip_of_unit_or_decimal_point_shows_against_an_earlier_weight(now, before, slip):
    answer = first_dose(weighed(now, is_reconfirmed=True), earlier=[weighed(before, -200)])
    assert isinstance(answer, DoseRefused)
    assert [reason.rule for reason in answer.reasons] == ["weight.slip"]
    assert slip in str(answer)


def test_a_slip_in_a_later_weight_shows_too():
    answer = first_dose(weighed("82.4 kg"), weight=weighed("181.7 kg", 20), at=START + 24 * HOUR)
    assert refusals(answer) == ["weight.slip"]


def test_a_change_above_the_threshold_asks_to_weigh_again_and_exactly_the_threshold_does_not():
    before = [weighed("70 kg", -200)]
    assert isinstance(first_dose(weighed("77 kg"), earlier=before), Dose)
    assert refusals(first_dose(weighed("77.1 kg"), earlier=before)) == ["weight.change"]
    assert refusals(first_dose(weighed("62.9 kg"), earlier=before)) == ["weight.change"]
    assert million(first_dose(weighed("77.1 kg", is_reconfirmed=True), earlier=before)) == Decimal("55.512")


def test_a_first_weight_is_used_with_the_caution_that_nothing_confirms_it():
    dose = first_dose(weighed("82.4 kg"))
    assert isinstance(dose, Dose)
    assert any("no other weight" in caution for caution in dose.cautions)


def test_what_the_scale_cannot_know_is_shown():
    dose = first_dose(weighed("82.4 kg", note="ascites, left leg amputated"))
    assert isinstance(dose, Dose)
    assert "note on the weight: ascites, left leg amputated" in dose.cautions


def test_a_heavy_patient_is_not_capped_unless_the_file_says_so():
    assert million(first_dose(weighed("200 kg"))) == 144
    capped = rule("actual", cap={"at": "150 kg", "source": {"ref": "label", "at": "p 3"}})
    dose = calculate_dose(capped, weight=weighed("200 kg"), at=START)
    assert million(dose) == 108
    assert isinstance(dose, Dose)
    assert "capped at 150 kg" in dose.steps[0].expression


ADJUSTED = {
    "formula": "devine_40",
    "round": {"to": "0.1 kg", "mode": "half_up"},
    "source": {"ref": "label", "at": "p 3"},
}


def adjusted_dose(**more: object) -> Dose | DoseRefused:
    heavy = weighed("130 kg")
    known = {"height": read_quantity("70 [in_i]"), "sex": "male", "cycle_start": START, "at": START, **more}
    return calculate_dose(rule("adjusted", adjusted=ADJUSTED), weight=heavy, cycle_baseline=heavy, **known)


def test_an_adjusted_weight_is_worked_out_by_the_named_formula_and_shown():
    dose = adjusted_dose()
    assert million(dose) == Decimal("95.8") * 720_000 / 10**6  # 73 kg ideal and 40 % of the other 57
    assert isinstance(dose, Dose)
    assert "devine_40" in dose.steps[1].expression


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({"height": None}, "height.missing"),
        ({"sex": None}, "sex.missing"),
        ({"height": read_quantity("150 cm")}, "height.formula"),
        ({"height": read_quantity("70 cm")}, "height.plausible"),
    ],
)
def test_an_adjusted_weight_is_refused_where_the_formula_lacks_something(known, missing):
    assert missing in refusals(adjusted_dose(**known))


def surface_dose(height: Quantity | None, cap: str = "none", kg: str = "82.4 kg") -> Dose | DoseRefused:
    by_surface = DoseRule.model_validate(
        {
            "basis": {"amount": "25 mg/m2", "weight": "actual"},
            "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
            "height": {"plausible": ["120 cm", "220 cm"]},
            "body_surface": {"formula": "mosteller", "round": {"to": "0.01 m2", "mode": "half_up"}, "cap": cap},
            "modifications": "none_allowed",
            "hard_limits": {"per_dose": "100 mg"},
            "source": {"ref": "label", "at": "2"},
        }
    )
    return calculate_dose(by_surface, weight=weighed(kg), height=height, at=START)


@pytest.mark.parametrize(
    ("height", "refused"),
    [(None, "height.missing"), ("1.80 cm", "height.plausible"), ("180 kg", "height.unit")],
)
def test_without_a_believable_height_there_is_no_body_surface(height, refused):
    assert refusals(surface_dose(height and read_quantity(height))) == [refused]


def test_the_formula_of_the_body_surface_and_its_cap_are_shown():
    dose = surface_dose(read_quantity("180 cm"))
    assert isinstance(dose, Dose)
    assert dose.amount == Quantity(Decimal("50.75"), "mg")  # 2.03 m2
    assert dose.steps[1].expression == "mosteller at a height of 180 cm, rounded to 0.01 m2, no cap"
    capped = surface_dose(read_quantity("190 cm"), cap="2 m2", kg="120 kg")
    assert isinstance(capped, Dose)
    assert capped.amount.value == 50
    assert "capped at 2 m2" in capped.steps[1].expression


def test_a_time_without_zone_is_a_wrong_call():
    with pytest.raises(Misuse, match="time zone"):
        Weighed(read_quantity("82.4 kg"), datetime(2026, 3, 2, 6, 0))  # noqa: DTZ001
    with pytest.raises(Misuse, match="time zone"):
        first_dose(weighed("82.4 kg"), at=datetime(2026, 3, 2, 6, 0))  # noqa: DTZ001


def test_what_is_no_weight_is_a_wrong_call():
    with pytest.raises(Misuse, match="is none"):
        weighed("82.4 mL")
    with pytest.raises(Misuse, match="more digits"):
        Weighed(Quantity(Decimal.from_float(82.4), "kg"), START)


def test_an_adjusted_weight_of_a_light_patient_is_the_actual_one_and_women_have_their_own_constant():
    formula = AdjustedWeight.model_validate(ADJUSTED)
    assert adjusted_weight(formula, Decimal("60.04"), Decimal("177.8"), "male") == 60
    assert adjusted_weight(formula, Decimal(130), Decimal("177.8"), "female") == Decimal("93.1")
    with pytest.raises(ValueError, match="no value under"):
        adjusted_weight(formula, Decimal(60), Decimal(150), "male")


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal(-1), 82.4, None, "82.4"])
def test_what_is_no_finite_decimal_is_no_quantity(value):
    with pytest.raises(ValueError, match="finite decimal"):
        Quantity(value, "kg")


@pytest.mark.parametrize(
    "text", ["82,4 kg", "82.4", "82.4kg", "kg", "-82.4 kg", "8e1 kg", "", "82.4 kilos", 82, True, None]
)
def test_text_that_is_no_number_with_unit_is_no_quantity(text):
    with pytest.raises(ValueError, match="unit"):
        read_quantity(text)


def test_a_number_without_end_in_the_wanted_unit_is_refused_and_not_rounded():
    with pytest.raises(ValueError, match="no terminating decimal"):
        read_quantity("1 g/[lb_av]").to("g/kg")
    with pytest.raises(UnknownUnit):
        read_quantity("1 kg").to("mL")
    with pytest.raises(ValueError, match="so many digits"):
        Quantity(Decimal("1E+61"), "kg")


def test_elapsed_time_is_said_as_on_the_ward():
    spans = [timedelta(minutes=59), timedelta(hours=7, minutes=59), timedelta(days=1, hours=1), timedelta(days=3)]
    assert [hours_words(span) for span in spans] == ["59 min", "7 h", "1 day 1 h", "3 days 0 h"]


def test_a_change_is_counted_from_the_last_weight_before():
    before = [weighed("70 kg", -400), weighed("78 kg", -200)]
    assert isinstance(first_dose(weighed("82.4 kg"), earlier=before), Dose)
    assert refusals(first_dose(weighed("82.4 kg"), earlier=[weighed("78 kg", -400), weighed("70 kg", -200)])) == [
        "weight.change"
    ]


def test_two_weights_of_one_moment_contradict_nothing():
    answer = calculate_dose(rule("actual"), weight=weighed("82.4 kg"), earlier=[weighed("82 kg")], at=START)
    assert million(answer) == Decimal("59.328")


def test_the_size_that_was_multiplied_is_on_the_dose():
    dose = first_dose(weighed("82400 g"))
    assert isinstance(dose, Dose)
    assert str(dose.size) == "82.4 kg"


def test_only_kg_and_square_metres_are_sizes_of_a_patient():
    assert [split_size(unit) for unit in ("mg/h", "mg/kg/h", "mg/g")] == [
        ("mg/h", None),
        ("mg/kg/h", None),
        ("mg", "kg"),
    ]
