"""Is this an amount in the units of another era, taken for international units?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from seriatim.protocols.dosing.quantity import Quantity, is_same_kind, split_size
from seriatim.protocols.dosing.refusal import Reason
from seriatim.protocols.dosing.words import number_words


@dataclass(frozen=True, slots=True)
class LegacyUnit:
    """An older unit of one drug, and up to which amount per kg a high dose is probably written in it."""

    name: str
    about_international_units: Decimal
    suspicious_up_to: Decimal
    status: str


# Papers of the 1980s say "100,000 units/kg q8h" for what later papers call about 600,000 IU/kg. That one Cetus unit is
# about six international units stands in no source that was read, so it explains a refusal and never converts.
LEGACY_UNITS: Mapping[str, LegacyUnit] = MappingProxyType(
    {"aldesleukin": LegacyUnit("Cetus unit", Decimal(6), Decimal(150_000), "unverified")}
)


def legacy_unit_suspected(amount: Quantity, *, high_dose: bool) -> Reason | None:
    """Why an amount per kg that is called a high dose is probably in older units, or None.

    >>> from seriatim.protocols.dosing.quantity import read_quantity
    >>> print(legacy_unit_suspected(read_quantity("100000 [U-aldesleukin]/kg"), high_dose=True))
    found 100,000 units/kg called a high dose, expected international units, more than 150,000/kg; it is probably in Cetus units (one is about 6 international units; unverified): look up the source's unit and write the amount in international units
    """  # noqa: E501
    if not high_dose:
        return None
    for drug, legacy in LEGACY_UNITS.items():
        per_kg = _units_per_kg(amount, drug)
        if per_kg is not None and per_kg <= legacy.suspicious_up_to:
            return _suspicion(per_kg, legacy)
    return None


def _units_per_kg(amount: Quantity, drug: str) -> Decimal | None:
    if split_size(amount.unit)[1] != "kg":
        return None
    units = (f"[{kind}-{drug}]/kg" for kind in ("IU", "U"))
    return next((amount.to(unit) for unit in units if is_same_kind(amount.unit, unit)), None)


def _suspicion(per_kg: Decimal, legacy: LegacyUnit) -> Reason:
    return Reason(
        rule="amount.legacy_unit",
        found=f"{number_words(per_kg)} units/kg called a high dose",
        expected=f"international units, more than {number_words(legacy.suspicious_up_to)}/kg",
        next_move=f"it is probably in {legacy.name}s (one is about {legacy.about_international_units} international"
        f" units; {legacy.status}): look up the source's unit and write the amount in international units",
    )
