"""What are the largest and the smallest dose that any believable patient could be given?"""

from __future__ import annotations

from decimal import Decimal

from seriatim.protocols.dosing.adjusted_weight import SHORTEST_CM, Sex
from seriatim.protocols.dosing.calculate import exact_amount
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.exact import product, quotient
from seriatim.protocols.dosing.final_amount import final_amount, rounding_step
from seriatim.protocols.dosing.quantity import Quantity
from seriatim.protocols.dosing.rounding import deviation_percent
from seriatim.protocols.dosing.size import size_from


def largest_dose(rule: DoseRule) -> Quantity:
    """The worst case over every plausible weight and height, after rounding and before any limit, exactly.

    Each step (formula, cap, share, rounding, bands) never falls as weight or height rise, so the corner is the worst
    case of all, not the worst of a sample.

    >>> rule = DoseRule.model_validate({
    ...     "basis": {"amount": "720000 [IU-aldesleukin]/kg", "weight": "cycle_baseline_actual"},
    ...     "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
    ...     "modifications": "none_allowed", "hard_limits": {"per_dose": "180 M[IU-aldesleukin]"},
    ...     "source": {"ref": "il2_1998", "at": "abstract"}})
    >>> str(largest_dose(rule)), str(smallest_dose(rule))
    ('180000000 [IU-aldesleukin]', '21600000 [IU-aldesleukin]')
    """
    exact = exact_amount(rule, _size_at(rule, 1, "male"), Decimal(100))
    return _given(rule, exact, largest=True)


def smallest_dose(rule: DoseRule) -> Quantity:
    """The least over every plausible weight and height, at the lowest level. Zero says that rounding leaves nothing
    for the smallest patients, who are then refused."""
    return _given(rule, _smallest_exact(rule), largest=False)


def deviation_bound(rule: DoseRule) -> Decimal:
    """The percent beyond which rounding changes no plausible patient's dose: a step, or half of one, of the smallest.

    Above the declared `max_deviation` some small patients will be refused. For bands it is the worst end of one.

    >>> rule = DoseRule.model_validate({
    ...     "basis": {"amount": "600000 [IU-aldesleukin]/kg", "weight": "cycle_baseline_actual"},
    ...     "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
    ...     "modifications": "none_allowed", "hard_limits": {"per_dose": "150 M[IU-aldesleukin]"},
    ...     "round": {"to": "1.8 M[IU-aldesleukin]", "mode": "half_up", "max_deviation": "5 %"},
    ...     "source": {"ref": "label", "at": "2.2"}})
    >>> deviation_bound(rule)  # half of 1.8 million of 18 million
    Decimal('5')
    """
    if rule.bands:
        ends = [(band.give, end) for band in rule.bands.table for end in (band.at_least, band.below)]
        changes = [abs(deviation_percent(give.to(rule.amount_unit), end.to(rule.amount_unit))) for give, end in ends]
        return max(changes)
    step = rounding_step(rule)
    if rule.round is None or step is None:
        return Decimal(0)
    percent = Decimal(50) if rule.round.mode in ("half_up", "half_even") else Decimal(100)
    return quotient(product(step, percent), _smallest_exact(rule))


def _smallest_exact(rule: DoseRule) -> Decimal:
    levels = () if rule.modifications == "none_allowed" else rule.modifications.levels
    share = levels[-1].share.to("%") if levels else Decimal(100)
    return exact_amount(rule, _size_at(rule, 0, "female"), share)


def _size_at(rule: DoseRule, bound: int, sex: Sex) -> Decimal | None:
    if rule.size is None or rule.weight is None:
        return None
    height = None if rule.height is None else rule.height.plausible[bound]
    if height and rule.basis.weight == "adjusted":
        # Shorter patients have no weight by this formula and are refused.
        height = Quantity(max(SHORTEST_CM, height.to("cm")), "cm")
    return size_from(rule, rule.weight.plausible[bound].to("kg"), height, sex)


def _given(rule: DoseRule, exact: Decimal, *, largest: bool) -> Quantity:
    final = final_amount(rule, exact)
    if final is None and rule.bands:
        # Beyond the table there is no dose, so the table's own end is the extreme.
        return rule.bands.table[-1 if largest else 0].give
    return Quantity(exact if final is None else final.value, rule.amount_unit)
