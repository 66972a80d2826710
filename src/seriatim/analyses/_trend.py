"""Is there a trend? Over all groups by their mean case numbers, and along the case number without any grouping."""

from __future__ import annotations

import numpy as np

from seriatim.analyses._keys import NO, NOT_GRADED, UNCLEAR, YES
from seriatim.analyses._risk import Risks, mean_case_numbers
from seriatim.methods.cochran_armitage import cochran_armitage, cochran_armitage_exact
from seriatim.methods.rank_sum import rank_sum
from seriatim.methods.values import NotEstimable, PValue
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, p_value_row
from seriatim.results.row import ResultRow
from seriatim.tallies.tally import Counts, Tally, counts, numbers, select


def scores(plan: Plan, patients: Counts) -> tuple[list[float], str]:
    """The score of each group and what it is, from the patients of the whole series in each group.

    A stratum is scored like the series: the mean place among its own patients would be no case number.
    """
    places = [float(place) for place in range(1, len(patients) + 1)]
    if plan.grouping.by == "levels":
        return places, "place of the level in the plan"
    if plan.trend_scores == "equally spaced":
        return places, f"equally spaced, 1 to {len(patients)}"
    return mean_case_numbers(patients), "mean case number of each group"


def group_trend_rows(subject: Subject, risk: Risks, plan: Plan, patients: Counts | None = None) -> list[ResultRow]:
    """Cochran-Armitage over all groups: asymptotic, exact, and exact mid-P; `patients` where `risk` is of a part."""
    values, kind = scores(plan, risk.patients if patients is None else patients)
    kept = risk.assessed > 0
    events, n = risk.events[kept].tolist(), risk.assessed[kept].tolist()
    chosen = [value for value, keep in zip(values, kept, strict=True) if keep]
    about = subject.about(group="all groups", direction="later minus earlier", unit="patient")
    shared = {"assumptions": f"scores: {kind}", "missing": int(risk.missing.sum())}
    trend: dict[str, PValue | NotEstimable] = {
        "p_trend_groups": cochran_armitage(events, n, chosen),
        "p_trend_groups_exact": cochran_armitage_exact(events, n, chosen),
        "p_trend_groups_mid": cochran_armitage_exact(events, n, chosen, convention="mid_p"),
    }
    return [p_value_row(about, name, value, **shared) for name, value in trend.items()]


def case_trend_row(subject: Subject, by_case: Tally, **levels: str) -> ResultRow:
    """Wilcoxon's rank-sum test of the case numbers of those with against those without: no group cut is chosen."""
    events, others, missing = split_by_case(by_case, **levels)
    value = rank_sum(events, others)
    about = subject.about(group="all cases", direction="later minus earlier", unit="patient", tally=by_case.name)
    return p_value_row(about, "p_trend_cases", value, missing=missing)


def split_by_case(by_case: Tally, **levels: str) -> tuple[Counts, Counts, int]:
    """Case numbers with the event, case numbers without, and how many could not be judged."""
    part = select(by_case, **levels)
    events, others = _case_numbers(part, YES, UNCLEAR), _case_numbers(part, NOT_GRADED, NO)
    return events, others, int(counts(part)) - len(events) - len(others)


def _case_numbers(by_case: Tally, *outcomes: str) -> Counts:
    found = [numbers(select(by_case, outcome=outcome), "case_number") for outcome in outcomes]
    # Each is in order already: a stable sort only merges them.
    return np.sort(np.concatenate(found), kind="stable")
