"""How much has the patient received so far, by size of the body?"""

from __future__ import annotations

from collections.abc import Sequence

from seriatim.errors import Misuse
from seriatim.protocols.dosing.exact import total
from seriatim.protocols.dosing.limits import GivenDose
from seriatim.protocols.dosing.quantity import Quantity


def cumulative_per_size(given: Sequence[GivenDose], unit: str) -> Quantity | None:
    """The sum of the amounts per kg or m2; None where one is not known, for that is not zero.

    Fourteen doses of 600,000 units/kg (a cycle's most, by the label):

    >>> from datetime import UTC, datetime, timedelta
    >>> from seriatim.protocols.dosing.quantity import read_quantity
    >>> dose, per_kg = read_quantity("48 M[IU-aldesleukin]"), read_quantity("600000 [IU-aldesleukin]/kg")
    >>> start = datetime(2026, 3, 2, 6, tzinfo=UTC)
    >>> doses = [GivenDose(dose, start + timedelta(hours=8 * number), per_kg) for number in range(14)]
    >>> str(cumulative_per_size(doses, "M[IU-aldesleukin]/kg"))
    '8.4 M[IU-aldesleukin]/kg'
    """
    known = [dose.per_size for dose in given if dose.per_size is not None]
    if len(known) < len(given):
        return None
    try:
        return Quantity(total(amount.to(unit) for amount in known), unit)
    except ValueError as problem:
        raise Misuse(f"doses of one drug are needed for a sum; {problem}") from None
