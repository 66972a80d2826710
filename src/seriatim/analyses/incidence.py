"""How often did each toxicity occur, group by group, and has it become rarer?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from seriatim.analyses._curve import curve_rows
from seriatim.analyses._keys import CASE_NUMBER, GROUP, NO, OUTCOME, endpoint_key, key_of_endpoints
from seriatim.analyses._risk import risk_rows, risks
from seriatim.analyses._trend import case_trend_row, group_trend_rows
from seriatim.analyses._two_groups import first_against_last
from seriatim.documents import Document
from seriatim.methods.jonckheere_terpstra import jonckheere_terpstra
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, number_row, p_value_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Tally, counts, select

GRADE_LEVELS = ("none", "1", "2", "3", "4", "5", "not graded", "not assessed")


class Options(Document):
    """`curve_points`: at how many case numbers the smooth curve is given; 0 leaves it out."""

    curve_points: int = 60


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:  # noqa: ARG001
    """Group by endpoint by outcome; the same by case number; group by worst grade."""
    endpoints = {"endpoints": plan.endpoints}
    graded = tuple(endpoint for endpoint in plan.endpoints if endpoint.counts_events)
    grade_key = key_of_endpoints(graded)
    worst = Key("worst_grade", Role.PARTITION, GRADE_LEVELS)
    specs = [
        TallySpec("incidence", "endpoint_outcome", Unit.PATIENT, (GROUP, endpoint_key(plan), OUTCOME),
                  "patients by group, endpoint and outcome", ("outcome", NO), endpoints),
        TallySpec("worst_grade", "worst_grade", Unit.PATIENT, (GROUP, grade_key, worst),
                  "patients by group, endpoint and worst grade of its terms", ("worst_grade", "none"),
                  {"endpoints": graded}),
    ]  # fmt: skip
    if plan.grouping.by != "levels":
        by_case = (CASE_NUMBER, endpoint_key(plan), OUTCOME)
        definition = "patients by case number, endpoint and outcome"
        specs.insert(
            1,
            TallySpec("incidence_by_case", "endpoint_outcome", Unit.PATIENT, by_case, definition,
                      ("outcome", NO), endpoints),
        )  # fmt: skip
    return [spec for spec in specs if spec.options["endpoints"]]


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """Incidence with exact intervals, first against last, trends by group and by case, worst grades."""
    rows: list[ResultRow] = []
    for endpoint in plan.endpoints:
        subject = Subject(
            "incidence",
            endpoint.id,
            population=plan.population.label,
            unit="patient",
            tally="incidence",
            tally_keys=f"endpoint={endpoint.id}",
            exploratory=not plan.is_primary(endpoint.id),
        )
        supportive = subject.about(exploratory=True)
        risk = risks(tallies["incidence"], endpoint=endpoint.id)
        rows += risk_rows(subject, risk, plan.level)
        rows += first_against_last(subject, risk, plan.level)
        rows += group_trend_rows(supportive, risk, plan)
        if by_case := tallies.get("incidence_by_case"):
            cases = select(by_case, endpoint=endpoint.id)
            rows.append(case_trend_row(supportive, cases))
            rows += curve_rows(supportive, cases, plan, options.curve_points)
        if endpoint.counts_events and (grades := tallies.get("worst_grade")):
            rows += _grade_rows(supportive.about(tally="worst_grade"), grades)
    return rows


def _grade_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    """How many of each worst grade in each group, the grade 5 count among them, and the trend of grades."""
    table = counts(tally, "group", "worst_grade", endpoint=subject.endpoint)
    rows = [
        number_row(
            subject.about(group=group),
            "worst_grade",
            float(table[place, column]),
            convention=f"worst grade {grade}" if grade.isdigit() else grade,
            denominator=int(table[place].sum()),
            id_suffix=grade.replace(" ", "_"),
        )
        for place, group in enumerate(tally.levels("group"))
        for column, grade in enumerate(GRADE_LEVELS)
    ]
    # Ungraded and unassessed patients have no place in the order of grades; they are counted as missing.
    ordered = table[:, :6]
    value = jonckheere_terpstra(ordered[:, np.any(ordered, axis=0)])
    trend = subject.about(group="all groups", direction="later minus earlier")
    return [*rows, p_value_row(trend, "p_trend_grades", value, missing=int(table[:, 6:].sum()))]
