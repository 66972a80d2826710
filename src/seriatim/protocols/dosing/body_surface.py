"""How large is the patient's body surface, by which named formula?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from seriatim.protocols.dosing.declared import BodySurface
from seriatim.protocols.dosing.exact import QUOTIENTS, product, quotient
from seriatim.protocols.dosing.rounding import round_to


def body_surface(rule: BodySurface, weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """The area in square metres, rounded as declared, and then capped where a cap is declared.

    >>> rule = BodySurface.model_validate(
    ...     {"formula": "mosteller", "round": {"to": "0.01 m2", "mode": "half_up"}, "cap": "none"})
    >>> body_surface(rule, Decimal("82.4"), Decimal(180))
    Decimal('2.03')
    """
    area = round_to(FORMULAS[rule.formula](weight_kg, height_cm), rule.round.to.to("m2"), rule.round.mode)
    return area if rule.cap is None else min(area, rule.cap.to("m2"))


def mosteller(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """The root of height times weight over 3600 (Mosteller, N Engl J Med 1987;317:1098).

    >>> mosteller(Decimal(80), Decimal(180))
    Decimal('2')
    """
    return QUOTIENTS.sqrt(quotient(product(weight_kg, height_cm), Decimal(3600)))


def du_bois(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """0.007184 x weight^0.425 x height^0.725 (Du Bois and Du Bois, Arch Intern Med 1916;17:863).

    >>> round(du_bois(Decimal(80), Decimal(180)), 4)
    Decimal('1.9964')
    """
    by_weight = QUOTIENTS.power(weight_kg, Decimal("0.425"))
    by_height = QUOTIENTS.power(height_cm, Decimal("0.725"))
    return QUOTIENTS.multiply(Decimal("0.007184"), QUOTIENTS.multiply(by_weight, by_height))


FORMULAS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = MappingProxyType(
    {"mosteller": mosteller, "du_bois": du_bois}
)
