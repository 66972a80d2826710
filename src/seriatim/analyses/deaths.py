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
NOT_PRINTED = "not printed"  # of a published series: nothing is said of these cases
JUDGED = (RELATED, UNKNOWN, UNRELATED, ALIVE)
UNJUDGED = (NOT_RIPE, NO_FOLLOW_UP, NOT_PRINTED)
DEATH = Key("death", Role.PARTITION, (*JUDGED, *UNJUDGED))
MOST_EARLIER = 10  # up to how many earlier deaths the chance of the run is given where their number is not known
READINGS = {"": (RELATED,), "_if_unknown_are_related": (RELATED, UNKNOWN)}


class Options(Document):
    """`ripe_days`: how long a patient must have been followed before the lack of a death says something."""

    ripe_days: int = Field(default=30, ge=0)


@dataclass(frozen=True)
class Run:
    """The final run: the judged cases after the last death that counts, counted back from the last judged case.

    A case is judged if it died, of anything, or was followed for `ripe_days`. Cases after the last judged one are not
    yet ripe (`not_ripe`). A case within the run that cannot be judged is not in its `length`, and is counted in
    `unjudged`; `shortest` is the run after the last of those, which is what remains if that one died of treatment.
    `deaths` is None where nothing is known of the cases before the run, which then has at least `length` cases of `n`.
    """

    length: int
    n: int  # cases among which the deaths and the run fell: the judged ones, or all where nothing is known before
    deaths: int | None
    last_death: int | None = None  # 0 where there was none, None where case numbers are not known
    unjudged: int = 0
    not_ripe: int = 0
    shortest: int = 0
    last_judged: int = 0


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
    """Deaths per group, first against last, and the run of cases since the last one under both readings.

    Without the tally by case (a published table) the run is made of the last groups without a death.
    """
    by_group = tallies["deaths"]
    subject = Subject("deaths", "treatment_death", population=plan.population.label, unit="patient", tally="deaths")
    risk = _risks(by_group)
    rows = [*risk_rows(subject, risk, plan.level), *first_against_last(subject, risk, plan.level, tests={})]
    rows += _level_rows(subject, by_group)
    if plan.grouping.by == "levels":
        return rows
    by_case = tallies.get("deaths_by_case")
    about = subject.about(tally=(by_case or by_group).name, group="all cases")
    for suffix, deadly in READINGS.items():
        run = run_by_case(by_case, deadly) if by_case else run_by_group(by_group, deadly)
        rows += _run_rows(about, run, suffix, plan.level)
    return rows


def _level_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    """How many of each group died of what, and of how many that cannot be said."""
    table = counts(tally, "group", "death")
    return [
        number_row(subject.about(group=group), "patients", float(n), convention=level, denominator=int(found.sum()),
                   id_suffix=level.replace(" ", "_"))
        for group, found in zip(tally.levels("group"), table, strict=True)
        for level, n in zip(tally.levels("death"), found, strict=True)
    ]  # fmt: skip


def _risks(tally: Tally) -> Risks:
    """A death of unknown relation stays in the denominator and in the highest bound."""
    related, unknown, judged, unjudged = (
        _per_group(tally, levels) for levels in ((RELATED,), (UNKNOWN,), JUDGED, UNJUDGED)
    )
    return Risks(tally.levels("group"), related, judged, np.zeros_like(related), unknown, unjudged)


def run_by_case(by_case: Tally, deadly: Sequence[str]) -> Run | None:
    """The final run case by case; None where no case can be judged."""
    judged, unjudged = _cases_at(by_case, JUDGED), _cases_at(by_case, UNJUDGED)
    deaths = _cases_at(by_case, deadly)
    if not len(judged):
        return None
    last = int(deaths[-1]) if len(deaths) else 0
    run = judged[judged > last]
    within = unjudged[(unjudged > last) & (unjudged < judged[-1])]
    return Run(
        length=len(run),
        n=len(judged),
        deaths=len(deaths),
        last_death=last,
        unjudged=len(within),
        not_ripe=int(np.sum(unjudged > judged[-1])),
        shortest=int(np.sum(run > within[-1])) if len(within) else len(run),
        last_judged=int(judged[-1]),
    )


def run_by_group(by_group: Tally, deadly: Sequence[str]) -> Run | None:
    """The run that whole groups allow: the last groups without a death. The true one may be longer.

    Where nobody of an earlier group can be judged (the cases that a paper is silent about), the number of deaths before
    the run is not known, and the deaths fell anywhere among all cases.
    """
    judged, died = _per_group(by_group, JUDGED), _per_group(by_group, deadly)
    if not judged.any():
        return None
    start = len(judged)
    while start and judged[start - 1] and not died[start - 1]:
        start -= 1
    patients = counts(by_group, "group")
    length, unjudged = int(judged[start:].sum()), int((patients - judged)[start:].sum())
    if not judged[:start].all():
        return Run(length, int(patients[:start].sum()) + length, None, unjudged=unjudged)
    return Run(length, int(judged.sum()), int(died.sum()), unjudged=unjudged)


def _per_group(by_group: Tally, wanted: Sequence[str]) -> Counts:
    table = counts(by_group, "group", "death")
    places = [place for place, level in enumerate(by_group.levels("death")) if level in wanted]
    per_group: Counts = table[:, places].sum(axis=1)
    return per_group


def _cases_at(by_case: Tally, levels: Sequence[str]) -> Counts:
    known = [level for level in levels if level in by_case.levels("death")]
    found = [numbers(select(by_case, death=level), "case_number") for level in known]
    return np.sort(np.concatenate(found))


def _run_rows(subject: Subject, run: Run | None, suffix: str, level: float) -> list[ResultRow]:
    if run is None:
        reason = "no case has been followed for long enough to be judged"
        return [number_row(subject, f"{name}{suffix}", None, reason=reason) for name in ("final_run", "risk_in_run")]
    shared = {"numerator": run.deaths, "denominator": run.n, "missing": run.unjudged, "assumptions": _in_words(run)}
    rows = [
        *_place_rows(subject, run, suffix),
        number_row(subject, f"final_run{suffix}", float(run.length), **shared),
    ]
    if run.length == 0:
        why = "the last case that can be judged died of treatment"
        if run.last_death is None:
            why = "somebody of the last group died of treatment, or nobody of it can be judged"
        return [*rows, number_row(subject, f"risk_in_run{suffix}", None, reason=why)]
    of_run = {"numerator": 0, "denominator": run.length, "missing": run.unjudged}
    rows += [
        estimate_row(subject, f"risk_in_run{suffix}", clopper_pearson(0, run.length, level), **of_run),
        estimate_row(subject, f"risk_in_run_one_sided{suffix}", clopper_pearson_upper(0, run.length, level), **of_run),
    ]
    return [*rows, *_chance_rows(subject, run, suffix)]


def _place_rows(subject: Subject, run: Run, suffix: str) -> list[ResultRow]:
    """Which case was the last to die, which the last that can be judged, and the shortest that the run could be."""
    if run.last_death is None:
        return []
    known = "" if run.last_death else _no_death(run)
    last = float(run.last_death) if run.last_death else None
    return [
        number_row(subject, f"last_death{suffix}", last, reason=known),
        number_row(subject, f"shortest_run{suffix}", float(run.shortest), missing=run.unjudged),
        number_row(subject, f"not_ripe{suffix}", float(run.not_ripe)),
        number_row(subject, f"last_judged{suffix}", float(run.last_judged)),
    ]


def _no_death(run: Run) -> str:
    lost = run.unjudged + run.not_ripe
    return f"no treatment-related death among the {run.n} cases that can be judged" + (
        f", {lost} cannot be judged" if lost else ""
    )


def _in_words(run: Run) -> str:
    """What the run leaves out, in a sentence's part; empty where it leaves nothing out."""
    parts = [
        f"{run.unjudged} within the run cannot be judged" if run.unjudged else "",
        f"{run.not_ripe} after it not yet" if run.not_ripe else "",
    ]
    return ", ".join(filter(None, parts))


def _chance_rows(subject: Subject, run: Run, suffix: str) -> list[ResultRow]:
    """The chance of the run given the deaths before it, and as a function of their number, both ways of choosing it."""
    given = [] if suffix else chance_by_earlier_deaths(subject, run.n, run.length)
    if run.deaths is None:
        reason = "how many died before the run is not known; the rows by number of earlier deaths say what it would be"
        return [number_row(subject, f"p_final_run{suffix}", None, reason=reason), *given]
    if run.deaths == 0:
        reason = "there was no death before the run, so that its place says nothing"
        return [number_row(subject, f"p_final_run{suffix}", None, reason=reason)]
    chances = {"p_final_run": final_run, "p_run_anywhere": longest_run_anywhere}
    counted = {"numerator": run.deaths, "denominator": run.n, "missing": run.unjudged}
    rows = [
        p_value_row(subject, f"{name}{suffix}", method(run.n, run.length, run.deaths), **counted)
        for name, method in chances.items()
    ]
    return [*rows, *given]


def chance_by_earlier_deaths(subject: Subject, n: int, run: int) -> list[ResultRow]:
    """The chance of a final run as a function of the number of deaths before it, for where that is not known."""
    rows = []
    for deaths in range(1, min(MOST_EARLIER, n - run) + 1):
        for statistic, method in (("p_final_run_given", final_run), ("p_run_anywhere_given", longest_run_anywhere)):
            shared = {"numerator": deaths, "denominator": n, "id_suffix": str(deaths)}
            rows.append(p_value_row(subject, statistic, method(n, run, deaths), **shared))
    return rows
