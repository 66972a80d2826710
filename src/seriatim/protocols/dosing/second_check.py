"""Does a second person, who has not seen the first entry, come to the same dose?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.quantity import Quantity, is_same_kind

# What two people check independently before a dose is given. Source: ASCO/ONS standards of 2024.
CHECKED_FIELDS = MappingProxyType(
    {
        "drug": "the drug's name",
        "dose": "the dose",
        "calculation": "the calculation and its variables: weight, height, amount by size",
        "volume": "the volume of the infusion",
        "route": "the route",
        "rate": "the rate of administration",
        "expiry": "expiry date and time",
        "appearance": "appearance and integrity",
        "pump_rate": "the rate set on the pump",
        "cycle_and_day": "cycle and day",
    }
)


@dataclass(frozen=True, slots=True)
class SecondEntry:
    """What the second person measured, worked out and looked at, entered blind. `by` names the person to the audit."""

    by: str
    weight: Quantity | None
    dose: Quantity | None
    height: Quantity | None = None
    volume: Quantity | None = None
    checked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SecondCheck:
    """Which entries differ and which fields nobody ticked. The first entry's values are not in it on purpose: who sees
    them can no longer check blind."""

    differs: tuple[str, ...]
    not_checked: tuple[str, ...]
    is_same_person: bool = False

    @property
    def agrees(self) -> bool:
        return not (self.differs or self.not_checked or self.is_same_person)

    def __str__(self) -> str:
        if self.agrees:
            return "The second check agrees."
        parts = ["The first person cannot be the second."] if self.is_same_person else []
        if self.differs:
            parts.append(f"Differs: {', '.join(self.differs)}. Both work it out again, apart from each other.")
        if self.not_checked:
            parts.append(f"Not checked: {', '.join(CHECKED_FIELDS[name] for name in self.not_checked)}.")
        return " ".join(parts)


def second_check(dose: Dose, entry: SecondEntry, *, first_by: str) -> SecondCheck:
    """Compare a blind second entry with the dose, exactly after rounding; any unit of the same kind may be used."""
    return SecondCheck(
        differs=tuple(_differing(dose, entry)),
        not_checked=tuple(name for name in CHECKED_FIELDS if name not in entry.checked),
        is_same_person=entry.by.strip().casefold() == first_by.strip().casefold() or not entry.by.strip(),
    )


def _differing(dose: Dose, entry: SecondEntry) -> Iterable[str]:
    weight = dose.weighed.weight if dose.weighed else None
    compared = (
        ("weight", weight, entry.weight),
        ("height", dose.height if weight else None, entry.height),
        ("dose", dose.amount, entry.dose),
        ("volume", dose.volume, entry.volume),
    )
    for name, first, second in compared:
        if first is not None and not is_equal(first, second):
            yield name


def is_equal(first: Quantity, second: Quantity | None) -> bool:
    """Whether two quantities are exactly the same, whatever their units; nothing is never the same.

    >>> from seriatim.protocols.dosing.quantity import read_quantity
    >>> is_equal(read_quantity("59.4 M[IU-aldesleukin]"), read_quantity("59400000 [IU-aldesleukin]"))
    True
    """
    if second is None or not is_same_kind(first.unit, second.unit):
        return False
    return first.value == second.to(first.unit)
