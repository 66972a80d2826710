"""How much weight did patients gain in a cycle, and has that changed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from seriatim.analyses._grade_spread import grade_rows
from seriatim.analyses._keys import GROUP
from seriatim.analyses._value_spread import spread_rows
from seriatim.documents import Document
from seriatim.methods.jonckheere_terpstra import jonckheere_terpstra
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, number_row, p_value_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Tally, counts, numbers, select

RECORDED, NOT_GIVEN = "recorded", "cycle not given"
NO_BASELINE, NO_WEIGHT = "no baseline weight", "no weight in the cycle"
RECORD = Key("record", Role.PARTITION, (RECORDED, NO_BASELINE, NO_WEIGHT, NOT_GIVEN))
GRADE = Key("worst_grade", Role.PARTITION, ("0", "1", "2", "3", "not assessed", NOT_GIVEN))


class Options(Document):
    """`cycles` of the first course, the first being the main one; weights count until `days_after` the last dose."""

    cycles: tuple[int, ...] = (1,)
    days_after: int = Field(default=3, ge=0)
    scale: Literal["ctcae-v5"] = "ctcae-v5"


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:  # noqa: ARG001
    """Group by cycle by gain; group by cycle by grade of the gain."""
    asked = {"days_after": options.days_after, "scale": options.scale}
    cycles = Key("cycle", Role.VIEW, tuple(map(str, options.cycles)), tuple(f"cycle {n}" for n in options.cycles))
    window = f"highest weight until {options.days_after} days after the last dose of the cycle, first course"
    return (
        TallySpec("weight_gain", "weight_gain", Unit.PATIENT, (GROUP, cycles, RECORD, Key("gain", Role.ORDER)),
                  f"patients by group, cycle and weight gain in thousandths of the baseline, rounded down; {window}",
                  options=asked),
        TallySpec("weight_gain_grade", "weight_gain_grade", Unit.PATIENT, (GROUP, cycles, GRADE),
                  f"patients by group, cycle and grade of the weight gain; {window}; {options.scale}", options=asked),
    )  # fmt: skip


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """Per cycle: percentiles and the median with its interval, drift over the groups, grades, and what is missing."""
    subject = Subject("weight", "", population=plan.population.label, unit="patient")
    rows: list[ResultRow] = []
    for cycle in options.cycles:
        about = subject.about(endpoint=f"weight gain, cycle {cycle}", tally_keys=f"cycle={cycle}")
        gain, grade = tallies["weight_gain"], tallies["weight_gain_grade"]
        rows += _gain_rows(about.about(tally=gain.name), gain, str(cycle), plan.level)
        table = counts(grade, "group", "worst_grade", cycle=str(cycle))[:, :-1]  # who had no such cycle has no place
        graded = about.about(tally=grade.name, assumptions=options.scale)
        rows += grade_rows(graded, table, grade.levels("group"), GRADE.levels[:-1], plan.level)
    return rows


def _gain_rows(subject: Subject, tally: Tally, cycle: str, level: float) -> list[ResultRow]:
    part = select(tally, cycle=cycle)
    groups = part.levels("group")
    records = counts(part, "group", "record")
    missing = records[:, 1] + records[:, 2]
    recorded = select(part, record=RECORDED)
    table = counts(recorded, "group", "gain")
    percents = [int(gain) / 10 for gain in numbers(recorded, "gain")]
    rows = spread_rows(subject.about(unit="%"), percents, table, groups, missing.tolist(), level)
    rows += [
        number_row(subject.about(group=group), "patients", float(n), convention=name, id_suffix=name.replace(" ", "_"),
                   denominator=int(here.sum()))
        for group, here in zip(groups, records, strict=True)
        for name, n in zip(RECORD.levels, here, strict=True)
    ]  # fmt: skip
    trend = subject.about(group="all groups", direction="later minus earlier")
    return [*rows, p_value_row(trend, "p_trend_gain", jonckheere_terpstra(table), missing=int(missing.sum()))]
