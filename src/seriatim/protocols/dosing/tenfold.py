"""Is this dose ten times too large or too small, against what was ordered and against the dose before?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.exact import product
from seriatim.protocols.dosing.legacy_units import legacy_unit_suspected
from seriatim.protocols.dosing.levels import share_of
from seriatim.protocols.dosing.limits import GivenDose
from seriatim.protocols.dosing.quantity import Quantity, is_amount, is_same_kind, split_size
from seriatim.protocols.dosing.refusal import Reason
from seriatim.protocols.dosing.words import dose_words

# A slip by ten, with a patient or a level that changed meanwhile, still lies beyond five; no protocol steps so far.
_FACTOR = Decimal(5)


def tenfold_reasons(
    rule: DoseRule, amount: Decimal, share: Decimal, ordered: Quantity | None, given: Sequence[GivenDose] | None
) -> Iterable[Reason]:
    """Why an amount cannot be right beside the order, or beside the last dose.

    `ordered` is an amount, or an amount per kg or m2, which is compared with the protocol's own. `share` is the
    percentage of the full dose; doses of two levels are compared as full doses.
    """
    if ordered is not None:
        yield from _against_order(rule, amount, share, ordered)
    same_drug = [dose for dose in given or () if is_same_kind(dose.amount.unit, rule.amount_unit)]
    whole = [dose for dose in same_drug if dose.amount.value > 0]
    if whole:
        last = max(whole, key=lambda dose: dose.at)
        # amount / share against last / its share, multiplied crosswise.
        if is_far(product(amount, share_of(rule, last.level)), product(last.amount.to(rule.amount_unit), share)):
            yield _apart(
                f"{_words(amount, rule)} after a dose of {_words(last.amount.to(rule.amount_unit), rule)}",
                "doses of one size",
            )


def _against_order(rule: DoseRule, amount: Decimal, share: Decimal, ordered: Quantity) -> Iterable[Reason]:
    whole, size = split_size(ordered.unit)
    if not is_amount(whole) or not is_same_kind(whole, rule.amount_unit) or size not in (None, rule.size):
        legacy = legacy_unit_suspected(ordered, high_dose=rule.basis.labelled == "high_dose")
        expected = f"one in {rule.amount_unit}, whole or by size"
        yield legacy or Reason("order.unit", f"an order of {ordered}", expected, "ask who ordered it")
        return
    usual = product(rule.per_size, share, Decimal("0.01")) if size else amount
    number = ordered.to(f"{rule.amount_unit}/{size}" if size else rule.amount_unit)
    if is_far(number, usual):
        unit = f"{rule.amount_unit}/{rule.size}" if size else rule.amount_unit
        yield _apart(f"an order of {dose_words(Quantity(number, unit))}", f"about {dose_words(Quantity(usual, unit))}")


def is_far(one: Decimal, other: Decimal) -> bool:
    """Whether two amounts differ by a factor of five or more.

    >>> is_far(Decimal(7_200_000), Decimal(720_000)), is_far(Decimal(600_000), Decimal(720_000))
    (True, False)
    """
    smaller, larger = sorted((one, other))
    return larger >= product(smaller, _FACTOR)


def _apart(found: str, expected: str) -> Reason:
    move = "one of the two is probably ten-fold wrong: check zeros, decimal points and units, and mend the wrong one"
    return Reason("amount.tenfold", found, expected, move)


def _words(amount: Decimal, rule: DoseRule) -> str:
    return dose_words(Quantity(amount, rule.amount_unit))
