"""What is the adjusted weight of a patient, by which named formula?"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from seriatim.protocols.dosing.declared import AdjustedWeight
from seriatim.protocols.dosing.exact import QUOTIENTS, quotient
from seriatim.protocols.dosing.rounding import round_to

Sex = Literal["female", "male"]

# Devine's ideal weight starts at 60 inches (Devine, Drug Intell Clin Pharm 1974;8:650); below it has no value.
SHORTEST_CM = Decimal("152.4")
_AT_SHORTEST = {"female": Decimal("45.5"), "male": Decimal(50)}
_PER_INCH, _CM_PER_INCH = Decimal("2.3"), Decimal("2.54")


def adjusted_weight(rule: AdjustedWeight, weight_kg: Decimal, height_cm: Decimal, sex: Sex) -> Decimal:
    """Ideal weight and 40 % of what the actual weight has above it, or the actual one where that is less; rounded.

    Raises `ValueError` under 60 inches.

    >>> rule = AdjustedWeight.model_validate(
    ...     {"formula": "devine_40", "round": {"to": "0.1 kg", "mode": "half_up"}, "source": {"ref": "sop", "at": "2"}})
    >>> adjusted_weight(rule, Decimal(130), Decimal("177.8"), "male")
    Decimal('95.8')
    """
    ideal = devine(height_cm, sex)
    excess = QUOTIENTS.subtract(weight_kg, ideal)
    raised = QUOTIENTS.add(ideal, QUOTIENTS.multiply(Decimal("0.4"), excess))
    # The actual weight is rounded too: else a patient just above the ideal could count for less than one just below.
    return round_to(min(weight_kg, raised), rule.round.to.to("kg"), rule.round.mode)


def devine(height_cm: Decimal, sex: Sex) -> Decimal:
    """The ideal weight: 50 kg (men) or 45.5 kg (women), and 2.3 kg for each inch above 60.

    >>> devine(Decimal("177.8"), "male")
    Decimal('73.0')
    """
    if height_cm < SHORTEST_CM:
        raise ValueError(f"the formula of Devine has no value under {SHORTEST_CM} cm")
    above = QUOTIENTS.subtract(quotient(height_cm, _CM_PER_INCH), Decimal(60))
    return QUOTIENTS.add(_AT_SHORTEST[sex], QUOTIENTS.multiply(_PER_INCH, above))
