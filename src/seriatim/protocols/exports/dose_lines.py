"""How is the dose of a drug worked out, in lines that a pharmacist reads?"""

from __future__ import annotations

from collections.abc import Iterator

from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.quantity import Quantity, is_amount, plain, split_size
from seriatim.protocols.dosing.words import dose_words
from seriatim.protocols.wording.unit_words import amount_words

_WEIGHT = {
    "cycle_baseline_actual": "the actual weight before the cycle's first dose, for the whole cycle",
    "actual": "the newest actual weight",
    "adjusted": "a weight adjusted by the formula named below",
}
_LIMITS = {
    "per_dose": "in one dose",
    "per_day": "in any 24 hours",
    "per_cycle": "in one cycle",
    "lifetime": "in a lifetime",
}
_MODES = {
    "half_up": "a half is rounded up",
    "half_even": "a half is rounded to the even step",
    "down": "always down",
    "up": "always up",
}


def dose_lines(rule: DoseRule) -> tuple[tuple[str, str], ...]:
    """Each line with its name, such as ("Amount", "720,000 international units of aldesleukin per kilogram")."""
    return tuple(_lines(rule))


def quantity_words(quantity: Quantity) -> str:
    """A declared quantity in words: an amount of medicine as on a label, anything else by its unit."""
    if is_amount(split_size(quantity.unit)[0]):
        return dose_words(quantity)
    return amount_words(f"{plain(quantity.value)} {quantity.unit}")


def _lines(rule: DoseRule) -> Iterator[tuple[str, str]]:
    yield "Amount", dose_words(rule.basis.amount)
    if rule.basis.weight is not None and rule.weight is not None:
        low, high = (quantity_words(end) for end in rule.weight.plausible)
        yield "Weight", _WEIGHT[rule.basis.weight]
        yield "A weight is believed", f"from {low} to {high}, at most {quantity_words(rule.weight.max_age)} old"
        yield "Weigh again", f"where it changed by more than {quantity_words(rule.weight.confirm_if_change_over)}"
        if rule.weight.adjusted:
            yield "Adjusted weight", f"formula {rule.weight.adjusted.formula.replace('_', ' ')}"
        if rule.weight.cap:
            yield "Weight cap", quantity_words(rule.weight.cap.at)
    if rule.body_surface is not None:
        cap = rule.body_surface.cap
        formula = rule.body_surface.formula.replace("_", " ")
        yield "Body surface", f"formula {formula}, {f'at most {quantity_words(cap)}' if cap else 'without a cap'}"
    yield from _changes(rule)
    for name, limit in rule.hard_limits.amounts.items():
        yield "Never more than", f"{quantity_words(limit)} {_LIMITS[name]}"
    if rule.hard_limits.per_cycle_doses is not None:
        yield "Never more than", f"{rule.hard_limits.per_cycle_doses} doses in one cycle"
    yield from _rounding(rule)
    yield from _product(rule)


def _changes(rule: DoseRule) -> Iterator[tuple[str, str]]:
    if rule.modifications == "none_allowed":
        yield "Reduction", "none: a dose is given in full or not at all"
        return
    levels = "; ".join(f"{level.name}: {quantity_words(level.share)}" for level in rule.modifications.levels)
    back = "no dose is raised again" if rule.modifications.re_escalation == "not_allowed" else "it may be raised again"
    yield "Reduction", f"by levels ({levels}); {back}"


def _rounding(rule: DoseRule) -> Iterator[tuple[str, str]]:
    if rule.round is not None:
        most = quantity_words(rule.round.max_deviation)
        yield "Rounded", f"to {quantity_words(rule.round.to)}, {_MODES[rule.round.mode]}, by {most} at most"
    if rule.bands is not None:
        yield "Dose bands", f"{len(rule.bands.table)}, by {quantity_words(rule.bands.max_deviation)} at most"


def _product(rule: DoseRule) -> Iterator[tuple[str, str]]:
    if rule.product is not None:
        stock = rule.product
        if stock.name:
            yield "Product", stock.name
        yield "Vial", f"label {dose_words(stock.vial_label)}; {dose_words(stock.deliverable)} can be drawn from it"
        yield "Concentration", dose_words(stock.concentration)
        yield "Rest of a vial", "kept" if stock.partial_vials == "keep" else "discarded"
        yield "Stable for", quantity_words(stock.stable_for)
    if rule.diluent is not None:
        yield "Diluted in", f"{quantity_words(rule.diluent.volume)} of {' or '.join(rule.diluent.allow)}"
        yield "Infused over", quantity_words(rule.diluent.infuse_over)
        if rule.diluent.do_not_mix:
            yield "Never with", ", ".join(rule.diluent.do_not_mix)
        yield from (
            (name, value) for name, value in (("Filter", rule.diluent.filter), ("Line", rule.diluent.line)) if value
        )
