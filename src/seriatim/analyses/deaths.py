"""Who was the last to die of treatment, how many were treated since, and how likely is such a run by chance?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from seriatim.analyses._keys import CASE_NUMBER, GROUP
from seriatim.analyses._risk import Risks, risk_rows
from seriatim.analyses._two_groups import first_against_last
from seriatim.documents import Document
from seriatim.methods.clopper_pearson import clopper_pearson, clopper_pearson_upper
from seriatim.methods.event_free_run import final_run, longest_run_anywhere
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, estimate_row, number_row, p_value_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Counts, Tally, counts, numbers, select

RELATED, UNKNOWN, UNRELATED, ALIVE = "related", "relatedness unknown", "not related", "no death"
NOT_RIPE, NO_FOLLOW_UP = "follow-up too short", "no follow-up"
DEATH = Key("death", Role.PARTITION, (RELATED, UNKNOWN, UNRELATED, ALIVE, NOT_RIPE, NO_FOLLOW_UP))
MOST_EARLIER = 10  # up to how many earlier deaths the chance of the run is given where their number is not known


class Options(Document):
    """`ripe_days`: how long a patient must have been followed before the lack of a death says something."""

    ripe_days: int = Field(default=30, ge=0)


@dataclass(frozen=True)
class Run:
    """Cases since the last death, in order, up to the first one that is not ripe."""

    last_death: int  # 0 where there was none
    length: int
    judged: int  # cases that could be judged, the run included
    deaths: int  # deaths before the run
    first_not_ripe: int | None


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:
    """Every case by what is known of its death; without case numbers where groups are not consecutive."""
    asked = {"ripe_days": options.ripe_days}
    words = f"by death and its relation to treatment; ripe after {options.ripe_days} days"
    by_group = TallySpec(
        "deaths", "treatment_death", Unit.PATIENT, (GROUP, DEATH), f"patients by group, {words}", None, asked
    )
    by_case = TallySpec(
        "deaths_by_case", "treatment_death", Unit.PATIENT, (CASE_NUMBER, DEATH), f"cases {words}", None, asked
    )
    return (by_group,) if plan.grouping.by == "levels" else (by_group, by_case)


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:  # noqa: ARG001
    """Deaths per group, first against last, and the run of cases since the last one under both readings."""
    subject = Subject("deaths", "treatment_death", population=plan.population.label, unit="patient", tally="deaths")
    risk = _risks(tallies["deaths"])
    rows = [*risk_rows(subject, risk, plan.level), *first_against_last(subject, risk, plan.level, tests={})]
    if by_case := tallies.get("deaths_by_case"):
        about = subject.about(tally=by_case.name, group="all cases")
        rows += _run_rows(about, _run(by_case, (RELATED,)), "", plan.level)
        rows += _run_rows(about, _run(by_case, (RELATED, UNKNOWN)), "_if_unknown_are_related", plan.level)
    return rows


def _risks(tally: Tally) -> Risks:
    """A death of unknown relation stays in the denominator and in the highest bound."""
    table = {level: counts(tally, "group", death=level) for level in DEATH.levels}
    assessed = table[RELATED] + table[UNKNOWN] + table[UNRELATED] + table[ALIVE]
    missing = table[NOT_RIPE] + table[NO_FOLLOW_UP]
    none = np.zeros_like(assessed)
    return Risks(tally.levels("group"), table[RELATED], assessed, none, table[UNKNOWN], missing)


def _run(by_case: Tally, deadly: Sequence[str]) -> Run:
    deaths = _cases_at(by_case, deadly)
    not_ripe = _cases_at(by_case, (NOT_RIPE, NO_FOLLOW_UP))
    last = int(deaths[-1]) if len(deaths) else 0
    after = not_ripe[not_ripe > last]
    last_case = int(numbers(by_case, "case_number")[-1])
    end = int(after[0]) - 1 if len(after) else last_case
    unjudged = int(np.sum(not_ripe < last))
    return Run(last, end - last, end - unjudged, len(deaths), int(after[0]) if len(after) else None)


def _cases_at(by_case: Tally, levels: Sequence[str]) -> Counts:
    found = [numbers(select(by_case, death=level), "case_number") for level in levels]
    return np.sort(np.concatenate(found))


def _run_rows(subject: Subject, run: Run, suffix: str, level: float) -> list[ResultRow]:
    ends = f"the run ends before case {run.first_not_ripe}, not yet ripe" if run.first_not_ripe else ""
    shared = {"assumptions": ends, "missing": 0}
    last = None if run.last_death == 0 else float(run.last_death)
    reason = "" if last else "no treatment-related death in the series"
    of_all = {"numerator": run.deaths, "denominator": run.judged}
    rows = [
        number_row(subject, f"last_death{suffix}", last, reason=reason, **shared),
        number_row(subject, f"final_run{suffix}", float(run.length), **of_all, **shared),
    ]
    if run.length < 1:
        why = "the last case that can be judged is the last death itself"
        return [*rows, number_row(subject, f"risk_in_run{suffix}", None, reason=why)]
    of_run = {"numerator": 0, "denominator": run.length}
    two_sided, one_sided = clopper_pearson(0, run.length, level), clopper_pearson_upper(0, run.length, level)
    rows += [
        estimate_row(subject, f"risk_in_run{suffix}", two_sided, **of_run, **shared),
        estimate_row(subject, f"risk_in_run_one_sided{suffix}", one_sided, **of_run, **shared),
    ]
    return [*rows, *_chance_rows(subject, run, suffix)]


def _chance_rows(subject: Subject, run: Run, suffix: str) -> list[ResultRow]:
    """The chance of the run given the deaths before it, and as a function of their number, both ways of choosing it."""
    if run.deaths == 0:
        reason = "there was no death before the run, so that its place says nothing"
        return [number_row(subject, f"p_final_run{suffix}", None, reason=reason)]
    rows = [
        p_value_row(
            subject, f"p_final_run{suffix}", final_run(run.judged, run.length, run.deaths), numerator=run.deaths
        ),
        p_value_row(
            subject,
            f"p_run_anywhere{suffix}",
            longest_run_anywhere(run.judged, run.length, run.deaths),
            numerator=run.deaths,
        ),
    ]
    return rows if suffix else [*rows, *chance_by_earlier_deaths(subject, run.judged, run.length)]


def chance_by_earlier_deaths(subject: Subject, n: int, run: int) -> list[ResultRow]:
    """The chance of a final run as a function of the number of deaths before it, for where that is not known."""
    rows = []
    for deaths in range(1, min(MOST_EARLIER, n - run) + 1):
        for statistic, method in (("p_final_run_given", final_run), ("p_run_anywhere_given", longest_run_anywhere)):
            shared = {"numerator": deaths, "denominator": n, "id_suffix": str(deaths)}
            rows.append(p_value_row(subject, statistic, method(n, run, deaths), **shared))
    return rows
