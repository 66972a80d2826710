"""Which amount is given: within which limits, at which level, rounded how, from how many vials?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from seriatim.errors import Misuse
from seriatim.protocols.dosing.calculate import calculate_dose
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.extremes import deviation_bound, largest_dose, smallest_dose
from seriatim.protocols.dosing.limits import GivenDose, lifted_limits
from seriatim.protocols.dosing.quantity import read_quantity
from seriatim.protocols.dosing.refusal import DoseRefused
from seriatim.protocols.dosing.vials import LeftOver
from seriatim.protocols.dosing.weight import Weighed

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STOCK = {
    "vial_label": "22 M[IU-aldesleukin]",
    "deliverable": "21.6 M[IU-aldesleukin]",
    "concentration": "18 M[IU-aldesleukin]/mL",
    "partial_vials": "discard",
    "stable_for": "48 h",
}
SOURCE = {"ref": "label", "at": "2.2"}


def rule(**changes: object) -> DoseRule:
    return DoseRule.model_validate(
        {
            "basis": {"amount": "720000 [IU-aldesleukin]/kg", "weight": "actual"},
            "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
            "modifications": "none_allowed",
            "hard_limits": {"per_dose": "180 M[IU-aldesleukin]"},
            "product": STOCK,
            "source": SOURCE,
            **changes,
        }
    )


def tenth(mode: str, most: str = "5 %") -> dict[str, str]:
    return {"to": "0.1 mL", "mode": mode, "max_deviation": most}


def calculated(declared: DoseRule, kg: str = "82.4", **more: object) -> Dose | DoseRefused:
    at = more.pop("at", START)
    return calculate_dose(declared, weight=Weighed(read_quantity(f"{kg} kg"), at), at=at, **more)


def earlier(million: str, hours: float, **more: object) -> GivenDose:
    return GivenDose(read_quantity(f"{million} M[IU-aldesleukin]"), START + hours * HOUR, **more)


def refusals(answer: Dose | DoseRefused) -> list[str]:
    assert isinstance(answer, DoseRefused), str(answer)
    return [reason.rule for reason in answer.reasons]


def given(answer: Dose | DoseRefused) -> Dose:
    assert isinstance(answer, Dose), str(answer)
    return answer


def million(answer: Dose | DoseRefused) -> Decimal:
    return given(answer).amount.to("M[IU-aldesleukin]")


def test_every_step_of_a_dose_is_shown_in_words():
    dose = given(calculated(rule(round=tenth("half_up"))))
    assert [(step.name, step.value) for step in dose.steps] == [
        ("weight", "82.4 kilograms"),
        ("amount", "59.328 million international units of aldesleukin"),
        ("rounding", "59.4 million international units of aldesleukin, +0.12 percent"),
        ("hard limit per_dose", "leaves 180 million international units of aldesleukin for this dose"),
        ("volume", "3.3 millilitres"),
        ("vials", "3, 5.4 million international units of aldesleukin discarded"),
    ]
    assert "before rounding 3.296 millilitres" in dose.steps[4].expression
    assert "by the label's 22 million international units of aldesleukin it would be 3" in dose.steps[5].expression


@pytest.mark.parametrize(
    ("mode", "millilitres"), [("half_up", "2.3"), ("half_even", "2.2"), ("down", "2.2"), ("up", "2.3")]
)
def test_a_dose_halfway_between_two_steps_is_rounded_by_the_named_mode(mode, millilitres):
    assert given(calculated(rule(round=tenth(mode)), "56.25")).volume == read_quantity(f"{millilitres} mL")  # 2.25 mL


def test_a_dose_that_no_rule_rounds_stays_exact_and_says_so():
    dose = given(calculated(rule()))
    assert dose.amount == dose.exact
    assert dose.deviation_percent == 0
    assert any("declares no rounding" in step.expression for step in dose.steps)


def test_a_dose_may_be_rounded_to_whole_vials_or_to_an_amount():
    vial = {"to": "1 {vial}", "mode": "half_up", "max_deviation": "10 %"}
    assert million(calculated(rule(round=vial), "88")) == Decimal("64.8")
    amount = {"to": "1 M[IU-aldesleukin]", "mode": "half_up", "max_deviation": "5 %"}
    assert million(calculated(rule(round=amount))) == 59


def test_a_deviation_above_the_declared_one_refuses_the_dose():
    vial = {"to": "1 {vial}", "mode": "half_up", "max_deviation": "5 %"}
    assert refusals(calculated(rule(round=vial), "82.4")) == ["round.deviation"]


def test_a_deviation_of_exactly_the_declared_one_is_allowed_and_a_hair_more_is_not():
    vial = {"to": "1 {vial}", "mode": "half_up", "max_deviation": "8 %"}
    exactly = rule(round=vial, basis={"amount": "40 M[IU-aldesleukin]"}, weight=None)
    assert million(calculated(exactly)) == Decimal("43.2")
    assert refusals(calculated(rule(round=vial), "55.555555555")) == ["round.deviation"]  # 39.9999999996 million


def test_a_dose_that_rounds_to_nothing_is_refused_and_not_zero():
    large = {"to": "10 mL", "mode": "half_up", "max_deviation": "100 %"}
    assert refusals(calculated(rule(round=large))) == ["round.nothing"]


def test_rounding_up_to_beyond_a_hard_limit_is_rounding_down_and_says_so():
    declared = rule(round=tenth("half_up"), hard_limits={"per_dose": "59.35 M[IU-aldesleukin]"})
    dose = given(calculated(declared))
    assert million(dose) == Decimal("57.6")
    assert any("would pass a hard limit" in caution for caution in dose.cautions)


def test_a_limit_by_weight_holds_exactly_at_the_dose_of_the_protocol():
    declared = rule(round=tenth("up"), hard_limits={"per_dose": "720000 [IU-aldesleukin]/kg"})
    assert million(calculated(declared)) == Decimal("57.6")
    less = rule(hard_limits={"per_dose": "719999 [IU-aldesleukin]/kg"})
    assert refusals(calculated(less)) == ["limit.per_dose"]


def test_a_dose_beyond_the_limit_is_refused_and_not_cut_down():
    declared = rule(hard_limits={"per_dose": "59 M[IU-aldesleukin]"})
    answer = calculated(declared)
    assert refusals(answer) == ["limit.per_dose"]
    assert "at most 59 million international units" in str(answer)


def test_the_limit_of_a_day_counts_any_24_hours():
    declared = rule(hard_limits={"per_dose": "180 M[IU-aldesleukin]", "per_day": "180 M[IU-aldesleukin]"})
    before = [earlier("59.328", hours) for hours in (-24, -16, -8)]
    assert million(calculated(declared, given=before)) == Decimal("59.328")
    before = [earlier("59.328", hours) for hours in (-23.9, -16, -8)]
    assert refusals(calculated(declared, given=before)) == ["limit.per_day"]


def test_the_limit_of_doses_in_a_cycle_counts_those_of_this_cycle():
    declared = rule(hard_limits={"per_dose": "180 M[IU-aldesleukin]", "per_cycle_doses": 3})
    before = [earlier("59.328", hours) for hours in (-300, -24, -16)]
    assert isinstance(calculated(declared, given=before, cycle_start=START - 24 * HOUR), Dose)
    before.append(earlier("59.328", -8))
    answer = calculated(declared, given=before, cycle_start=START - 24 * HOUR)
    assert refusals(answer) == ["limit.per_cycle_doses"]


def test_the_limits_of_cycle_and_lifetime_add_up_what_was_given():
    declared = rule(
        hard_limits={
            "per_dose": "180 M[IU-aldesleukin]",
            "per_cycle": "120 M[IU-aldesleukin]",
            "lifetime": "150 M[IU-aldesleukin]",
        }
    )
    one = [earlier("60", -8)]
    assert isinstance(calculated(declared, given=one, cycle_start=START - 8 * HOUR), Dose)
    old = [earlier("60", -5000), *one]
    assert refusals(calculated(declared, given=old, cycle_start=START - 8 * HOUR)) == ["limit.lifetime"]
    more = [earlier("60", -16), *one]
    answer = calculated(declared, given=more, cycle_start=START - 16 * HOUR)
    assert refusals(answer) == ["limit.per_cycle", "limit.lifetime"]


def test_a_lifetime_limit_by_size_adds_what_each_dose_was_per_size():
    declared = rule(
        hard_limits={"per_dose": "180 M[IU-aldesleukin]", "lifetime": "1.44 M[IU-aldesleukin]/kg"},
    )
    full = [earlier("72", -8, per_size=read_quantity("720000 [IU-aldesleukin]/kg"))]
    assert isinstance(calculated(declared, given=full), Dose)
    over = [earlier("72", -8, per_size=read_quantity("720001 [IU-aldesleukin]/kg"))]
    assert refusals(calculated(declared, given=over)) == ["limit.lifetime"]
    assert refusals(calculated(declared, given=[earlier("72", -8)])) == ["history.size"]


@pytest.mark.parametrize("limit", ["per_day", "per_cycle", "lifetime", "per_cycle_doses"])
def test_not_knowing_earlier_doses_is_not_the_same_as_none(limit):
    most = 3 if limit == "per_cycle_doses" else "180 M[IU-aldesleukin]"
    declared = rule(hard_limits={"per_dose": "180 M[IU-aldesleukin]", limit: most})
    assert refusals(calculated(declared, cycle_start=START)) == ["history.missing"]
    assert isinstance(calculated(declared, cycle_start=START, given=[]), Dose)


@pytest.mark.parametrize("limit", ["per_cycle", "per_cycle_doses"])
def test_a_limit_of_the_cycle_needs_its_start(limit):
    most = 3 if limit == "per_cycle_doses" else "180 M[IU-aldesleukin]"
    declared = rule(hard_limits={"per_dose": "180 M[IU-aldesleukin]", limit: most})
    assert refusals(calculated(declared, given=[])) == ["history.cycle_start"]


def test_a_record_of_doses_that_cannot_be_is_refused():
    assert refusals(calculated(rule(), given=[earlier("59", 1)])) == ["history.future"]
    assert refusals(calculated(rule(), given=[earlier("59", -8), earlier("59", -8)])) == ["history.twice"]
    milligrams = GivenDose(read_quantity("3.6 mg"), START - 8 * HOUR)
    assert refusals(calculated(rule(), given=[milligrams])) == ["history.unit"]
    with pytest.raises(Misuse, match="no amount"):
        GivenDose(read_quantity("3 mL"), START)


def test_every_reason_is_given_at_once_and_none_of_them_with_a_number():
    declared = rule(hard_limits={"per_dose": "180 M[IU-aldesleukin]", "per_cycle_doses": 3})
    answer = calculated(declared, "824", level="-1")
    assert refusals(answer) == ["weight.plausible", "level.forbidden", "history.missing"]
    assert not hasattr(answer, "amount")


def test_a_refusal_without_a_reason_cannot_be_made():
    with pytest.raises(ValueError, match="without a reason"):
        DoseRefused(())


LEVELS = {
    "levels": [{"name": "full", "share": "100 %"}, {"name": "-1", "share": "75 %"}, {"name": "-2", "share": "50 %"}],
}


def test_a_level_gives_its_share_of_the_full_dose():
    dose = given(calculated(rule(modifications=LEVELS), "100", level="-1", given=[]))
    assert million(dose) == 54
    assert "at level -1, 75 percent" in dose.steps[1].expression


@pytest.mark.parametrize("level", [None, "-3"])
def test_a_level_is_named_and_has_no_default(level):
    assert refusals(calculated(rule(modifications=LEVELS), level=level, given=[])) == ["level.unknown"]


def test_a_reduced_dose_is_not_raised_again_unless_the_file_says_so():
    before = [earlier("72", -500, level="full"), earlier("54", -24, level="-1")]
    stepwise = rule(modifications=LEVELS)
    assert refusals(calculated(stepwise, level="full", given=before)) == ["level.re_escalation"]
    assert isinstance(calculated(stepwise, level="-1", given=before), Dose)
    assert isinstance(calculated(stepwise, level="-2", given=before), Dose)
    allowed = rule(modifications={**LEVELS, "re_escalation": "allowed"})
    assert isinstance(calculated(allowed, level="full", given=before), Dose)


def test_re_escalation_cannot_be_ruled_out_without_the_earlier_levels():
    stepwise = rule(modifications=LEVELS)
    assert refusals(calculated(stepwise, level="full")) == ["level.history"]
    assert refusals(calculated(stepwise, level="full", given=[earlier("54", -24)])) == ["level.history"]


def band(low: str, high: str, give: str) -> dict[str, str]:
    return {
        "at_least": f"{low} M[IU-aldesleukin]",
        "below": f"{high} M[IU-aldesleukin]",
        "give": f"{give} M[IU-aldesleukin]",
    }


BANDS = {"table": [band("54", "57", "55.8"), band("57", "61.2", "59.4")], "max_deviation": "6 %", "source": SOURCE}


def test_a_dose_band_gives_the_dose_of_the_table_and_shows_what_it_changed():
    dose = given(calculated(rule(bands=BANDS)))
    assert million(dose) == Decimal("59.4")
    assert [step.value for step in dose.steps if step.name == "band"] == [
        "59.4 million international units of aldesleukin, +0.12 percent"
    ]


def test_a_dose_at_the_lower_bound_of_a_band_belongs_to_it_and_at_the_upper_to_the_next():
    flat = [rule(basis={"amount": f"{number} M[IU-aldesleukin]"}, weight=None, bands=BANDS) for number in ("54", "57")]
    assert [million(calculated(declared)) for declared in flat] == [Decimal("55.8"), Decimal("59.4")]


def test_a_dose_outside_the_bands_or_too_far_from_its_band_is_refused():
    assert refusals(calculated(rule(bands=BANDS), "90")) == ["bands.outside"]
    narrow = {**BANDS, "max_deviation": "0.1 %"}
    assert refusals(calculated(rule(bands=narrow))) == ["round.deviation"]


def test_a_band_above_the_hard_limit_is_refused():
    declared = rule(bands=BANDS, hard_limits={"per_dose": "59.35 M[IU-aldesleukin]"})
    assert refusals(calculated(declared)) == ["limit.per_dose"]


def test_a_flat_dose_asks_for_no_weight():
    flat = rule(basis={"amount": "18 M[IU-aldesleukin]"}, weight=None)
    dose = given(calculate_dose(flat, weight=None, at=START))
    assert million(dose) == 18
    assert dose.size is None


KEPT = {**STOCK, "partial_vials": "keep"}


def test_the_rest_of_a_vial_is_used_where_partial_vials_are_kept():
    rest = LeftOver(read_quantity("20 M[IU-aldesleukin]"), START - 8 * HOUR)
    vials = given(calculated(rule(product=KEPT), left_over=rest)).vials
    assert vials is not None
    assert (vials.count, vials.is_kept) == (2, True)
    assert vials.left.to("M[IU-aldesleukin]") == Decimal("20") + Decimal("43.2") - Decimal("59.328")


def test_a_rest_that_holds_the_whole_dose_opens_no_vial():
    rest = LeftOver(read_quantity("20 M[IU-aldesleukin]"), START - 8 * HOUR)
    small = rule(product=KEPT, basis={"amount": "180000 [IU-aldesleukin]/kg", "weight": "actual"})
    vials = given(calculated(small, left_over=rest)).vials
    assert vials is not None
    assert vials.count == 0


@pytest.mark.parametrize(
    ("stock", "amount", "opened", "refused"),
    [
        (STOCK, "20 M[IU-aldesleukin]", -8, "vials.partial"),
        (KEPT, "20 M[IU-aldesleukin]", -49, "vials.stable"),
        (KEPT, "20 M[IU-aldesleukin]", 1, "vials.stable"),
        (KEPT, "20 mg", -8, "vials.unit"),
        (KEPT, "21.6 M[IU-aldesleukin]", -8, "vials.rest"),
    ],
)
def test_a_rest_that_may_not_be_used_refuses_the_dose(stock, amount, opened, refused):
    rest = LeftOver(read_quantity(amount), START + opened * HOUR)
    assert refusals(calculated(rule(product=stock), left_over=rest)) == [refused]


def bag(low: str, high: str, volume_is: str) -> dict[str, object]:
    return {
        "allow": ["D5W"],
        "volume": "50 mL",
        "infuse_over": "15 min",
        "volume_is": volume_is,
        "final_concentration": [f"{low} M[IU-aldesleukin]/mL", f"{high} M[IU-aldesleukin]/mL"],
    }


def test_a_bag_too_strong_or_too_thin_is_refused():
    # 100 kg: 72 million in 50 mL are 1.44 million/mL, and 1.3333 where the dose's own 4 mL come on top.
    assert isinstance(calculated(rule(diluent=bag("1", "1.44", "final")), "100"), Dose)
    assert refusals(calculated(rule(diluent=bag("1", "1.43", "final")), "100")) == ["diluent.concentration"]
    assert refusals(calculated(rule(diluent=bag("1.45", "2", "final")), "100")) == ["diluent.concentration"]
    assert isinstance(calculated(rule(diluent=bag("1", "1.334", "added_to")), "100"), Dose)
    assert refusals(calculated(rule(diluent=bag("1", "1.333", "added_to")), "100")) == ["diluent.concentration"]


def test_no_overlay_lifts_a_hard_limit():
    base = rule(
        hard_limits={"per_dose": "150 M[IU-aldesleukin]", "per_day": "450 M[IU-aldesleukin]", "per_cycle_doses": 14}
    )

    def lifted(**limits: object) -> tuple[str, ...]:
        return lifted_limits(base, rule(hard_limits=limits))

    same = {"per_dose": "150000000 [IU-aldesleukin]", "per_day": "450 M[IU-aldesleukin]", "per_cycle_doses": 14}
    assert lifted(**same) == ()
    assert lifted(**{**same, "per_dose": "140 M[IU-aldesleukin]", "per_cycle_doses": 12}) == ()
    assert lifted(**same, lifetime="900 M[IU-aldesleukin]") == ()
    assert lifted(**{**same, "per_dose": "151 M[IU-aldesleukin]"}) == (
        "per_dose: 150 M[IU-aldesleukin] would become 151 M[IU-aldesleukin]",
    )
    assert lifted(**{**same, "per_dose": "1 M[IU-aldesleukin]/kg"})[0].startswith("per_dose")
    assert lifted(**{**same, "per_cycle_doses": 15}) == ("per_cycle_doses: 14 would become 15",)
    gone = lifted(per_dose="150 M[IU-aldesleukin]")
    assert gone == (
        "per_day: 450 M[IU-aldesleukin] would be left out",
        "per_cycle_doses: 14 would become no limit",
    )


def test_the_extremes_take_levels_rounding_and_bands_into_account():
    rounded = rule(round=tenth("up", "100 %"), modifications=LEVELS)
    assert str(largest_dose(rounded)) == "180000000 [IU-aldesleukin]"
    assert str(smallest_dose(rounded)) == "10800000 [IU-aldesleukin]"
    banded = rule(bands=BANDS)
    assert largest_dose(banded) == read_quantity("59.4 M[IU-aldesleukin]")
    assert smallest_dose(banded) == read_quantity("55.8 M[IU-aldesleukin]")
    flat = rule(basis={"amount": "18 M[IU-aldesleukin]"}, weight=None)
    assert largest_dose(flat) == smallest_dose(flat)


def test_rounding_to_exactly_the_hard_limit_is_rounding_as_declared():
    dose = given(calculated(rule(round=tenth("half_up"), hard_limits={"per_dose": "59.4 M[IU-aldesleukin]"})))
    assert million(dose) == Decimal("59.4")
    assert not any("hard limit" in caution for caution in dose.cautions)


@pytest.mark.parametrize(("level", "says"), [(None, "found no dose level,"), ("-3", "found the dose level -3,")])
def test_a_refused_level_is_named(level, says):
    assert says in str(calculated(rule(modifications=LEVELS), level=level, given=[]))


@pytest.mark.parametrize("per_size", ["4.4 mg/kg", "720000 [IU-aldesleukin]/m2"])
def test_an_amount_by_another_size_or_unit_adds_nothing_up(per_size):
    declared = rule(hard_limits={"per_dose": "180 M[IU-aldesleukin]", "lifetime": "9 M[IU-aldesleukin]/kg"})
    before = [earlier("72", -8, per_size=read_quantity(per_size))]
    assert refusals(calculated(declared, given=before)) == ["history.size"]


def test_a_vial_may_give_all_that_its_label_says():
    stock = {**STOCK, "deliverable": "22 M[IU-aldesleukin]"}
    vials = given(calculated(rule(product=stock), "60.1")).vials
    assert vials is not None
    assert vials.count == vials.by_label == 2


def test_the_bound_of_the_deviation_is_that_of_the_smallest_patient_at_the_lowest_level():
    assert deviation_bound(rule()) == 0
    assert round(deviation_bound(rule(round=tenth("half_up"), modifications=LEVELS)), 6) == Decimal("8.333333")
    assert round(deviation_bound(rule(round=tenth("up"))), 6) == Decimal("8.333333")
    at_the_ends = rule(bands={**BANDS, "table": [band("50", "60", "56")]})
    assert deviation_bound(at_the_ends) == 12
