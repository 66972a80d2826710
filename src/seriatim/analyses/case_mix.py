"""Who were the patients, group by group, and who was screened and not treated?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from seriatim.analyses._keys import GROUP
from seriatim.analyses._one_group import without_own_mirror
from seriatim.documents import Document
from seriatim.methods.median_interval import quantile
from seriatim.methods.standardised_difference import binary, categorical, numeric
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, estimate_row, number_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Counts, Tally, counts, numbers, select

AGE, NOT_RECORDED = "age", "not recorded"
LEVEL = Key("level", Role.PARTITION)  # the levels of all variables; filled when counted
RECORDED = Key("recorded", Role.PARTITION, ("yes", "no"))
YEAR = Key("year", Role.ORDER)
SCREENED = Key("outcome", Role.PARTITION, ("treated", "not treated", NOT_RECORDED))
REASON = Key("reason", Role.PARTITION)
QUARTILES = (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75))


class Options(Document):
    """Which columns of the patient table are shown. `age` is shown by its distribution, all others by their levels."""

    variables: tuple[str, ...] = (
        "sex", AGE, "performance_status", "diagnosis", "prior_therapy", "concomitant_therapy",
    )  # fmt: skip


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:  # noqa: ARG001
    """Group by variable by level; group by age; candidates by year, outcome and reason."""
    variables = Key("variable", Role.VIEW, tuple(name for name in options.variables if name != AGE))
    specs = [
        TallySpec("case_mix", "case_mix", Unit.PATIENT, (GROUP, variables, LEVEL),
                  "patients by group and level of each characteristic before treatment"),
        TallySpec("age", "age", Unit.PATIENT, (GROUP, Key(AGE, Role.ORDER), RECORDED),
                  "patients by group and age in whole years at the first treatment"),
        TallySpec("screening", "screening", Unit.CANDIDATE, (YEAR, SCREENED, REASON),
                  "candidates by year of screening, whether treated, and the reason why not"),
    ]  # fmt: skip
    return [spec for spec in specs if spec.name != AGE or AGE in options.variables]


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """Shares of each level, quartiles of age, and how far apart the first and the last group are.

    No P value: the groups are not samples of one population, and a small difference in a large series would pass for
    an important one.
    """
    subject = Subject("case_mix", "", population=plan.population.label, unit="patient")
    rows: list[ResultRow] = []
    for variable in options.variables:
        about = subject.about(endpoint=variable)
        if variable == AGE:
            rows += _age_rows(about.about(tally=AGE), tallies[AGE])
        else:
            rows += _variable_rows(
                about.about(tally="case_mix", tally_keys=f"variable={variable}"), tallies["case_mix"]
            )
    candidates = _screening_rows(subject.about(endpoint="screening", tally="screening"), tallies["screening"])
    return [*without_own_mirror(rows), *candidates]


def _variable_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    table = counts(tally, "group", "level", variable=subject.endpoint)
    found = sorted(np.flatnonzero(table.sum(axis=0)), key=lambda place: _place(tally.levels("level")[place]))
    if not found:
        return [number_row(subject, "share", None, reason=f"the series has no column {subject.endpoint}")]
    levels = [tally.levels("level")[place] for place in found]
    rows = []
    for group, here in zip(tally.levels("group"), table[:, found], strict=True):
        size = int(here.sum())
        unknown = int(here[levels.index(NOT_RECORDED)]) if NOT_RECORDED in levels else 0
        for level, n in zip(levels, here, strict=True):
            rows.append(_share_row(subject.about(group=group), level, int(n), size, unknown))
    return rows + _distance_rows(_first_and_last(subject, tally), levels, table[0, found], table[-1, found])


def _place(level: str) -> tuple[int, str]:
    """Where a level stands: "not recorded" last, figures by their size."""
    return (1, "") if level == NOT_RECORDED else (0, level.zfill(6) if level.isdigit() else level)


def _share_row(subject: Subject, level: str, n: int, size: int, unknown: int) -> ResultRow:
    shared = {"numerator": n, "denominator": size, "missing": unknown}
    columns = {"convention": level, "id_suffix": level.replace("/", "_").replace(" ", "_")}
    if not size:
        return number_row(subject, "share", None, reason="there are no patients", **shared, **columns)
    return number_row(subject, "share", n / size, **shared, **columns)


def _distance_rows(subject: Subject, levels: Sequence[str], first: Counts, last: Counts) -> list[ResultRow]:
    """The distance over what was recorded, and that of the share not recorded, which may itself have changed."""
    known = [place for place, level in enumerate(levels) if level != NOT_RECORDED]
    recorded_1, recorded_2 = first[known], last[known]
    n_1, n_2 = int(first.sum()), int(last.sum())
    unknown_1, unknown_2 = n_1 - int(recorded_1.sum()), n_2 - int(recorded_2.sum())
    missing = {"missing": unknown_1 + unknown_2}
    distance = categorical(recorded_1.tolist(), recorded_2.tolist())
    return [
        estimate_row(subject.about(direction=""), "standardised_difference", distance, **missing),
        estimate_row(subject, "standardised_difference_not_recorded", binary(unknown_1, n_1, unknown_2, n_2)),
    ]


def _age_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    recorded = select(tally, recorded="yes")
    unknown = counts(tally, "group", recorded="no")
    ages = numbers(recorded, AGE)
    if not len(ages):
        return [number_row(subject, "median", None, reason="the age of no patient is recorded")]
    table = counts(recorded, "group", AGE)
    rows = []
    for group, here, lacking in zip(tally.levels("group"), table, unknown, strict=True):
        about = subject.about(group=group, unit="year")
        for statistic, q in QUARTILES:
            rows.append(
                estimate_row(
                    about, statistic, quantile(ages, here, q), denominator=int(here.sum()), missing=int(lacking)
                )
            )
    distance = numeric(ages, table[0], table[-1])
    missing = {"missing": int(unknown[0] + unknown[-1])}
    return [*rows, estimate_row(_first_and_last(subject, tally), "standardised_difference", distance, **missing)]


def _first_and_last(subject: Subject, tally: Tally) -> Subject:
    groups = tally.levels("group")
    return subject.about(group=groups[-1], reference_group=groups[0], direction="last minus first")


def _screening_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    """Candidates and how many were treated, year by year; the reasons of those who were not."""
    if not len(tally.n):
        return [number_row(subject, "treated_of_screened", None, reason="no candidate for treatment is recorded")]
    by_year = counts(tally, "year", "outcome")
    rows = []
    about = subject.about(unit="candidate")
    for year, here in zip(numbers(tally, "year"), by_year, strict=True):
        label = f"screened in {year}" if year else "screening not dated"
        rows.append(_candidates_row(about.about(group=label), here))
    rows.append(_candidates_row(about.about(group="all years"), by_year.sum(axis=0)))
    return rows + _reason_rows(about.about(group="all years"), tally)


def _reason_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    reasons = counts(tally, "reason", outcome="not treated")
    excluded = int(reasons.sum())
    given = [(reason, int(n)) for reason, n in zip(tally.levels("reason"), reasons, strict=True) if n]
    return [
        number_row(subject, "excluded_for", n / excluded, convention=reason, numerator=n, denominator=excluded,
                   id_suffix=reason.replace("/", "_"))
        for reason, n in sorted(given, key=lambda pair: -pair[1])
    ]  # fmt: skip


def _candidates_row(subject: Subject, outcomes: Counts) -> ResultRow:
    """Of the candidates, those treated; candidates without an answer are named as missing and stay in."""
    treated, total = int(outcomes[0]), int(outcomes.sum())
    return number_row(subject, "treated_of_screened", treated / total, numerator=treated, denominator=total,
                      missing=int(outcomes[2]))  # fmt: skip
