"""What is true in a simulated series? Hazards per dose, rules of stopping, case mix and response, eighth by eighth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

GROUPS = 8

ByGroup: TypeAlias = tuple[float, ...]  # one number for each consecutive eighth of the series


@dataclass(frozen=True, slots=True)
class Toxicity:
    """One severe toxicity that may follow a dose.

    `log_odds` is the logit of the chance after the first dose of a cycle in a patient without risk factors.
    `stops_cycle` is the chance that it ends the cycle, `ends_treatment` that no further cycle is given.
    `milder` are the grades at which its terms are also recorded, as ordinary events and without any rule.
    """

    name: str
    terms: tuple[str, ...]
    term_shares: tuple[float, ...]
    grades: tuple[int, ...]
    grade_shares: tuple[float, ...]
    milder: tuple[int, ...]
    log_odds: ByGroup
    stops_cycle: ByGroup
    ends_treatment: float


@dataclass(frozen=True, slots=True)
class Disease:
    """How one diagnosis answers, the same from the first patient to the last.

    `complete`, `partial`, `stable` and `not_evaluable` are shares of patients, the rest progresses.
    """

    name: str
    share: ByGroup
    complete: float
    partial: float
    stable: float
    not_evaluable: float
    lasting_complete: float
    median_survival_months: float


@dataclass(frozen=True, slots=True)
class LabTest:
    """One laboratory test, in scaled whole numbers of its unit.

    `median` and `spread` (log scale) describe the value before treatment; `drift` is the median change of its
    logarithm per day of a cycle while dosing goes on, group by group.
    """

    name: str
    unit: str
    decimals: int
    lower_limit: int
    upper_limit: int
    median: float
    spread: float
    drift: ByGroup
    drift_spread: float


@dataclass(frozen=True, slots=True)
class Change:
    """One dated change of practice, invented."""

    changed: date
    domain: str
    description: str


@dataclass(frozen=True, slots=True)
class Dosing:
    """The rules of one dose after another.

    `most_doses` is the cap of a cycle; `stop_log_odds` the chance that a cycle ends after a dose for other reasons
    than the severe toxicities; `hold` the chance that a planned dose is held.
    """

    iu_per_kg: int
    interval_minutes: int
    most_doses: tuple[int, ...]
    stop_log_odds: ByGroup
    stop_slope: float
    hold: ByGroup
    hold_after_toxicity: float
    skip: float
    refuse: float
    partial: float
    second_cycle: float
    next_course: float
    most_courses: int


@dataclass(frozen=True, slots=True)
class Deaths:
    """Deaths of treatment: the chance of each case up to the last, and the case that is the last for certain.

    `last_case` of `of_cases` is moved in proportion when a series of another length is asked for; None for a series
    in which the chance stays to the end.
    """

    chance: float
    last_case: int | None
    of_cases: int


@dataclass(frozen=True, slots=True)
class Flaws:
    """How much of the record is missing or unsure."""

    ungraded: float
    day_only: float
    month_only: float
    not_assessed: Mapping[str, ByGroup]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A series of patients treated one after another, whose truth is known.

    `dose_slope` is added to every toxicity's log odds for each dose after the first of the cycle;
    `risk_factors` are log odds ratios: "performance_status" from 1, "age" from 60.
    """

    name: str
    description: str
    first_accrual: date
    last_accrual: date
    data_cut: date
    zone: str
    toxicities: tuple[Toxicity, ...]
    dose_slope: float
    risk_factors: Mapping[str, float]
    impaired: ByGroup
    older: ByGroup
    diseases: tuple[Disease, ...]
    concomitant: Mapping[str, ByGroup]
    dosing: Dosing
    deaths: Deaths
    labs: tuple[LabTest, ...]
    weight_gain_percent: float
    candidates_excluded: ByGroup
    changes: tuple[Change, ...]
    flaws: Flaws

    def toxicity(self, name: str) -> Toxicity:
        return next(toxicity for toxicity in self.toxicities if toxicity.name == name)


def risk_per_dose(
    scenario: Scenario, toxicity: str, group: int, dose: int, *, performance_status: int = 0, age: int = 50
) -> float:
    """The true chance that this dose is followed by the toxicity: what an analysis of the series should recover.

    `group` counts the consecutive eighths from 1, `dose` the planned doses of the cycle from 1. The chance is
    that of the event; of the records, a share `flaws.ungraded` has no grade.

    >>> from seriatim.simulation.il2_1998 import IL2_1998
    >>> first, last = (risk_per_dose(IL2_1998, "hypotension", group, dose=7) for group in (1, 8))
    >>> first > 2 * last
    True
    """
    log_odds = scenario.toxicity(toxicity).log_odds[group - 1] + scenario.dose_slope * (dose - 1)
    if performance_status >= 1:
        log_odds += scenario.risk_factors["performance_status"]
    if age >= 60:
        log_odds += scenario.risk_factors["age"]
    return 1 / (1 + math.exp(-log_odds))
