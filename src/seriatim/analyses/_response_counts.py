"""How many responded, under each reading of what a response is, in a stratum or in all?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seriatim.analyses._risk import Risks
from seriatim.tallies.spec import Key, Role
from seriatim.tallies.tally import Counts, Tally, counts, numbers, select

CR, PR, SD, PD, NE, NOT_ASSESSED = "CR", "PR", "SD", "PD", "NE", "not assessed"
RESPONSES = (CR, PR, SD, PD, NE, NOT_ASSESSED)
BEST_RESPONSE = Key("best_response", Role.PARTITION, RESPONSES)

YES, DATE_UNCLEAR, NO, TOO_SHORT = "yes", "date unclear", "no", "follow-up too short"
ONGOING = Key("ongoing", Role.PARTITION, (YES, DATE_UNCLEAR, NO, TOO_SHORT, NOT_ASSESSED))
AT_LANDMARK, AT_DATA_CUT = "landmark", "data cut"
MOMENT = Key("moment", Role.VIEW, (AT_LANDMARK, AT_DATA_CUT))

ALL = "all"


@dataclass(frozen=True)
class Measure:
    """One endpoint of response: its name, and which levels of which key are the event."""

    endpoint: str
    tally: str
    key: str
    events: tuple[str, ...]
    unknown: tuple[str, ...]  # in the denominator, not an event, and could have been one
    left_out: tuple[str, ...]  # not in the denominator


OVERALL = Measure("overall_response", "best_response", "best_response", (CR, PR), (NE, NOT_ASSESSED), ())
COMPLETE = Measure("complete_response", "best_response", "best_response", (CR,), (NE, NOT_ASSESSED), ())
ONGOING_COMPLETE = Measure(
    "ongoing_complete", "ongoing_complete", "ongoing", (YES,), (DATE_UNCLEAR,), (TOO_SHORT, NOT_ASSESSED)
)
MEASURES = (OVERALL, COMPLETE, ONGOING_COMPLETE)
ENDPOINTS = tuple(measure.endpoint for measure in MEASURES)


def all_treated(measure: Measure, tally: Tally, stratum: str, **levels: str) -> Risks:
    """The main reading. Of best response the denominator is all treated: who could not be evaluated did not respond.

    A group without a single record of response has no denominator: there it was not recorded, not absent.
    """
    table = _by_level(measure, tally, stratum, **levels)
    events, unknown = _sum(table, measure.events), _sum(table, measure.unknown)
    total, left_out = _sum(table, tuple(table)), _sum(table, measure.left_out)
    nothing_recorded = table[NOT_ASSESSED] == total
    assessed = np.where(nothing_recorded, 0, total - left_out)
    zero = np.zeros_like(total)
    unknown = np.where(nothing_recorded, 0, unknown)
    return Risks(tally.levels("group"), events, assessed, zero, unknown, total - assessed)


def evaluable_only(measure: Measure, tally: Tally, stratum: str) -> Risks:
    """The sensitivity reading: who could not be evaluated leaves the denominator."""
    table = _by_level(measure, tally, stratum)
    events = _sum(table, measure.events)
    total, out = _sum(table, tuple(table)), _sum(table, (*measure.unknown, *measure.left_out))
    zero = np.zeros_like(total)
    return Risks(tally.levels("group"), events, total - out, zero, zero, out)


def case_numbers(measure: Measure, by_case: Tally, stratum: str) -> tuple[Counts, Counts, int]:
    """Case numbers with the event and without, in the main reading, and how many were left out."""
    part = by_case if stratum == ALL else select(by_case, stratum=stratum)
    places = {
        level: numbers(select(part, **{measure.key: level}), "case_number") for level in by_case.levels(measure.key)
    }
    events = np.sort(np.concatenate([places[level] for level in measure.events]))
    counted = [level for level in places if level not in (*measure.events, *measure.left_out)]
    others = np.sort(np.concatenate([places[level] for level in counted]))
    return events, others, int(part.n.sum()) - len(events) - len(others)


def strata_of(tally: Tally) -> tuple[str, ...]:
    """The strata in the order of the plan, then all together."""
    levels = tally.levels("stratum")
    return levels if levels == (ALL,) else (*levels, ALL)


def _by_level(measure: Measure, tally: Tally, stratum: str, **levels: str) -> dict[str, Counts]:
    fixed = levels if stratum == ALL else levels | {"stratum": stratum}
    table = counts(tally, measure.key, "group", **fixed)
    return dict(zip(tally.levels(measure.key), table, strict=True))


def _sum(table: dict[str, Counts], levels: Sequence[str]) -> Counts:
    none: Counts = np.zeros_like(next(iter(table.values())))
    return sum((table[level] for level in levels), start=none)
