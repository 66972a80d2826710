"""What is one result row? The columns of `seriatim.results/1`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isnan

SCHEMA = "seriatim.results/1"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One statistic. `value` is None if and only if `reason` says why it cannot be given.

    Proportions and their differences are fractions (0.18, not 18); `unit` says of what. `direction` is always
    "last minus first" (or "last over first") where two groups are compared. A P value is a row of its own,
    tied to its estimate by `comparison_id`.

    >>> ResultRow(result_id="a", comparison_id="a", analysis="incidence", endpoint="line_sepsis", statistic="risk",
    ...           value=None, reason="no patient in the group").reason
    'no patient in the group'
    """

    result_id: str
    comparison_id: str
    analysis: str
    endpoint: str
    statistic: str
    value: float | None
    population: str = "treated patients"
    stratum: str = ""
    group: str = ""
    reference_group: str = ""
    direction: str = ""
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    sides: int | None = None
    method: str = ""
    convention: str = ""
    numerator: int | None = None
    denominator: int | None = None
    unit: str = ""
    missing: int | None = None
    family: str = ""
    adjusted_by: str = ""
    exploratory: bool = True
    seed: int | None = None
    mc_error: float | None = None
    assumptions: str = ""
    reference: str = ""
    flags: str = ""  # words joined by spaces
    warning: str = ""
    reason: str = ""
    tally: str = ""
    tally_keys: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.reason):
            raise ValueError(f"{self.result_id}: a row has a value or a reason, never both and never neither")
        if any(number is not None and isnan(number) for number in (self.value, self.lower, self.upper)):
            raise ValueError(f"{self.result_id}: what is not a number is a reason, not a value")


COLUMNS = tuple(field.name for field in fields(ResultRow))
