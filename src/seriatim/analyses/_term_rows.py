"""Which rows does a table of terms give? All terms of one view at once, because there are hundreds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seriatim.methods.benjamini_hochberg import benjamini_hochberg
from seriatim.methods.clopper_pearson import clopper_pearson_bounds
from seriatim.methods.cochran_armitage import cochran_armitage_exact, cochran_armitage_many, exact_work
from seriatim.methods.fisher_exact import Convention, fisher_exact_many
from seriatim.methods.miettinen_nurminen import difference_bounds, score_test_many
from seriatim.methods.values import NotEstimable
from seriatim.plans.plan import Plan
from seriatim.results.references import reference_of
from seriatim.results.row import ResultRow
from seriatim.tallies.tally import Counts

# Up to this many patients the trend of every term is exact, whatever its work; beyond, an exact trend that costs more
# than a few milliseconds is left out, since a table has hundreds of terms.
EXACT_PATIENTS = 2_000
EXACT_WORK = 1e7
FISHER: tuple[tuple[str, Convention], ...] = (
    ("p_fisher_central", "central"),
    ("p_fisher_minimum_likelihood", "minimum likelihood"),
)
NOBODY = "a group has no patients"
NO_VARIATION = "no variation: all patients had the event, or none had"
SCORE = "Miettinen-Nurminen score"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the table under one view."""

    level: str
    reading: str
    severity: str

    @property
    def endpoint(self) -> str:
        return f"{self.level} [{self.reading}, {self.severity}]"

    @property
    def tally_keys(self) -> str:
        return f"reading={self.reading}; severity={self.severity}; term={self.level}"

    @property
    def is_single(self) -> bool:
        """Neither "any" nor a whole system organ class."""
        return " / " in self.level


@dataclass(frozen=True, slots=True)
class Pair:
    """Two groups to be compared, by their places."""

    first: int
    last: int
    direction: str


def rows_of_view(
    terms: Sequence[Term],
    view: Counts,
    groups: Sequence[str],
    pairs: Sequence[Pair],
    scores: Sequence[float],
    kind: str,
    plan: Plan,
) -> list[ResultRow]:
    """Rows of all terms of one view; `view` is terms by groups by (yes, onset unclear, not graded, no)."""
    if not terms:
        return []
    about = _About(terms, plan.population.label)
    events, n = view[:, :, 0] + view[:, :, 1], view.sum(axis=2)
    rows = list(_risk_rows(about, view, groups, plan.level))
    for pair in pairs:
        rows += _pair_rows(about, events, n, groups, pair, plan.level)
    if len(groups) > 2:
        rows += _trend_rows(about, events, n, scores, kind)
    order = {term.endpoint: place for place, term in enumerate(terms)}
    return sorted(rows, key=lambda row: order[row.endpoint])


@dataclass(frozen=True)
class _About:
    """What all rows of one view share."""

    terms: Sequence[Term]
    population: str

    def row(self, place: int, statistic: str, value: float | None, group: str, **columns: Any) -> ResultRow:
        # Built directly and not through `results.build`, which for ten thousand rows would take a second by itself.
        term = self.terms[place]
        reference = columns.get("reference_group", "")
        parts = ("terms", term.endpoint, "", group, reference)
        comparison = "/".join(part.replace("/", "_").replace(" ", "_") or "-" for part in parts)
        return ResultRow(
            result_id=f"{comparison}/{statistic}",
            comparison_id=comparison,
            analysis="terms",
            endpoint=term.endpoint,
            statistic=statistic,
            value=value,
            population=self.population,
            group=group,
            unit="patient",
            tally="terms",
            tally_keys=term.tally_keys,
            reference=reference_of(columns.get("method", ""), columns.get("convention", "")),
            **columns,
        )


def _risk_rows(about: _About, view: Counts, groups: Sequence[str], level: float) -> Iterable[ResultRow]:
    sure, unclear, not_graded = view[:, :, 0], view[:, :, 1], view[:, :, 2]
    n, events = view.sum(axis=2), sure + unclear
    lower, upper = clopper_pearson_bounds(events, n, level)
    shared = {"level": level, "sides": 2, "method": "Clopper-Pearson", "convention": "Clopper-Pearson", "missing": 0}
    for place in range(len(about.terms)):
        for column, group in enumerate(groups):
            had, size = int(events[place, column]), int(n[place, column])
            counted = {"numerator": had, "denominator": size}
            if not size:
                yield about.row(place, "risk", None, group, reason="there are no patients", missing=0, **counted)
                continue
            bounds = {"lower": float(lower[place, column]), "upper": float(upper[place, column])}
            yield about.row(place, "risk", had / size, group, **counted, **bounds, **shared)
            least, most = int(sure[place, column]), had + int(not_graded[place, column])
            if least < had or most > had:
                yield about.row(place, "risk_lowest", least / size, group, method=_BOUND, numerator=least,
                                denominator=size, missing=0)  # fmt: skip
                yield about.row(place, "risk_highest", most / size, group, method=_BOUND, numerator=most,
                                denominator=size, missing=0)  # fmt: skip


_BOUND = "bound over all completions of what is missing"


def _pair_rows(
    about: _About, events: Counts, n: Counts, groups: Sequence[str], pair: Pair, level: float
) -> Iterable[ResultRow]:
    table = (events[:, pair.first], n[:, pair.first], events[:, pair.last], n[:, pair.last])
    lower, upper = difference_bounds(*table, level)
    shared = {"reference_group": groups[pair.first], "direction": pair.direction, "missing": 0}
    score = score_test_many(*table)
    p_values = {"p_score": (score, SCORE, "two-sided score test, variance times N/(N-1)")} | {
        name: (fisher_exact_many(*table, convention), "Fisher exact", convention) for name, convention in FISHER
    }
    group = groups[pair.last]
    for place in range(len(about.terms)):
        yield _difference_row(about, place, [int(column[place]) for column in table],
                              (float(lower[place]), float(upper[place]), level), group, shared)  # fmt: skip
        reason = NO_VARIATION if table[1][place] and table[3][place] else NOBODY
        for name, (values, method, convention) in p_values.items():
            yield _p_row(about, place, name, values[place], group, reason, method=method, convention=convention,
                         sides=2, **shared)  # fmt: skip
    yield from _adjusted_rows(about, score, group, shared)


def _difference_row(
    about: _About,
    place: int,
    table: Sequence[int],
    bounds: tuple[float, float, float],
    group: str,
    shared: dict[str, Any],
) -> ResultRow:
    events_1, n_1, events_2, n_2 = table
    if not (n_1 and n_2):
        return about.row(place, "risk_difference", None, group, reason=NOBODY, **shared)
    lower, upper, level = bounds
    return about.row(place, "risk_difference", events_2 / n_2 - events_1 / n_1, group, lower=lower, upper=upper,
                     level=level, sides=2, method=SCORE, convention=SCORE, **shared)  # fmt: skip


def _p_row(about: _About, place: int, statistic: str, p: float, group: str, reason: str, **columns: Any) -> ResultRow:
    if np.isnan(p):
        columns = {name: value for name, value in columns.items() if name not in _OF_A_P_VALUE}
        return about.row(place, statistic, None, group, reason=reason, **columns)
    return about.row(place, statistic, float(p), group, **columns)


_OF_A_P_VALUE = ("sides", "method", "convention", "flags")


def _adjusted_rows(about: _About, score: Floats, group: str, shared: dict[str, Any]) -> Iterable[ResultRow]:
    """Benjamini-Hochberg over the single terms of the view: totals are sums of them and would count twice."""
    single = [place for place, term in enumerate(about.terms) if term.is_single]
    adjusted = benjamini_hochberg(score[single])
    tested = int(np.isfinite(adjusted).sum())
    for place, p in zip(single, adjusted, strict=True):
        if np.isfinite(p):
            term = about.terms[place]
            yield about.row(place, "p_score_bh", float(p), group, sides=2, adjusted_by="Benjamini-Hochberg",
                            method=f"{SCORE}, adjusted by Benjamini-Hochberg over {tested} terms",
                            family=f"terms, {term.reading}, {term.severity}", **shared)  # fmt: skip


def _trend_rows(about: _About, events: Counts, n: Counts, scores: Sequence[float], kind: str) -> Iterable[ResultRow]:
    _, p = cochran_armitage_many(events, n, scores)
    shared = {"direction": "later minus earlier", "assumptions": f"scores: {kind}", "missing": 0}
    reason = "no event, or an event in every patient: there is no trend to test"
    for place in range(len(about.terms)):
        yield _p_row(about, place, "p_trend_groups", p[place], "all groups", reason, sides=2,
                     method="Cochran-Armitage trend test, hypergeometric variance",
                     convention="two-sided, normal approximation without continuity correction",
                     flags="asymptotic", **shared)  # fmt: skip
        if (exact := _exact_trend(events[place], n[place], scores)) is not None:
            yield about.row(place, "p_trend_groups_exact", exact[0], "all groups", sides=2, method=exact[1],
                            convention=exact[2], flags="exact", **shared)  # fmt: skip


def _exact_trend(events: Counts, n: Counts, scores: Sequence[float]) -> tuple[float, str, str] | None:
    """The exact trend of one term, or None where it would take long or there is none."""
    kept = [int(place) for place in np.flatnonzero(n)]
    had, size, chosen = events[kept].tolist(), n[kept].tolist(), [scores[place] for place in kept]
    if len(kept) < 2 or (sum(size) > EXACT_PATIENTS and exact_work(had, size, chosen) > EXACT_WORK):
        return None
    value = cochran_armitage_exact(had, size, chosen)
    return None if isinstance(value, NotEstimable) else (value.value, value.method, value.convention)
