"""What is a dose? The amount to give, and each step that led to it, so that a reader can check every one."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from seriatim.protocols.dosing.quantity import Quantity
from seriatim.protocols.dosing.vials import Vials
from seriatim.protocols.dosing.weight import Weighed
from seriatim.protocols.dosing.words import dose_words


@dataclass(frozen=True, slots=True)
class Step:
    """One step in words: its name, what was done, and what came out."""

    name: str
    expression: str
    value: str


@dataclass(frozen=True, slots=True)
class Dose:
    """The amount to give after rounding.

    `exact` is the amount before rounding, `size` what was multiplied (kg or m2), `weighed` the weighing that it came
    from. `volume` is that of the undiluted dose, to 0.001 mL where it was not rounded to a volume.
    """

    amount: Quantity
    exact: Quantity
    deviation_percent: Decimal
    steps: tuple[Step, ...]
    size: Quantity | None = None
    weighed: Weighed | None = None
    height: Quantity | None = None
    level: str | None = None
    volume: Quantity | None = None
    vials: Vials | None = None
    cautions: tuple[str, ...] = field(default_factory=tuple)

    def __str__(self) -> str:
        lines = [f"{step.name}: {step.expression} = {step.value}" for step in self.steps]
        return "\n".join([dose_words(self.amount), *(f"  {line}" for line in lines), *self.cautions])
