"""How many doses were given in the first cycle, and why did it end?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import Field

from seriatim.analyses._keys import GROUP, OUTCOME
from seriatim.analyses._one_group import without_own_mirror
from seriatim.analyses._risk import risk_rows, risks
from seriatim.analyses._two_groups import first_against_last
from seriatim.documents import Document
from seriatim.methods.clopper_pearson import clopper_pearson
from seriatim.methods.hodges_lehmann import shift
from seriatim.methods.jonckheere_terpstra import jonckheere_terpstra
from seriatim.methods.kruskal_wallis import kruskal_wallis
from seriatim.methods.median_interval import median, quantile
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, estimate_row, number_row, p_value_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Counts, Tally, counts, numbers, select

KNOWN, NO_RECORD = ("recorded", "known"), "no dose record"
RECORD = Key("record", Role.PARTITION, ("recorded", NO_RECORD))
DOSES = Key("doses", Role.ORDER)
PER_KG_RECORD = Key("record", Role.PARTITION, ("known", "not known", NO_RECORD))
PER_KG = Key("per_kg", Role.ORDER)
COUNTED = Key("counted", Role.VIEW, ("courses", "cycles"))
NUMBER = Key("number", Role.ORDER)
REASONS = ("completed", "toxicity", "progression", "patient_choice", "death", "other", "unknown", "not recorded")
STOP_REASON = Key("stop_reason", Role.PARTITION, REASONS)
NOT_TOLD = ("unknown", "not recorded")
HANDLING = Key(
    "handling",
    Role.VIEW,
    ("held", "skipped", "refused", "given in part", "left open", "stopped for toxicity"),
    ("Any dose held", "Any dose skipped", "Any dose refused", "Any dose given in part",
     "Any dose of which only the plan is recorded", "Cycle stopped for toxicity"),
)  # fmt: skip
CYCLES = Key("cycles", Role.VIEW, ("first cycle", "all cycles"))
STATUS = Key("status", Role.PARTITION, ("given", "partial", "held", "skipped", "refused", "planned"))
CLUSTERING_UNKNOWN = (
    "clustering unknown: the doses of one patient are alike, and these counts do not say whose they are"
)


class Options(Document):
    """`per_kg_unit` in which doses per kg are added, and the `resolution` to which the sum is kept."""

    per_kg_unit: str = Field(default="IU/kg", pattern=r"^.+/kg$")
    resolution: int = Field(default=10_000, ge=1, le=100_000_000)


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:  # noqa: ARG001
    """Group by number of doses, by dose per kg, by reason for the stop, by handling, by length; doses by status."""
    unit, resolution = options.per_kg_unit, options.resolution
    return (
        TallySpec("doses", "doses_given", Unit.PATIENT, (GROUP, RECORD, DOSES),
                  "patients by group and doses given, in whole or in part, in the first cycle of the first course"),
        TallySpec("dose_per_kg", "dose_per_kg", Unit.PATIENT, (GROUP, PER_KG_RECORD, PER_KG),
                  f"patients by group and {unit} given in the first cycle, to the nearest {resolution:,}",
                  options={"unit": unit, "resolution": resolution}),
        TallySpec("stop_reason", "stop_reason", Unit.PATIENT, (GROUP, STOP_REASON),
                  "patients by group and why the first cycle ended"),
        TallySpec("dose_handling", "dose_handling", Unit.PATIENT, (GROUP, HANDLING, OUTCOME),
                  "patients by group and whether any dose of the first cycle was handled so"),
        TallySpec("treatment_length", "treatment_length", Unit.PATIENT, (GROUP, COUNTED, RECORD, NUMBER),
                  "patients by group and number of courses, and of cycles, with a dose given"),
        TallySpec("planned_doses", "planned_dose", Unit.DOSE, (GROUP, CYCLES, STATUS),
                  "planned doses by group and what became of them, in the first cycle and in all"),
    )  # fmt: skip


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """Distributions with medians, shift and tests over groups; reasons, handling; planned doses as counts."""
    subject = Subject("doses", "first_cycle_doses", population=plan.population.label, unit="doses", tally="doses")
    rows = _distribution_rows(subject, tallies["doses"], "doses", plan.level)
    per_kg = subject.about(endpoint="first_cycle_per_kg", unit=options.per_kg_unit, tally="dose_per_kg",
                           assumptions=f"to the nearest {options.resolution:,} {options.per_kg_unit}")  # fmt: skip
    rows += _distribution_rows(per_kg, tallies["dose_per_kg"], "per_kg", plan.level)
    for counted in COUNTED.levels:
        about = subject.about(endpoint=counted, unit=counted, tally="treatment_length", tally_keys=f"counted={counted}")
        rows += _distribution_rows(about, tallies["treatment_length"], "number", plan.level, counted=counted)
    rows += _reason_rows(subject, tallies["stop_reason"], plan.level)
    rows += _handling_rows(subject, tallies["dose_handling"], plan.level)
    return [*rows, *_planned_rows(subject, tallies["planned_doses"])]


def _distribution_rows(subject: Subject, tally: Tally, number: str, level: float, **views: str) -> list[ResultRow]:
    """Each group's distribution, median and quartiles; the shift from first to last; two tests over all groups."""
    known = next(name for name in tally.levels("record") if name in KNOWN)
    part = select(tally, record=known, **views)
    values, table = numbers(part, number), counts(part, "group", number)
    missing = counts(tally, "group", **views) - table.sum(axis=1)
    rows: list[ResultRow] = []
    for place, group in enumerate(tally.levels("group")):
        rows += _group_rows(subject.about(group=group), values, table[place], int(missing[place]), level)
    return [*rows, *_comparison_rows(subject, tally.levels("group"), values, table, missing, level)]


def _group_rows(subject: Subject, values: Counts, found: Counts, missing: int, level: float) -> list[ResultRow]:
    shared = {"denominator": int(found.sum()), "missing": missing}
    rows = [estimate_row(subject, "median", median(values, found, level), **shared)]
    for statistic, q in (("lower_quartile", 0.25), ("upper_quartile", 0.75), ("lowest", 0.0), ("highest", 1.0)):
        rows.append(estimate_row(subject, statistic, quantile(values, found, q), **shared))
    for value, patients in zip(values[found > 0], found[found > 0], strict=True):
        rows.append(number_row(subject, "patients", float(patients), convention=str(value), id_suffix=str(value),
                               **shared))  # fmt: skip
    return rows


def _comparison_rows(
    subject: Subject, groups: Sequence[str], values: Counts, table: Counts, missing: Counts, level: float
) -> list[ResultRow]:
    ends = subject.about(group=groups[-1], reference_group=groups[0], direction="last minus first")
    over_all = subject.about(group="all groups", direction="later minus earlier")
    # A series that is one group has no first to compare the last with; nobody in it gives the shift its reason.
    first = table[0] if len(groups) > 1 else np.zeros_like(table[0])
    moved = shift(values, first, table[-1], level)
    rows = [
        estimate_row(ends, "shift", moved, missing=int(missing[0] + missing[-1])),
        p_value_row(over_all, "p_trend_groups", jonckheere_terpstra(table), missing=int(missing.sum())),
        p_value_row(over_all, "p_any_difference", kruskal_wallis(table), missing=int(missing.sum())),
    ]
    return without_own_mirror(rows)


def _reason_rows(subject: Subject, tally: Tally, level: float) -> list[ResultRow]:
    """The share of each reason among patients whose reason is known; the others are counted beside it."""
    table = counts(tally, "group", "stop_reason")
    rows = []
    told = np.array([reason not in NOT_TOLD for reason in REASONS])
    for group, found in zip(tally.levels("group"), table, strict=True):
        known, missing = int(found[told].sum()), int(found[~told].sum())
        for reason, patients in zip(REASONS, found, strict=True):
            about = subject.about(endpoint=f"stopped_{reason.replace(' ', '_')}", unit="patient", group=group,
                                  tally="stop_reason", tally_keys=f"stop_reason={reason}")  # fmt: skip
            if reason in NOT_TOLD:
                rows.append(number_row(about, "patients", float(patients), denominator=known + missing))
                continue
            share = clopper_pearson(int(patients), known, level)
            rows.append(estimate_row(about, "risk", share, numerator=int(patients), denominator=known, missing=missing))
    return rows


def _handling_rows(subject: Subject, tally: Tally, level: float) -> list[ResultRow]:
    rows: list[ResultRow] = []
    for handling in HANDLING.levels:
        about = subject.about(endpoint=handling.replace(" ", "_"), unit="patient", tally="dose_handling",
                              tally_keys=f"handling={handling}")  # fmt: skip
        risk = risks(tally, handling=handling)
        rows += [*risk_rows(about, risk, level), *first_against_last(about, risk, level, tests={})]
    return rows


def _planned_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    """How many planned doses came to what: counts of doses, so without an interval."""
    rows = []
    for cycles in CYCLES.levels:
        about = subject.about(endpoint="planned_doses", unit="dose", tally="planned_doses", stratum=cycles,
                              tally_keys=f"cycles={cycles}")  # fmt: skip
        table = counts(tally, "group", "status", cycles=cycles)
        for group, found in zip(tally.levels("group"), table, strict=True):
            rows += [
                number_row(about.about(group=group), "doses", float(doses), convention=status, id_suffix=status,
                           denominator=int(found.sum()))
                for status, doses in zip(STATUS.levels, found, strict=True)
            ]  # fmt: skip
        rows.append(number_row(about, "share_interval", None, reason=CLUSTERING_UNKNOWN))
    return rows
