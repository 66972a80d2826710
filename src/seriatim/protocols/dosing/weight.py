"""Which weight is the dose worked out with, and may it be believed?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from seriatim.errors import Misuse
from seriatim.protocols.dosing.declared import DoseRule, WeightRule
from seriatim.protocols.dosing.exact import difference, product
from seriatim.protocols.dosing.moments import duration, elapsed, hours_words, must_have_zone
from seriatim.protocols.dosing.quantity import Quantity, is_same_kind, must_be_measured, plain
from seriatim.protocols.dosing.refusal import Reason

# A recorded ratio that lies within a tenth of one of these is a slip of the unit or of the decimal point and not a
# change of the patient. A pound is 0.45359237 kg exactly.
_SLIPS = (
    (Decimal("1.98"), Decimal("2.43"), "pounds taken for kilograms, or the reverse (a factor of 2.2)"),
    (Decimal(9), Decimal(11), "a decimal point misplaced (a factor of 10)"),
    (Decimal(900), Decimal(1100), "grams taken for kilograms (a factor of 1000)"),
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One weighing: `is_reconfirmed` where the patient was weighed a second time; `note` for what the scale cannot
    know (ascites, an amputation, a bed scale)."""

    weight: Quantity
    at: datetime
    is_reconfirmed: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        must_have_zone(self.at, "the time of a weight")
        must_be_measured(self.weight, "the weight")
        if not is_same_kind(self.weight.unit, "kg"):
            raise Misuse(f"a weight of {self.weight} is none; give it in kg, g or [lb_av]")

    @property
    def kg(self) -> Decimal:
        return self.weight.to("kg")


@dataclass(frozen=True, slots=True)
class Weighings:
    """All weights of a patient that are known when a dose is worked out; wrong ones are left out, not sent along."""

    latest: Weighed | None
    cycle_baseline: Weighed | None = None
    earlier: tuple[Weighed, ...] = ()

    @property
    def all(self) -> tuple[Weighed, ...]:
        known = (self.latest, self.cycle_baseline, *self.earlier)
        return tuple(weighed for weighed in known if weighed is not None)


def dosing_weight(rule: DoseRule, weighings: Weighings) -> Weighed | None:
    """The weight that the policy names. Fluid gained in mid-cycle cannot raise a dose on the cycle's baseline."""
    if rule.basis.weight == "actual":
        return weighings.latest
    return weighings.cycle_baseline


def weight_reasons(
    rule: DoseRule, weighings: Weighings, at: datetime, cycle_start: datetime | None
) -> tuple[Reason, ...]:
    """Why the weight cannot be used: each reason; none where it can."""
    chosen = dosing_weight(rule, weighings)
    if rule.weight is None:
        return ()
    if chosen is None:
        return (_missing(rule),)
    others = tuple(weighed for weighed in weighings.all if weighed != chosen)
    return (
        *_implausible(rule.weight, chosen),
        *_wrong_time(rule, chosen, at, cycle_start),
        *_not_newest(rule, chosen, others),
        *_slips(chosen, others),
        *_change(rule.weight, chosen, others),
    )


def _missing(rule: DoseRule) -> Reason:
    which = "newest" if rule.basis.weight == "actual" else "cycle's baseline"
    return Reason("weight.missing", f"no {which} weight", "one in kg, with its time", "weigh the patient")


def _implausible(rule: WeightRule, chosen: Weighed) -> Iterable[Reason]:
    lowest, highest = (bound.to("kg") for bound in rule.plausible)
    if not lowest <= chosen.kg <= highest:
        yield Reason(
            "weight.plausible",
            f"a weight of {chosen.weight}",
            f"{plain(lowest)} to {plain(highest)} kg",
            "check number and unit, and weigh again",
        )


def _wrong_time(rule: DoseRule, chosen: Weighed, at: datetime, cycle_start: datetime | None) -> Iterable[Reason]:
    if elapsed(chosen.at, at) < timedelta(0):
        yield Reason("weight.future", "a weight of the future", "one taken before the dose", "check clock and zone")
    if rule.basis.weight == "actual":
        yield from _too_old(rule, chosen, at, "the dose")
    elif cycle_start is None:
        yield Reason(
            "weight.cycle_start",
            "no start of the cycle",
            "the time of its first dose, which the baseline weight must precede",
            "say when the cycle began",
        )
    elif elapsed(cycle_start, at) < timedelta(0):
        yield Reason("weight.cycle_start", "a cycle that begins after the dose", "one begun", "check the times")
    elif elapsed(chosen.at, cycle_start) < timedelta(0):
        yield Reason(
            "weight.baseline",
            "a baseline weight taken after the cycle began",
            "one taken before its first dose",
            "look up the weight of admission",
        )
    else:
        yield from _too_old(rule, chosen, cycle_start, "the cycle's first dose")


def _too_old(rule: DoseRule, chosen: Weighed, moment: datetime, what: str) -> Iterable[Reason]:
    age = elapsed(chosen.at, moment)
    if rule.weight and age > duration(rule.weight.max_age):
        yield Reason(
            "weight.age",
            f"a weight {hours_words(age)} old at {what}",
            f"one of the last {rule.weight.max_age}",
            "weigh the patient",
        )


def _not_newest(rule: DoseRule, chosen: Weighed, others: Iterable[Weighed]) -> Iterable[Reason]:
    if rule.basis.weight == "actual" and any(elapsed(chosen.at, other.at) > timedelta(0) for other in others):
        found = "a weight newer than the one that is called newest"
        yield Reason("weight.newest", found, "the newest weight", "use the newest, or leave out what is no weight")


def _slips(chosen: Weighed, others: Iterable[Weighed]) -> Iterable[Reason]:
    for other in others:
        smaller, larger = sorted((chosen.kg, other.kg))
        for low, high, what in _SLIPS:
            if product(smaller, low) <= larger <= product(smaller, high):
                yield Reason(
                    "weight.slip",
                    f"a weight of {chosen.weight} beside one of {other.weight}",
                    "weights of one patient",
                    f"this looks like {what}: find the wrong one, mark it entered in error and leave it out",
                )


def _change(rule: WeightRule, chosen: Weighed, others: Iterable[Weighed]) -> Iterable[Reason]:
    before = [other for other in others if elapsed(other.at, chosen.at) >= timedelta(0)]
    if not before or chosen.is_reconfirmed:
        return
    last = max(before, key=lambda weighed: weighed.at)
    if is_changed_by_more(chosen.kg, last.kg, rule.confirm_if_change_over):
        yield Reason(
            "weight.change",
            f"a weight of {chosen.weight} after one of {last.weight}",
            f"a change of at most {rule.confirm_if_change_over}",
            "weigh again, and enter the weight as reconfirmed",
        )


def is_changed_by_more(now: Decimal, before: Decimal, share: Quantity) -> bool:
    """Whether a weight changed by more than a share of the earlier one; exactly that share is not more.

    >>> from seriatim.protocols.dosing.quantity import read_quantity
    >>> is_changed_by_more(Decimal("64.9"), Decimal("59.0"), read_quantity("10 %"))
    False
    """
    return product(abs(difference(now, before)), Decimal(100)) > product(before, share.to("%"))
