"""Which amount is given instead of the exact one: rounded, from a table of bands, or as it is?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from seriatim.protocols.dosing.declared import Band, DoseRule
from seriatim.protocols.dosing.dose import Step
from seriatim.protocols.dosing.exact import product, total, whole_and_rest
from seriatim.protocols.dosing.quantity import Quantity, is_same_kind
from seriatim.protocols.dosing.refusal import Reason
from seriatim.protocols.dosing.rounding import deviation_percent, is_within, round_to, steps_of
from seriatim.protocols.dosing.words import dose_words, grouped

_THOUSANDTH_MILLILITRE = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class FinalAmount:
    """An amount to give, how it came about, and whether it was rounded down to stay within a hard limit."""

    value: Decimal
    how: str
    is_held_down: bool = False


def final_amount(rule: DoseRule, exact: Decimal, at_most: Decimal | None = None) -> FinalAmount | None:
    """The amount to give for an exact one; None where no band holds it. `at_most` is what the hard limits leave.

    Rounding never passes a hard limit: where it would, the amount is rounded down instead.
    """
    if rule.bands:
        band = _band_of(rule, exact)
        if band is None:
            return None
        return FinalAmount(band.give.to(rule.amount_unit), f"the band from {band.at_least} to {band.below}")
    step = rounding_step(rule)
    if rule.round is None or step is None:
        return FinalAmount(exact, "not rounded: the protocol declares no rounding")
    rounded = round_to(exact, step, rule.round.mode)
    how = f"to {rule.round.to}, {rule.round.mode.replace('_', ' ')}"
    if at_most is not None and rounded > at_most >= exact:
        held = product(Decimal(whole_and_rest(at_most, step)[0]), step)
        return FinalAmount(held, f"to {rule.round.to}, down, because {how} would pass a hard limit", is_held_down=True)
    return FinalAmount(rounded, how)


def rounding_step(rule: DoseRule) -> Decimal | None:
    """The declared step as an amount: 0.1 mL of 18 million IU/mL is 1.8 million IU. None without rounding."""
    if rule.round is None:
        return None
    to = rule.round.to
    if is_same_kind(to.unit, rule.amount_unit):
        return to.to(rule.amount_unit)
    if rule.product is None:
        return None
    if to.unit == "{vial}":
        return product(to.value, rule.product.deliverable.to(rule.amount_unit))
    return product(to.to("mL"), concentration(rule) or Decimal(0))


def concentration(rule: DoseRule) -> Decimal | None:
    """The amount in a millilitre of the product."""
    return None if rule.product is None else rule.product.concentration.to(f"{rule.amount_unit}/mL")


def volume_of(rule: DoseRule, amount: Decimal) -> Quantity | None:
    """The undiluted volume of an amount, to 0.001 mL, half up; exact where the dose was rounded to a volume."""
    per_millilitre = concentration(rule)
    if per_millilitre is None:
        return None
    step = _THOUSANDTH_MILLILITRE
    if rule.round and is_same_kind(rule.round.to.unit, "mL"):
        step = rule.round.to.to("mL")
    return Quantity(volume_in_steps(amount, per_millilitre, step), "mL")


def volume_in_steps(amount: Decimal, per_millilitre: Decimal, step: Decimal) -> Decimal:
    """An amount as a volume in whole steps; counted in amounts, so that 48/18 mL is rounded from what it is.

    >>> volume_in_steps(Decimal(48), Decimal(18), Decimal("0.001"))
    Decimal('2.667')
    """
    return product(Decimal(steps_of(amount, product(step, per_millilitre), "half_up")), step)


def amount_reasons(rule: DoseRule, exact: Decimal, final: FinalAmount | None) -> Iterable[Reason]:
    """Why the amount cannot stand: no band, nothing left, or a deviation above the declared one."""
    if final is None:
        expected = "a dose within the table of bands"
        yield Reason("bands.outside", f"a dose of {_words(rule, exact)}", expected, "ask for a band or another dose")
        return
    if final.value == 0:
        found = f"a dose of {_words(rule, exact)}, which rounds to nothing"
        yield Reason("round.nothing", found, "one of at least a rounding step", "check the weight, and the step")
        return
    allowed = rule.bands.max_deviation if rule.bands else rule.round and rule.round.max_deviation
    if allowed and not is_within(final.value, exact, allowed.to("%")):
        yield Reason(
            "round.deviation",
            f"{_words(rule, final.value)} for {_words(rule, exact)}, {signed_percent(final.value, exact)}",
            f"a deviation of at most {allowed}",
            "do not give it; a pharmacist decides on another step or product",
        )


def concentration_reasons(rule: DoseRule, amount: Decimal) -> Iterable[Reason]:
    """Why an amount cannot be infused in the declared volume: the bag would be too thin or too strong."""
    per_millilitre = concentration(rule)
    if rule.diluent is None or rule.diluent.final_concentration is None or per_millilitre is None:
        return
    lowest, highest = (bound.to(f"{rule.amount_unit}/mL") for bound in rule.diluent.final_concentration)
    # Volumes are multiplied by the product's concentration, so that the dose's own volume needs no division.
    bag = product(rule.diluent.volume.to("mL"), per_millilitre)
    volume = total([bag, amount]) if rule.diluent.volume_is == "added_to" else bag
    strength = product(amount, per_millilitre)
    if not product(lowest, volume) <= strength <= product(highest, volume):
        yield Reason(
            "diluent.concentration",
            f"{_words(rule, amount)} in {rule.diluent.volume}",
            f"{rule.diluent.final_concentration[0]} to {rule.diluent.final_concentration[1]}",
            "a pharmacist chooses another volume, which the protocol must declare",
        )


def final_step(rule: DoseRule, exact: Decimal, final: FinalAmount) -> Step:
    """The rounding in words, with its deviation."""
    value = f"{_words(rule, final.value)}, {signed_percent(final.value, exact)}"
    return Step("band" if rule.bands else "rounding", final.how, value)


def signed_percent(rounded: Decimal, exact: Decimal) -> str:
    """The deviation with its sign, to two decimals.

    >>> signed_percent(Decimal("59.4"), Decimal("59.328"))
    '+0.12 percent'
    """
    percent = deviation_percent(rounded, exact).quantize(Decimal("0.01"))
    sign = "+" if rounded > exact else "-" if rounded < exact else ""
    return f"{sign}{grouped(abs(percent))} percent"


def _band_of(rule: DoseRule, exact: Decimal) -> Band | None:
    unit = rule.amount_unit
    bands = rule.bands.table if rule.bands else ()
    return next((band for band in bands if band.at_least.to(unit) <= exact < band.below.to(unit)), None)


def _words(rule: DoseRule, amount: Decimal) -> str:
    return dose_words(Quantity(amount, rule.amount_unit))
