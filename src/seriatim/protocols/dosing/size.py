"""By which size of the patient is the amount multiplied: a weight, a body surface, or none?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from seriatim.protocols.dosing.adjusted_weight import SHORTEST_CM, Sex, adjusted_weight
from seriatim.protocols.dosing.body_surface import body_surface
from seriatim.protocols.dosing.declared import DoseRule, HeightRule
from seriatim.protocols.dosing.dose import Step
from seriatim.protocols.dosing.moments import elapsed, hours_words
from seriatim.protocols.dosing.quantity import Quantity, is_same_kind, plain
from seriatim.protocols.dosing.refusal import Reason
from seriatim.protocols.dosing.weight import Weighed, Weighings, dosing_weight, is_changed_by_more, weight_reasons
from seriatim.protocols.dosing.words import dose_words

_POLICY = {
    "actual": "the newest actual weight",
    "cycle_baseline_actual": "the actual weight at the cycle's baseline",
    "adjusted": "the actual weight at the cycle's baseline",
}


@dataclass(frozen=True, slots=True)
class Body:
    """What is known of the patient's body: the weighings, and height and sex where a formula asks for them."""

    weighings: Weighings
    height: Quantity | None = None
    sex: Sex | None = None


def size_reasons(rule: DoseRule, body: Body, at: datetime, cycle_start: datetime | None) -> tuple[Reason, ...]:
    """Why the size cannot be worked out: each reason; none where it can."""
    if rule.size is None:
        return ()
    return (*weight_reasons(rule, body.weighings, at, cycle_start), *_height_reasons(rule, body))


def size_of(rule: DoseRule, body: Body) -> Decimal | None:
    """The size in kg or m2, None for a flat dose. `size_reasons` found none before."""
    chosen = dosing_weight(rule, body.weighings)
    return None if rule.size is None or chosen is None else size_from(rule, chosen.kg, body.height, body.sex)


def size_from(rule: DoseRule, kg: Decimal, height: Quantity | None, sex: Sex | None) -> Decimal:
    """The size of a patient of this weight, height and sex, after the declared formula, rounding and cap."""
    if rule.weight and rule.weight.adjusted and rule.basis.weight == "adjusted" and height and sex:
        kg = adjusted_weight(rule.weight.adjusted, kg, height.to("cm"), sex)
    if rule.weight and rule.weight.cap:
        kg = min(kg, rule.weight.cap.at.to("kg"))
    if rule.body_surface and rule.size == "m2" and height:
        return body_surface(rule.body_surface, kg, height.to("cm"))
    return kg


def _height_reasons(rule: DoseRule, body: Body) -> Iterable[Reason]:
    is_adjusted = rule.basis.weight == "adjusted"
    if rule.height is not None and rule.needs_height:
        yield from _unusable_height(rule.height, body.height)
    if is_adjusted and body.sex not in ("female", "male"):
        yield Reason("sex.missing", "no sex", "female or male, which the ideal weight depends on", "give it")
    if is_adjusted and _is_too_short(body.height):
        expected = f"{SHORTEST_CM} cm or more: the formula of Devine has no value below"
        move = "ask for a weight policy that fits the patient"
        yield Reason("height.formula", f"a height of {body.height}", expected, move)


def _is_too_short(height: Quantity | None) -> bool:
    return height is not None and is_same_kind(height.unit, "cm") and height.to("cm") < SHORTEST_CM


def _unusable_height(rule: HeightRule, height: Quantity | None) -> Iterable[Reason]:
    if height is None:
        yield Reason("height.missing", "no height", "one in cm; there is no default", "measure the patient")
    elif not is_same_kind(height.unit, "cm"):
        yield Reason("height.unit", f"a height of {height}", "one in cm", "give it in cm, m or [in_i]")
    elif not rule.plausible[0].to("cm") <= height.to("cm") <= rule.plausible[1].to("cm"):
        expected = f"{rule.plausible[0]} to {rule.plausible[1]}"
        yield Reason("height.plausible", f"a height of {height}", expected, "check number and unit, and measure again")


def size_steps(rule: DoseRule, body: Body, size: Decimal | None, at: datetime) -> Iterable[Step]:
    """The weight used and why, with its age; and the formula where there is one."""
    chosen = dosing_weight(rule, body.weighings)
    if size is None or chosen is None or rule.basis.weight is None:
        return
    why = f"{_POLICY[rule.basis.weight]}, taken {hours_words(elapsed(chosen.at, at))} before this dose"
    cap = rule.weight.cap.at if rule.weight and rule.weight.cap else None
    capped = f"capped at {cap}" if cap else "no cap"
    yield Step("weight", f"{why}, {capped}", dose_words(Quantity(chosen.kg, "kg")))
    yield from _adjusted_step(rule, body, chosen)
    if rule.body_surface and rule.size == "m2":
        surface = rule.body_surface
        cap_words = "no cap" if surface.cap is None else f"capped at {surface.cap}"
        formula = f"{surface.formula} at a height of {body.height}, rounded to {surface.round.to}, {cap_words}"
        yield Step("body surface", formula, dose_words(Quantity(size, "m2")))


def _adjusted_step(rule: DoseRule, body: Body, chosen: Weighed) -> Iterable[Step]:
    adjusted = rule.weight.adjusted if rule.weight and rule.basis.weight == "adjusted" else None
    if adjusted and body.height and body.sex:
        kg = adjusted_weight(adjusted, chosen.kg, body.height.to("cm"), body.sex)
        formula = f"{adjusted.formula} at a height of {body.height}, {body.sex}, rounded to {adjusted.round.to}"
        yield Step("adjusted weight", formula, dose_words(Quantity(kg, "kg")))


def size_cautions(rule: DoseRule, weighings: Weighings) -> Iterable[str]:
    """What a reader should know of the weight though it changes no number."""
    chosen = dosing_weight(rule, weighings)
    if rule.weight is None or chosen is None:
        return
    if chosen.note:
        yield f"note on the weight: {chosen.note}"
    if len(set(weighings.all)) == 1:
        yield "no other weight to compare this one with: a slip of its unit could not be found"
    yield from _gain(weighings.latest, chosen, rule.weight.confirm_if_change_over)


def _gain(latest: Weighed | None, chosen: Weighed, share: Quantity) -> Iterable[str]:
    if latest is not None and latest != chosen and is_changed_by_more(latest.kg, chosen.kg, share):
        yield (
            f"the newest weight, {plain(latest.kg)} kg, differs by more than {share} from the dosing weight,"
            f" {plain(chosen.kg)} kg: it does not change the dose, but may decide whether one is given"
        )
