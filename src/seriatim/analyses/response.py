"""How many responded, group by group and by histology, and how large a loss of response is excluded?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from pydantic import Field, field_validator

from seriatim.analyses._keys import CASE_NUMBER, GROUP, STRATUM
from seriatim.analyses._noninferiority import Margin, loss_rows
from seriatim.analyses._one_group import without_own_mirror
from seriatim.analyses._response_counts import (
    ALL,
    AT_DATA_CUT,
    AT_LANDMARK,
    BEST_RESPONSE,
    ENDPOINTS,
    MEASURES,
    MOMENT,
    ONGOING,
    ONGOING_COMPLETE,
    RESPONSES,
    Measure,
    all_treated,
    case_numbers,
    evaluable_only,
    strata_of,
)
from seriatim.analyses._response_duration import DURATION_KEYS, duration_rows
from seriatim.analyses._risk import Risks, first_and_last, risk_rows
from seriatim.analyses._trend import group_trend_rows
from seriatim.analyses._two_groups import OTHER_TESTS, first_against_last
from seriatim.documents import Document
from seriatim.methods import miettinen_nurminen
from seriatim.methods.rank_sum import rank_sum
from seriatim.methods.values import Estimate, NotEstimable
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, estimate_row, number_row, p_value_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import TallySpec, Unit
from seriatim.tallies.tally import Tally, counts

STRATIFIED = "all, by stratum"
# Boschloo and Blaker take long and say nothing here that these two do not.
TESTS = {name: OTHER_TESTS[name] for name in ("p_fisher_minimum_likelihood", "p_mid")}


class Options(Document):
    """`landmark_days` after the first treatment for ongoing complete response; `margins` with their sources.

    A margin is declared before the data are read, per endpoint: overall_response, complete_response, ongoing_complete.
    """

    landmark_days: int = Field(default=365, ge=1)
    margins: tuple[Margin, ...] = ()

    @field_validator("margins")
    @classmethod
    def _known_endpoints(cls, margins: tuple[Margin, ...]) -> tuple[Margin, ...]:
        named = [margin.endpoint for margin in margins]
        if set(named) - set(ENDPOINTS) or len(set(named)) < len(named):
            raise ValueError(f"at most one margin for each of {', '.join(ENDPOINTS)}")
        return margins


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:
    """Group by stratum by best response, by ongoing complete response, and by duration; the first two by case."""
    landmark = {"landmark_days": options.landmark_days}
    at = f"{options.landmark_days} days after the first treatment"
    specs = [
        TallySpec("best_response", "best_response", Unit.PATIENT, (GROUP, STRATUM, BEST_RESPONSE),
                  "patients by group, stratum and best response"),
        TallySpec("ongoing_complete", "ongoing_complete", Unit.PATIENT, (GROUP, STRATUM, MOMENT, ONGOING),
                  f"patients by group, stratum and whether in complete response {at}, and at the data cut",
                  options=landmark),
        TallySpec("response_duration", "response_duration", Unit.PATIENT, (GROUP, STRATUM, *DURATION_KEYS),
                  "patients with CR or PR by group, stratum, days of response and how it ended"),
    ]  # fmt: skip
    if plan.grouping.by != "levels":
        specs += [
            TallySpec("best_response_by_case", "best_response", Unit.PATIENT, (CASE_NUMBER, STRATUM, BEST_RESPONSE),
                      "patients by case number, stratum and best response"),
            TallySpec("ongoing_complete_by_case", "ongoing_complete", Unit.PATIENT, (CASE_NUMBER, STRATUM, ONGOING),
                      f"patients by case number, stratum and whether in complete response {at}", options=landmark),
        ]  # fmt: skip
    return specs


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """Best responses, rates with intervals, differences, excluded losses, trends, and durations."""
    subject = Subject("response", "best_response", population=plan.population.label, unit="patient")
    rows = _best_response_rows(subject, tallies["best_response"])
    margins = {margin.endpoint: margin for margin in options.margins}
    for measure in MEASURES:
        about = subject.about(endpoint=measure.endpoint, tally=measure.tally, assumptions=_assumption(measure, options))
        tally = tallies[measure.tally]
        for stratum in strata_of(tally):
            rows += _one_stratum(about.about(stratum=stratum), measure, tallies, plan, margins.get(measure.endpoint))
        if len(tally.levels("stratum")) > 1:
            stratified = about.about(stratum=STRATIFIED)
            rows += _stratified_rows(stratified, measure, tally, plan, margins.get(measure.endpoint))
    durations = subject.about(endpoint="response_duration", tally="response_duration")
    return [*rows, *duration_rows(durations, tallies["response_duration"], plan.level)]


def _assumption(measure: Measure, options: Options) -> str:
    if measure is ONGOING_COMPLETE:
        return f"{options.landmark_days} days after the first treatment"
    return "not evaluable and not assessed counted as no response"


def _best_response_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    rows = []
    for stratum in strata_of(tally):
        fixed = {} if stratum == ALL else {"stratum": stratum}
        table = counts(tally, "group", "best_response", **fixed)
        for group, found in zip(tally.levels("group"), table, strict=True):
            about = subject.about(stratum=stratum, group=group, tally=tally.name)
            rows += [
                number_row(about, "patients", float(n), convention=response, denominator=int(found.sum()),
                           id_suffix=response.replace(" ", "_"))
                for response, n in zip(RESPONSES, found, strict=True)
            ]  # fmt: skip
    return rows


def _one_stratum(
    subject: Subject, measure: Measure, tallies: Mapping[str, Tally], plan: Plan, margin: Margin | None
) -> list[ResultRow]:
    tally = tallies[measure.tally]
    moment = {"moment": AT_LANDMARK} if measure is ONGOING_COMPLETE else {}
    risk = all_treated(measure, tally, subject.stratum, **moment)
    rows = risk_rows(subject, risk, plan.level)
    rows += first_against_last(subject, risk, plan.level, TESTS)
    rows += _loss_rows(subject, risk, plan.level, margin)
    rows += group_trend_rows(subject, risk, plan, all_treated(measure, tally, ALL, **moment).patients)
    if by_case := tallies.get(f"{measure.tally}_by_case"):
        rows.append(_case_trend_row(subject, measure, by_case))
    if measure is ONGOING_COMPLETE:
        at_cut = all_treated(measure, tally, subject.stratum, moment=AT_DATA_CUT)
        return rows + _renamed(risk_rows(subject.about(assumptions="at the data cut"), at_cut, plan.level), "data_cut")
    return rows + _evaluable_rows(subject, evaluable_only(measure, tally, subject.stratum), plan)


def _evaluable_rows(subject: Subject, risk: Risks, plan: Plan) -> list[ResultRow]:
    about = subject.about(assumptions="not evaluable and not assessed left out")
    return _renamed(
        [*risk_rows(about, risk, plan.level), *first_against_last(about, risk, plan.level, {})], "evaluable"
    )


def _renamed(rows: Sequence[ResultRow], reading: str) -> list[ResultRow]:
    """The same statistics under a second reading, told apart by name."""
    return [
        replace(row, statistic=f"{row.statistic}_{reading}", result_id=f"{row.result_id}_{reading}") for row in rows
    ]


def _last_against_first(subject: Subject, risk: Risks) -> Subject:
    return subject.about(group=risk.groups[-1], reference_group=risk.groups[0], direction="last minus first")


def _loss_rows(subject: Subject, risk: Risks, level: float, margin: Margin | None) -> list[ResultRow]:
    table = first_and_last(risk)
    difference = miettinen_nurminen.difference(*table, level)
    test = partial(miettinen_nurminen.noninferiority, *table)
    return without_own_mirror(loss_rows(_last_against_first(subject, risk), difference, test, margin))


def _case_trend_row(subject: Subject, measure: Measure, by_case: Tally) -> ResultRow:
    events, others, left_out = case_numbers(measure, by_case, subject.stratum)
    about = subject.about(group="all cases", direction="later minus earlier", tally=by_case.name)
    return p_value_row(about, "p_trend_cases", rank_sum(events, others), missing=left_out)


def _stratified_rows(
    subject: Subject, measure: Measure, tally: Tally, plan: Plan, margin: Margin | None
) -> list[ResultRow]:
    """The common difference over the strata, with a flag where it points the other way than the pooled one."""
    moment = {"moment": AT_LANDMARK} if measure is ONGOING_COMPLETE else {}
    risks = [all_treated(measure, tally, stratum, **moment) for stratum in tally.levels("stratum")]
    events_1, n_1, events_2, n_2 = ([*column] for column in zip(*(first_and_last(risk) for risk in risks), strict=True))
    about = _last_against_first(subject, risks[0])
    difference = miettinen_nurminen.stratified_difference(events_1, n_1, events_2, n_2, plan.level)
    pooled = miettinen_nurminen.difference(sum(events_1), sum(n_1), sum(events_2), sum(n_2), plan.level)
    test = partial(miettinen_nurminen.stratified_noninferiority, events_1, n_1, events_2, n_2)
    row = estimate_row(about, "risk_difference", difference)
    rows = [
        _flag_reversal(row, pooled),
        p_value_row(about, "p_score", miettinen_nurminen.stratified_score_test(events_1, n_1, events_2, n_2)),
        *loss_rows(about, difference, test, margin),
    ]
    return without_own_mirror(rows)


def _flag_reversal(row: ResultRow, pooled: Estimate | NotEstimable) -> ResultRow:
    if row.value is None or not isinstance(pooled, Estimate) or row.value * pooled.value >= 0:
        return row
    warning = "the difference within strata points the other way than the pooled one"
    return replace(row, flags=f"{row.flags} reversed-within-strata".strip(), warning=warning)
