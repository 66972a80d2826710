"""How is one value a patient spread in each group: percentiles, and the median with its interval?"""

from __future__ import annotations

from collections.abc import Sequence

from seriatim.methods.median_interval import median, quantile
from seriatim.results.build import Subject, estimate_row
from seriatim.results.row import ResultRow
from seriatim.tallies.tally import Counts

PERCENTILES = (5, 25, 75, 95)


def spread_rows(
    subject: Subject,
    values: Sequence[float],
    table: Counts,
    groups: Sequence[str],
    missing: Sequence[int],
    level: float,
) -> list[ResultRow]:
    """Rows for a table of groups by values in the unit of the subject."""
    rows = []
    for group, here, lacking in zip(groups, table, missing, strict=True):
        about = subject.about(group=group)
        shared = {"denominator": int(here.sum()), "missing": int(lacking)}
        rows.append(estimate_row(about, "median", median(values, here, level), **shared))
        rows += [estimate_row(about, f"percentile_{p}", quantile(values, here, p / 100), **shared) for p in PERCENTILES]
    return rows
