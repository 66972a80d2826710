"""How many patients are in each group, from which case to which, from when to when, and when did practice change?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from seriatim.analyses._keys import GROUP
from seriatim.documents import Document
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, number_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Tally, counts, numbers, select

MONTH = Key("month", Role.ORDER)
CHANGE = Key("change", Role.VIEW)
PERIOD = Key("period", Role.PARTITION, ("before", "after"))


class Options(Document):
    """No options."""


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:  # noqa: ARG001
    """Patients by group and month; patients before and after each change of practice."""
    return (
        TallySpec("accrual", "accrual_month", Unit.PATIENT, (GROUP, MONTH), "patients by group and month of accrual"),
        TallySpec(
            "practice_changes",
            "practice_change",
            Unit.PATIENT,
            (CHANGE, PERIOD),
            "patients first treated before and after each change of practice",
        ),
    )


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:  # noqa: ARG001
    """Sizes, first and last case and month of each group, and the number of cases before each change."""
    subject = Subject("accrual", "patients", population=plan.population.label, unit="patient", tally="accrual")
    consecutive = plan.grouping.by != "levels"
    groups = _group_rows(subject, tallies["accrual"], consecutive=consecutive)
    return [*groups, *_change_rows(subject, tallies["practice_changes"])]


def _group_rows(subject: Subject, tally: Tally, *, consecutive: bool) -> list[ResultRow]:
    sizes = counts(tally, "group")
    ends = np.cumsum(sizes)
    rows = []
    for place, group in enumerate(tally.levels("group")):
        about, end, size = subject.about(group=group), int(ends[place]), int(sizes[place])
        months = numbers(select(tally, group=group), "month").tolist() if size else [0]
        nobody = "" if size else "no patient in the group"
        cases = {"first_case": end - size + 1, "last_case": end}
        rows += [
            number_row(about, "patients", float(size)),
            *_fact_rows(about, cases, nobody if consecutive else "the groups are not consecutive cases"),
            *_fact_rows(about, {"first_month": months[0], "last_month": months[-1]}, nobody),
        ]
    return rows


def _fact_rows(about: Subject, facts: Mapping[str, int], reason: str) -> list[ResultRow]:
    return [number_row(about, name, None if reason else float(value), reason=reason) for name, value in facts.items()]


def _change_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    about = subject.about(endpoint="practice_changes", tally="practice_changes")
    return [
        number_row(
            about.about(group=change), "cases_before_change", float(counts(tally, change=change, period="before"))
        )
        for change in tally.levels("change")
    ]
