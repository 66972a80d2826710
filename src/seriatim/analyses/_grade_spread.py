"""How are worst grades spread over the groups: how many of each, how many from grade 3 on, and do they drift?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seriatim.analyses._risk import Risks, risk_rows
from seriatim.analyses._two_groups import first_against_last
from seriatim.methods.jonckheere_terpstra import jonckheere_terpstra
from seriatim.results.build import Subject, number_row, p_value_row
from seriatim.results.row import ResultRow
from seriatim.tallies.tally import Counts

SEVERE = ("3", "4")


def grade_rows(
    subject: Subject, table: Counts, groups: Sequence[str], levels: Sequence[str], level: float
) -> list[ResultRow]:
    """Rows for a table of groups by worst grades; levels that are no grade count as missing and stay in sight."""
    grades = [place for place, name in enumerate(levels) if name.isdigit()]
    rows = [
        number_row(subject.about(group=group), "worst_grade", float(here[place]), denominator=int(here.sum()),
                   convention=f"worst grade {name}" if name.isdigit() else name, id_suffix=name.replace(" ", "_"))
        for group, here in zip(groups, table, strict=True)
        for place, name in enumerate(levels)
    ]  # fmt: skip
    risk = severe(table, groups, levels)
    rows += risk_rows(subject, risk, level)
    rows += first_against_last(subject, risk, level, {})
    trend = subject.about(group="all groups", direction="later minus earlier")
    missing = int(table.sum() - table[:, grades].sum())
    return [*rows, p_value_row(trend, "p_trend_grades", jonckheere_terpstra(table[:, grades]), missing=missing)]


def severe(table: Counts, groups: Sequence[str], levels: Sequence[str]) -> Risks:
    """Patients with grade 3 or more of those with a grade."""
    graded = table[:, [place for place, name in enumerate(levels) if name.isdigit()]].sum(axis=1)
    events = table[:, [place for place, name in enumerate(levels) if name in SEVERE]].sum(axis=1)
    none = np.zeros_like(graded)
    return Risks(tuple(groups), events, graded, none, none, table.sum(axis=1) - graded)
