"""How does the risk run along the case number? A smooth curve with its band, to be looked at and not to be tested."""

from __future__ import annotations

import numpy as np

from seriatim.analyses._trend import split_by_case
from seriatim.methods.logistic_spline import logistic_spline
from seriatim.methods.values import NotEstimable
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, number_row
from seriatim.results.row import ResultRow
from seriatim.tallies.tally import Counts, Tally, counts

MOST_BINS = 2000  # beyond this the curve is fitted to bins of neighbouring cases: same picture, bounded cost


def curve_rows(subject: Subject, by_case: Tally, plan: Plan, points: int) -> list[ResultRow]:
    """The fitted risk at evenly spaced case numbers, or one row with the reason; `by_case` is of one endpoint."""
    if not points:
        return []
    events, others, _ = split_by_case(by_case)
    last = int(counts(by_case))
    at = np.unique(np.linspace(1, last, points).round().astype(np.int64))
    position, had, n = _binned(events, others)
    curve = logistic_spline(position, had, n, at, level=plan.level)
    about = subject.about(tally=by_case.name)
    if isinstance(curve, NotEstimable):
        return [number_row(about.about(group="all cases"), "risk_curve", None, reason=curve.reason)]
    method = "logistic natural cubic spline, 4 degrees of freedom"
    return [
        number_row(about.about(group=f"case {case}"), "risk_curve", float(fitted),
                   lower=float(low), upper=float(high), level=plan.level, sides=2, method=method)
        for case, fitted, low, high in zip(at, curve.fitted, curve.lower, curve.upper, strict=True)
    ]  # fmt: skip


def _binned(events: Counts, others: Counts) -> tuple[np.ndarray, Counts, Counts]:
    cases = np.concatenate([events, others])
    had = np.concatenate([np.ones(len(events)), np.zeros(len(others))])
    order = np.argsort(cases, kind="stable")
    bins = np.minimum(len(cases), MOST_BINS)
    place = np.arange(len(cases)) * bins // max(len(cases), 1)
    n = np.bincount(place, minlength=bins)
    position = np.bincount(place, weights=cases[order], minlength=bins) / np.maximum(n, 1)
    return position, np.bincount(place, weights=had[order], minlength=bins).astype(np.int64), n.astype(np.int64)
