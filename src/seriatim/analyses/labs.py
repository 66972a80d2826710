"""How bad did laboratory values become on treatment, from which grade before it, and has that eased?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic import Field

from seriatim.analyses._grade_spread import grade_rows, severe
from seriatim.analyses._keys import GROUP
from seriatim.analyses._risk import risk_rows
from seriatim.analyses._value_spread import spread_rows
from seriatim.documents import Document
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, number_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Tally, counts, numbers, select

GRADES = ("0", "1", "2", "3", "4")
BASELINE = Key("baseline_grade", Role.PARTITION, (*GRADES, "not graded", "not known"))
WORST = Key("worst_grade", Role.PARTITION, (*GRADES, "not graded", "not assessed"))
BEFORE, ON = "before treatment", "on treatment"
READING = Key("reading", Role.VIEW, (BEFORE, ON))
# Units are never mixed: each unit is a view of its own.
TEST_IN_UNIT = Key("test_in_unit", Role.VIEW)
REASON, HAD = Key("reason", Role.VIEW), Key("had", Role.PARTITION, ("yes", "no"))
MICRO = 1_000_000


class Options(Document):
    """Which tests, by which scale, until how many days after the last dose of the first course."""

    tests: tuple[str, ...] = ("creatinine", "bilirubin", "platelets")
    scale: Literal["ctcae-v5"] = "ctcae-v5"
    window_days: int = Field(default=30, ge=0)


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:  # noqa: ARG001
    """Group by test by baseline grade by worst grade; by worst value; by reason why not graded."""
    asked = {"tests": options.tests, "scale": options.scale, "window_days": options.window_days}
    test = Key("test", Role.VIEW, options.tests)
    window = f"from the first dose to {options.window_days} days after the last dose of the first course"
    return (
        TallySpec("lab_shift", "lab_shift", Unit.PATIENT, (GROUP, test, READING, BASELINE, WORST),
                  f"patients by group, test, grade before treatment and worst grade {window}; {options.scale}",
                  options=asked),
        TallySpec("lab_worst_value", "lab_worst_value", Unit.PATIENT, (GROUP, TEST_IN_UNIT, Key("worst", Role.ORDER)),
                  f"patients by group, test and unit, and worst value in millionths, {window}", options=asked),
        TallySpec("lab_not_graded", "lab_not_graded", Unit.PATIENT, (GROUP, test, REASON, HAD),
                  f"patients by group, test and reason why a value {window} was not graded; {options.scale}",
                  ("had", "no"), asked),
    )  # fmt: skip


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """Per test: worst grades, grade 3 and 4 first against last, drift of grades, shift, worst values, not graded."""
    subject = Subject("labs", "", population=plan.population.label, unit="patient", assumptions=options.scale)
    rows: list[ResultRow] = []
    for test in options.tests:
        about = subject.about(endpoint=test, tally="lab_shift", tally_keys=f"test={test}; reading={BEFORE}")
        rows += _grades(about, tallies["lab_shift"], plan.level)
        rows += _shift_rows(about, tallies["lab_shift"])
        rows += _not_graded_rows(about.about(tally="lab_not_graded"), tallies["lab_not_graded"])
    worst = subject.about(tally="lab_worst_value", assumptions="")
    for view in tallies["lab_worst_value"].levels("test_in_unit"):
        rows += _worst_values(worst, tallies["lab_worst_value"], view, plan.level)
    return rows


def _grades(subject: Subject, tally: Tally, level: float) -> list[ResultRow]:
    groups = tally.levels("group")
    main, other = (counts(tally, "group", "worst_grade", test=subject.endpoint, reading=way) for way in (BEFORE, ON))
    rows = grade_rows(subject, main, groups, WORST.levels, level)
    if np.array_equal(main, other):
        return rows
    # Samples of the first day, or dates known to the month, could lie on either side of the first dose.
    doubtful = risk_rows(
        subject.about(assumptions=f"doubtful samples {ON}"), severe(other, groups, WORST.levels), level
    )
    return rows + [
        replace(row, statistic=f"{row.statistic}_doubtful_on", result_id=f"{row.result_id}_doubtful_on")
        for row in doubtful
        if row.statistic == "risk"
    ]


def _shift_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    """The squares of the shift table that anybody is in."""
    table = counts(tally, "group", "baseline_grade", "worst_grade", test=subject.endpoint, reading=BEFORE)
    groups = tally.levels("group")
    return [
        number_row(subject.about(group=groups[group]), "shift", float(table[group, before, worst]),
                   denominator=int(table[group].sum()),
                   convention=f"{BASELINE.levels[before]} to {WORST.levels[worst]}",
                   id_suffix=f"{BASELINE.levels[before]}_to_{WORST.levels[worst]}".replace(" ", "_"))
        for group, before, worst in zip(*np.nonzero(table), strict=True)
    ]  # fmt: skip


def _not_graded_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    if not tally.levels("reason"):
        return []
    table = counts(tally, "reason", "group", "had", test=subject.endpoint)
    return [
        number_row(subject.about(group=group), "not_graded", float(here[0]), numerator=int(here[0]),
                   denominator=int(here.sum()), convention=reason, id_suffix=reason.replace(" ", "_"))
        for reason, by_group in zip(tally.levels("reason"), table, strict=True)
        if by_group[:, 0].sum()
        for group, here in zip(tally.levels("group"), by_group, strict=True)
    ]  # fmt: skip


def _worst_values(subject: Subject, tally: Tally, view: str, level: float) -> list[ResultRow]:
    part = select(tally, test_in_unit=view)
    test, _, unit = view.partition(", ")
    about = subject.about(endpoint=f"{test}, worst value in {unit}", unit=unit, tally_keys=f"test_in_unit={view}")
    values = [float(value) / MICRO for value in numbers(part, "worst")]
    groups = tally.levels("group")
    return spread_rows(about, values, counts(part, "group", "worst"), groups, [0] * len(groups), level)
