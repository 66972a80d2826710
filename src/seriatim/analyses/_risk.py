"""How many had it, of how many who could be judged, and between which bounds if the missing were known?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seriatim.analyses._keys import NO, NOT_ASSESSED, NOT_GRADED, UNCLEAR, WINDOW_OPEN, YES
from seriatim.methods.clopper_pearson import clopper_pearson
from seriatim.results.build import Subject, estimate_row, number_row
from seriatim.results.row import ResultRow
from seriatim.tallies.tally import Counts, Tally, counts


@dataclass(frozen=True)
class Risks:
    """Counts per group, aligned arrays. `events` of `assessed`; the rest says what is missing."""

    groups: tuple[str, ...]
    events: Counts
    assessed: Counts
    unclear: Counts
    not_graded: Counts
    missing: Counts  # not assessed, or window not complete at data cut

    @property
    def patients(self) -> Counts:
        return self.assessed + self.missing

    @property
    def lowest(self) -> Counts:
        """Events that are certain: a partial onset may mean before treatment."""
        return self.events - self.unclear

    @property
    def highest(self) -> Counts:
        """Events if every ungraded record qualified and every patient not assessed had it."""
        return self.events + self.not_graded + self.missing


def risks(tally: Tally, **levels: str) -> Risks:
    """The risks of one endpoint from a tally of group by outcome.

    A record whose partial onset may mean before treatment counts (the cautious reading), an ungraded one does not;
    both are shown as bounds. Patients not assessed leave the denominator and are named beside it.
    """
    table = {name: counts(tally, "group", outcome=name, **levels) for name in tally.levels("outcome")}
    zero = np.zeros(len(tally.levels("group")), dtype=np.int64)
    unclear, not_graded = table.get(UNCLEAR, zero), table.get(NOT_GRADED, zero)
    events = table[YES] + unclear
    missing = table.get(NOT_ASSESSED, zero) + table.get(WINDOW_OPEN, zero)
    return Risks(tally.levels("group"), events, events + not_graded + table[NO], unclear, not_graded, missing)


def risk_rows(subject: Subject, risk: Risks, level: float) -> list[ResultRow]:
    """A row a group with its exact interval, and rows for the bounds where something is missing."""
    return [row for place in range(len(risk.groups)) for row in _one_group(subject, risk, place, level)]


def _one_group(subject: Subject, risk: Risks, place: int, level: float) -> list[ResultRow]:
    about = subject.about(group=risk.groups[place])
    events, n, missing = int(risk.events[place]), int(risk.assessed[place]), int(risk.missing[place])
    shared = {"numerator": events, "denominator": n, "missing": missing}
    rows = [estimate_row(about, "risk", clopper_pearson(events, n, level), **shared)]
    patients = int(risk.patients[place])
    if patients and (risk.lowest[place] != risk.events[place] or risk.highest[place] != risk.events[place]):
        for statistic, bound in (("risk_lowest", risk.lowest[place]), ("risk_highest", risk.highest[place])):
            rows.append(
                number_row(
                    about,
                    statistic,
                    int(bound) / patients,
                    method="bound over all completions of what is missing",
                    numerator=int(bound),
                    denominator=patients,
                    missing=0,
                )
            )
    return rows


def first_and_last(risk: Risks) -> tuple[int, int, int, int]:
    """Events and assessed of the first and of the last group.

    A series that is one group has no first to compare the last with; nobody in it gives every method its reason.
    """
    if len(risk.groups) == 1:
        return 0, 0, int(risk.events[0]), int(risk.assessed[0])
    return int(risk.events[0]), int(risk.assessed[0]), int(risk.events[-1]), int(risk.assessed[-1])


def mean_case_numbers(patients: Sequence[int] | Counts) -> list[float]:
    """The mean case number of each consecutive group, from the number of patients in each.

    >>> mean_case_numbers([155, 155, 156])
    [78.0, 233.0, 388.5]
    """
    ends = np.cumsum(np.asarray(patients))
    return [float(value) for value in ends - (np.asarray(patients) - 1) / 2]
