"""How much may this dose be at most, before anything is rounded and after? The hard limits, against what was given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from seriatim.errors import Misuse
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.exact import difference, product, total
from seriatim.protocols.dosing.moments import elapsed, must_have_zone
from seriatim.protocols.dosing.quantity import Quantity, is_amount, must_be_measured, plain, split_size
from seriatim.protocols.dosing.refusal import Reason
from seriatim.protocols.dosing.words import dose_words


@dataclass(frozen=True, slots=True)
class GivenDose:
    """One dose that the patient received: the amount that went in (also of an interrupted one), when it began, the
    amount per kg or m2 where known, and the dose level where the protocol has levels."""

    amount: Quantity
    at: datetime
    per_size: Quantity | None = None
    level: str | None = None

    def __post_init__(self) -> None:
        must_have_zone(self.at, "the time of a dose")
        must_be_measured(self.amount, "a dose of")
        if not is_amount(self.amount.unit):
            raise Misuse(f"a dose of {self.amount} is no amount of medicine")


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that one dose may be, in the rule's amount unit, because of one limit; below zero where it is passed."""

    name: str
    limit: Quantity
    at_most: Decimal


def ceilings(
    rule: DoseRule, size: Decimal | None, given: Sequence[GivenDose], at: datetime, cycle_start: datetime | None
) -> tuple[Ceiling, ...]:
    """What each declared limit leaves for this dose. The history was checked by `history_reasons` before."""
    counted = {name: _counted(name, given, at, cycle_start) for name in rule.hard_limits.amounts}
    return tuple(
        Ceiling(name, limit, _room(rule, limit, size, counted[name]))
        for name, limit in rule.hard_limits.amounts.items()
    )


def _counted(
    name: str, given: Sequence[GivenDose], at: datetime, cycle_start: datetime | None
) -> tuple[GivenDose, ...]:
    """The earlier doses that a limit adds to this one."""
    if name == "per_dose":
        return ()
    if name == "per_day":
        return tuple(dose for dose in given if elapsed(dose.at, at) < timedelta(days=1))
    if name == "per_cycle":
        return _in_cycle(given, cycle_start)
    return tuple(given)


def _in_cycle(given: Sequence[GivenDose], cycle_start: datetime | None) -> tuple[GivenDose, ...]:
    if cycle_start is None:
        return ()
    return tuple(dose for dose in given if elapsed(cycle_start, dose.at) >= timedelta(0))


def _room(rule: DoseRule, limit: Quantity, size: Decimal | None, counted: Sequence[GivenDose]) -> Decimal:
    unit = rule.amount_unit
    if split_size(limit.unit)[1] is None:
        return difference(limit.to(unit), total(dose.amount.to(unit) for dose in counted))
    by_size = f"{unit}/{rule.size}"
    before = total(dose.per_size.to(by_size) for dose in counted if dose.per_size is not None)
    # Multiplied, not divided: the limit is compared with the amount, so that no quotient is rounded across it.
    return product(difference(limit.to(by_size), before), size or Decimal(0))


def limit_reasons(rule: DoseRule, amount: Decimal, found: Sequence[Ceiling]) -> Iterable[Reason]:
    """One reason for each limit that an amount would pass. A limit refuses; it never cuts a dose down to fit."""
    for ceiling in found:
        if amount > ceiling.at_most:
            left = max(Decimal(0), ceiling.at_most)
            yield Reason(
                f"limit.{ceiling.name}",
                f"a dose of {dose_words(Quantity(amount, rule.amount_unit))}",
                f"at most {dose_words(Quantity(left, rule.amount_unit))}, which the hard limit"
                f" {ceiling.name} of {ceiling.limit} leaves",
                "do not give it; check weight and earlier doses with a pharmacist",
            )


def history_reasons(
    rule: DoseRule, given: Sequence[GivenDose] | None, at: datetime, cycle_start: datetime | None
) -> Iterable[Reason]:
    """Why the earlier doses cannot be added up. Not knowing them is not the same as none."""
    limits = rule.hard_limits
    needed = [name for name in ("per_day", "per_cycle_doses", "per_cycle", "lifetime") if getattr(limits, name)]
    if given is None:
        if needed:
            yield Reason(
                "history.missing",
                "no record of earlier doses",
                f"all of them, for the limits {', '.join(needed)}",
                "give the list of earlier doses; an empty one where there were none",
            )
        return
    yield from _unusable(rule, given, at)
    yield from _cycle_full(limits.per_cycle_doses, given, cycle_start, {"per_cycle", "per_cycle_doses"} & {*needed})


def _unusable(rule: DoseRule, given: Sequence[GivenDose], at: datetime) -> Iterable[Reason]:
    if any(elapsed(dose.at, at) < timedelta(0) for dose in given):
        yield Reason("history.future", "an earlier dose after this one", "earlier doses", "check the times")
    if len({dose.at for dose in given}) < len(given):
        yield Reason("history.twice", "two doses at one moment", "each dose once", "leave out what was entered twice")
    foreign = [dose.amount for dose in given if not _is_same_drug(dose.amount, rule)]
    if foreign:
        yield Reason(
            "history.unit",
            f"an earlier dose of {foreign[0]}",
            f"amounts in {rule.amount_unit}",
            "give the amount in the rule's units; units and milligrams do not add up",
        )
    by_size = [name for name, limit in rule.hard_limits.amounts.items() if split_size(limit.unit)[1]]
    if set(by_size) - {"per_dose"} and any(not _has_size(dose, rule) for dose in given):
        yield Reason(
            "history.size",
            f"an earlier dose without its amount per {rule.size}",
            f"one in {rule.amount_unit}/{rule.size}, for the limits {', '.join(by_size)}",
            "give what it was at the time",
        )


def _cycle_full(
    most: int | None, given: Sequence[GivenDose], cycle_start: datetime | None, needed: set[str]
) -> Iterable[Reason]:
    if needed and cycle_start is None:
        yield Reason("history.cycle_start", "no start of the cycle", "the time of its first dose", "say when it began")
    count = len(_in_cycle(given, cycle_start))
    if most is not None and count >= most:
        yield Reason(
            "limit.per_cycle_doses",
            f"{count} doses in this cycle already",
            f"fewer than {most} before another",
            "the cycle is complete; do not give another",
        )


def _is_same_drug(amount: Quantity, rule: DoseRule) -> bool:
    return amount.dimension == Quantity(Decimal(1), rule.amount_unit).dimension


def _has_size(dose: GivenDose, rule: DoseRule) -> bool:
    if dose.per_size is None:
        return False
    amount, size = split_size(dose.per_size.unit)
    return size == rule.size and _is_same_drug(Quantity(Decimal(1), amount), rule)


def lifted_limits(base: DoseRule, changed: DoseRule) -> tuple[str, ...]:
    """The hard limits that a changed rule would raise or leave out, in words; an overlay with any is no overlay.

    Lowering a limit, or adding one, is allowed: it only forbids more.
    """
    return tuple(_lifted_amounts(base, changed)) + tuple(_lifted_count(base, changed))


def _lifted_amounts(base: DoseRule, changed: DoseRule) -> Iterable[str]:
    after = changed.hard_limits.amounts
    for name, limit in base.hard_limits.amounts.items():
        new = after.get(name)
        if new is None:
            yield f"{name}: {limit} would be left out"
        elif not _is_comparable(limit, new) or new.to(limit.unit) > limit.value:
            yield f"{name}: {limit} would become {new}"


def _lifted_count(base: DoseRule, changed: DoseRule) -> Iterable[str]:
    before, after = base.hard_limits.per_cycle_doses, changed.hard_limits.per_cycle_doses
    if before is not None and (after is None or after > before):
        yield f"per_cycle_doses: {before} would become {plain(Decimal(after)) if after else 'no limit'}"


def _is_comparable(one: Quantity, other: Quantity) -> bool:
    return one.dimension == other.dimension and split_size(one.unit)[1] == split_size(other.unit)[1]
