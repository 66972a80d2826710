"""How many vials does a dose take, and what is left of them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from seriatim.protocols.dosing.declared import Product
from seriatim.protocols.dosing.exact import difference, product, total, whole_and_rest
from seriatim.protocols.dosing.moments import duration, elapsed, hours_words, must_have_zone
from seriatim.protocols.dosing.quantity import Quantity, is_same_kind, must_be_measured
from seriatim.protocols.dosing.refusal import Reason


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What an opened vial still holds."""

    amount: Quantity
    opened_at: datetime

    def __post_init__(self) -> None:
        must_have_zone(self.opened_at, "the opening of a vial")
        must_be_measured(self.amount, "the rest of a vial")


@dataclass(frozen=True, slots=True)
class Vials:
    """New vials to open, counted on what can be drawn up; how many the labels' content would promise; what is left.

    `left` is wasted where partial vials are discarded, and kept where they are kept.
    """

    count: int
    by_label: int
    left: Quantity
    is_kept: bool


def vials_needed(amount: Decimal, content: Decimal) -> int:
    """The fewest vials that hold an amount.

    60.1 kg at 720,000 IU/kg: two labels of 22 million would hold it, but only 21.6 million can be drawn from each:

    >>> vials_needed(Decimal("43.272"), Decimal("22")), vials_needed(Decimal("43.272"), Decimal("21.6"))
    (2, 3)
    """
    whole, rest = whole_and_rest(amount, content)
    return whole + (rest > 0)


def vials_for(stock: Product, dose: Quantity, left_over: LeftOver | None = None) -> Vials:
    """The vials of one dose, after what an opened vial still gives."""
    unit = dose.unit
    opened = Decimal(0) if left_over is None else left_over.amount.to(unit)
    missing = max(Decimal(0), difference(dose.value, opened))
    content = stock.deliverable.to(unit)
    count = vials_needed(missing, content)
    held = total([opened, product(content, Decimal(count))])
    return Vials(
        count=count,
        by_label=vials_needed(missing, stock.vial_label.to(unit)),
        left=Quantity(difference(held, dose.value), unit),
        is_kept=stock.partial_vials == "keep",
    )


def left_over_reasons(stock: Product | None, left_over: LeftOver | None, at: datetime) -> Iterable[Reason]:
    """Why the rest of an opened vial cannot be used."""
    if left_over is None:
        return
    if stock is None or stock.partial_vials == "discard":
        yield Reason("vials.partial", "the rest of a vial", "new vials: partial ones are discarded", "open new vials")
        return
    if not is_same_kind(left_over.amount.unit, stock.deliverable.unit):
        found = f"the rest of a vial of {left_over.amount}"
        yield Reason("vials.unit", found, f"an amount in {stock.deliverable.unit}", "check which drug it is")
    elif left_over.amount.to(stock.deliverable.unit) >= stock.deliverable.value:
        yield Reason("vials.rest", "a rest as large as a vial", f"less than {stock.deliverable}", "measure it again")
    age = elapsed(left_over.opened_at, at)
    if age > duration(stock.stable_for) or age.total_seconds() < 0:
        yield Reason(
            "vials.stable",
            f"a vial opened {hours_words(age)} {'before' if age.total_seconds() >= 0 else 'after'} the dose",
            f"one opened in the {stock.stable_for} before it",
            "open a new vial",
        )
