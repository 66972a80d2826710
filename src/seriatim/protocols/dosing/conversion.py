"""How much is an amount in another kind of unit of the same drug? Only by the one factor that the file declares."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from seriatim.protocols.declared.sources import Citation
from seriatim.protocols.dosing.declared import DoseRule
from seriatim.protocols.dosing.exact import product
from seriatim.protocols.dosing.quantity import Quantity, is_same_kind
from seriatim.protocols.dosing.refusal import DoseRefused, Reason
from seriatim.protocols.dosing.rounding import steps_of


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in the other unit, rounded half up to the decimals that were asked for, and the factor's source."""

    amount: Quantity
    factor: Quantity
    source: Citation


def convert(rule: DoseRule, amount: Quantity, unit: str, *, decimals: int) -> Converted | DoseRefused:
    """An amount of the drug in another kind of unit.

    The label of aldesleukin gives 16.92 (vial), 16.36 (reconstituted) and 16.22 (dose) million units a milligram, each
    from numbers that were rounded: so one factor is declared with its source, and two are never chained.

    >>> from seriatim.protocols.dosing.quantity import read_quantity
    >>> rule = DoseRule.model_validate({"basis": {"amount": "18 M[IU-aldesleukin]"}, "modifications": "none_allowed",
    ...     "hard_limits": {"per_dose": "18 M[IU-aldesleukin]"}, "source": {"ref": "label", "at": "2.1"},
    ...     "conversions": [{"factor": "16.36 M[IU-aldesleukin]/mg", "source": {"ref": "label", "at": "3"}}]})
    >>> str(convert(rule, read_quantity("18 M[IU-aldesleukin]"), "mg", decimals=3).amount)
    '1.1 mg'
    """
    for conversion in rule.conversions:
        over, under = conversion.units
        step = Decimal(1).scaleb(-decimals)
        if is_same_kind(amount.unit, over) and is_same_kind(unit, under):
            per_target = conversion.factor.to(f"{over}/{unit}")
            steps = steps_of(amount.to(over), product(per_target, step), "half_up")
        elif is_same_kind(amount.unit, under) and is_same_kind(unit, over):
            steps = steps_of(product(amount.to(under), conversion.factor.to(f"{unit}/{under}")), step, "half_up")
        else:
            continue
        return Converted(Quantity(product(Decimal(steps), step), unit), conversion.factor, conversion.source)
    return DoseRefused((_undeclared(amount, unit),))


def _undeclared(amount: Quantity, unit: str) -> Reason:
    return Reason(
        "conversion.undeclared",
        f"{amount} wanted in {unit}",
        "a conversion that the protocol declares, with its source",
        "declare the factor under conversions, or keep the unit",
    )
