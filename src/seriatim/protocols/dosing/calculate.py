"""How much is given to this patient now? An amount with every step, or every reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from seriatim.protocols.dosing.adjusted_weight import Sex
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.dose import Dose, Step
from seriatim.protocols.dosing.exact import product
from seriatim.protocols.dosing.final_amount import (
    FinalAmount,
    amount_reasons,
    concentration_reasons,
    final_amount,
    final_step,
    signed_percent,
    volume_of,
)
from seriatim.protocols.dosing.levels import level_reasons, share_of
from seriatim.protocols.dosing.limits import Ceiling, GivenDose, ceilings, history_reasons, limit_reasons
from seriatim.protocols.dosing.moments import must_have_zone
from seriatim.protocols.dosing.quantity import Quantity, plain
from seriatim.protocols.dosing.refusal import DoseRefused, Reason
from seriatim.protocols.dosing.rounding import deviation_percent
from seriatim.protocols.dosing.size import Body, size_cautions, size_of, size_reasons, size_steps
from seriatim.protocols.dosing.tenfold import tenfold_reasons
from seriatim.protocols.dosing.vials import LeftOver, Vials, left_over_reasons, vials_for
from seriatim.protocols.dosing.weight import Weighed, Weighings, dosing_weight
from seriatim.protocols.dosing.words import dose_words


@dataclass(frozen=True, slots=True)
class _Case:
    """All that one calculation is asked about."""

    rule: DoseRule
    body: Body
    at: datetime
    cycle_start: datetime | None
    given: Sequence[GivenDose] | None
    level: str | None
    ordered: Quantity | None
    left_over: LeftOver | None


def calculate_dose(
    rule: DoseRule,
    *,
    weight: Weighed | None,
    at: datetime,
    cycle_baseline: Weighed | None = None,
    cycle_start: datetime | None = None,
    earlier: Sequence[Weighed] = (),
    height: Quantity | None = None,
    sex: Sex | None = None,
    given: Sequence[GivenDose] | None = None,
    level: str | None = None,
    ordered: Quantity | None = None,
    left_over: LeftOver | None = None,
) -> Dose | DoseRefused:
    """Work out one dose, or refuse with every reason at once.

    `weight` is the newest weight and `cycle_baseline` the one before the cycle's first dose at `cycle_start`; the
    rule's policy chooses. `earlier` are other weights, to find slips by. `given` are all doses before this one: None
    says that nobody knows, an empty list that there were none. `ordered` is what a person wrote, as an amount or by
    size. Raises `Misuse` for a time without zone.

    >>> from datetime import UTC
    >>> from seriatim.protocols.dosing.quantity import read_quantity
    >>> rule = DoseRule.model_validate({
    ...     "basis": {"amount": "720000 [IU-aldesleukin]/kg", "weight": "cycle_baseline_actual"},
    ...     "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
    ...     "modifications": "none_allowed", "hard_limits": {"per_dose": "180 M[IU-aldesleukin]"},
    ...     "source": {"ref": "il2_1998", "at": "abstract"}})
    >>> morning = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    >>> weighed = Weighed(read_quantity("82.4 kg"), morning)
    >>> dose = calculate_dose(rule, weight=weighed, cycle_baseline=weighed, cycle_start=morning, at=morning)
    >>> print(dose_words(dose.amount))
    59.328 million international units of aldesleukin
    """
    must_have_zone(at, "the time of the dose")
    if cycle_start is not None:
        must_have_zone(cycle_start, "the start of the cycle")
    body = Body(Weighings(weight, cycle_baseline, tuple(earlier)), height, sex)
    case = _Case(rule, body, at, cycle_start, given, level, ordered, left_over)
    reasons = tuple(_before_any_number(case))
    return DoseRefused(reasons) if reasons else _amount(case)


def _before_any_number(case: _Case) -> Iterable[Reason]:
    yield from size_reasons(case.rule, case.body, case.at, case.cycle_start)
    yield from level_reasons(case.rule, case.level, case.given)
    yield from history_reasons(case.rule, case.given, case.at, case.cycle_start)
    yield from left_over_reasons(case.rule.product, case.left_over, case.at)


def _amount(case: _Case) -> Dose | DoseRefused:
    rule = case.rule
    size = size_of(rule, case.body)
    exact = exact_amount(rule, size, share_of(rule, case.level))
    found = ceilings(rule, size, case.given or (), case.at, case.cycle_start)
    final = final_amount(rule, exact, min(ceiling.at_most for ceiling in found))
    reasons = tuple(_against_the_number(case, exact, final, found))
    if reasons or final is None:
        return DoseRefused(reasons)
    return _dose(case, size, exact, final, found)


def exact_amount(rule: DoseRule, size: Decimal | None, share: Decimal) -> Decimal:
    """The amount before rounding, in the rule's unit; `share` is a percentage of the full dose."""
    return product(rule.per_size, Decimal(1) if size is None else size, share, Decimal("0.01"))


def _against_the_number(
    case: _Case, exact: Decimal, final: FinalAmount | None, found: Sequence[Ceiling]
) -> Iterable[Reason]:
    yield from tenfold_reasons(case.rule, exact, share_of(case.rule, case.level), case.ordered, case.given)
    passed = tuple(limit_reasons(case.rule, exact, found))
    yield from passed
    yield from amount_reasons(case.rule, exact, final)
    if final is not None:
        yield from concentration_reasons(case.rule, final.value)
    if final is not None and not passed:
        # A band may lie above what the limits leave; a rounded amount no longer can.
        yield from limit_reasons(case.rule, final.value, found)


def _dose(case: _Case, size: Decimal | None, exact: Decimal, final: FinalAmount, found: Sequence[Ceiling]) -> Dose:
    rule = case.rule
    amount = Quantity(final.value, rule.amount_unit)
    vials = vials_for(rule.product, amount, case.left_over) if rule.product else None
    volume = volume_of(rule, final.value)
    return Dose(
        amount=amount,
        exact=Quantity(exact, rule.amount_unit),
        deviation_percent=deviation_percent(final.value, exact),
        steps=(
            *size_steps(rule, case.body, size, case.at),
            *_amount_steps(case, size, exact),
            final_step(rule, exact, final),
            *_limit_steps(rule, found),
            *_product_steps(rule, exact, volume, vials),
        ),
        size=Quantity(size, rule.size) if size is not None and rule.size else None,
        weighed=dosing_weight(rule, case.body.weighings) if rule.size else None,
        height=case.body.height if rule.needs_height else None,
        level=case.level,
        volume=volume,
        vials=vials,
        cautions=tuple(_cautions(case, final)),
    )


def _amount_steps(case: _Case, size: Decimal | None, exact: Decimal) -> Iterable[Step]:
    rule = case.rule
    level = "" if case.level is None else f" at level {case.level}, {plain(share_of(rule, case.level))} percent"
    if size is None or rule.size is None:
        yield Step("amount", f"flat{level}", dose_words(Quantity(exact, rule.amount_unit)))
        return
    expression = f"{dose_words(rule.basis.amount)} × {dose_words(Quantity(size, rule.size))}{level}"
    yield Step("amount", expression, dose_words(Quantity(exact, rule.amount_unit)))


def _limit_steps(rule: DoseRule, found: Sequence[Ceiling]) -> Iterable[Step]:
    for ceiling in found:
        left = dose_words(Quantity(ceiling.at_most, rule.amount_unit))
        yield Step(f"hard limit {ceiling.name}", str(ceiling.limit), f"leaves {left} for this dose")


def _product_steps(rule: DoseRule, exact: Decimal, volume: Quantity | None, vials: Vials | None) -> Iterable[Step]:
    if rule.product is None or volume is None or vials is None:
        return
    before = volume_of(rule.model_copy(update={"round": None}), exact)
    undone = f" (before rounding {dose_words(before)})" if before else ""
    yield Step("volume", f"at {dose_words(rule.product.concentration)}{undone}", dose_words(volume))
    expression = (
        f"on {dose_words(rule.product.deliverable)} that can be drawn from each;"
        f" by the label's {dose_words(rule.product.vial_label)} it would be {vials.by_label}"
    )
    left = f"{dose_words(vials.left)} {'kept' if vials.is_kept else 'discarded'}"
    yield Step("vials", expression, f"{vials.count}, {left}")


def _cautions(case: _Case, final: FinalAmount) -> Iterable[str]:
    yield from size_cautions(case.rule, case.body.weighings)
    if final.is_held_down:
        yield "rounded down, because rounding as declared would pass a hard limit"
    earlier = [dose for dose in case.given or () if dose.amount.value > 0]
    if earlier:
        last = max(earlier, key=lambda dose: dose.at).amount.to(case.rule.amount_unit)
        if last != final.value:
            yield f"differs from the dose before by {signed_percent(final.value, last)}"
