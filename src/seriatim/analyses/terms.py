"""How many patients had each adverse event term, group by group, also related, serious or severe?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from seriatim.analyses._keys import GROUP, NO, NOT_GRADED, UNCLEAR, YES
from seriatim.analyses._term_rows import Pair, Term, rows_of_view
from seriatim.analyses._trend import scores
from seriatim.documents import Document
from seriatim.plans.endpoints import GradeSet
from seriatim.plans.plan import Plan
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Counts, Tally, counts

TERM = Key("term", Role.VIEW)  # "any", each system organ class, and "class / term"; filled when counted
OUTCOME = Key("outcome", Role.PARTITION, (YES, UNCLEAR, NOT_GRADED, NO))
READINGS = {"all": "all", "related": "related to treatment", "serious": "serious"}


class Options(Document):
    """Which readings and severities are counted, and which groups are compared.

    Terms that fewer than `minimum_patients` of all patients had stay in the tally and get no rows. `emergent` has the
    words of an endpoint. "each against first" is for the arms of a trial, the first being the control.
    """

    readings: tuple[Literal["all", "related", "serious"], ...] = ("all", "related", "serious")
    severities: tuple[GradeSet, ...] = ("any", "3-4", ">=3", "5")
    minimum_patients: int = Field(default=1, ge=1)
    emergent: Literal["first dose", "source flag", "all records"] = "first dose"
    compare: Literal["first against last", "each against first"] = "first against last"


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:  # noqa: ARG001
    """Group by reading by severity by term by whether a patient had it."""
    readings = Key("reading", Role.VIEW, options.readings, tuple(READINGS[name] for name in options.readings))
    severities = Key("severity", Role.VIEW, options.severities, tuple(map(severity_words, options.severities)))
    definition = f"patients by group, reading, severity and term; records that count: {options.emergent}"
    return (
        TallySpec("terms", "terms", Unit.PATIENT, (GROUP, readings, severities, TERM, OUTCOME), definition,
                  ("outcome", NO), {"emergent": options.emergent}),
    )  # fmt: skip


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """For each view and term that occurred: risks, differences with score and Fisher P, trend over groups."""
    tally = tallies["terms"]
    groups = tally.levels("group")
    table = counts(tally, "reading", "severity", "term", "group", "outcome")
    sizes = table.sum(axis=-1).max(axis=(0, 1, 2), initial=0)
    chosen_scores, kind = scores(plan, sizes)
    kept = _frequent(table, options.minimum_patients)
    rows: list[ResultRow] = []
    for place, reading in enumerate(tally.levels("reading")):
        for severity_place, severity in enumerate(tally.levels("severity")):
            view = table[place, severity_place]
            here = np.flatnonzero(kept & (view[:, :, :2].sum(axis=(1, 2)) > 0))
            terms = [Term(tally.levels("term")[index], reading, severity) for index in here]
            rows += rows_of_view(
                terms, view[here], groups, list(_pairs(len(groups), options)), chosen_scores, kind, plan
            )
    return rows


def severity_words(grades: str) -> str:
    """How a severity is read.

    >>> severity_words("any"), severity_words(">=3")
    ('any grade', 'grade >=3')
    """
    return "any grade" if grades == "any" else f"grade {grades}"


def _frequent(table: Counts, minimum: int) -> np.ndarray:
    """Which terms enough patients had in some view."""
    had = table[..., :2].sum(axis=(-1, -2))
    return np.asarray(had.max(axis=(0, 1), initial=0) >= minimum)


def _pairs(groups: int, options: Options) -> Iterator[Pair]:
    if options.compare == "each against first":
        yield from (Pair(0, place, "group minus first") for place in range(1, groups))
    elif groups > 1:
        yield Pair(0, groups - 1, "last minus first")
