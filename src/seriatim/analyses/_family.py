"""Which P values are adjusted together? The score P of the primary endpoints, by Holm and by Benjamini-Hochberg."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from seriatim.methods.benjamini_hochberg import benjamini_hochberg
from seriatim.methods.holm import holm
from seriatim.plans.plan import Plan
from seriatim.results.references import reference_of
from seriatim.results.row import ResultRow

FAMILY = "primary"


def family_rows(rows: Iterable[ResultRow], plan: Plan) -> list[ResultRow]:
    """Two adjusted rows beside each P value of the family; none without a declared primary contrast.

    A P value that could not be computed stays out of the family's count and keeps its reason in its own row.
    """
    members = [row for row in rows if _belongs(row, plan) and row.value is not None]
    if not members:
        return []
    raw = np.array([row.value for row in members], dtype=float)
    adjusted = {"holm": ("Holm", holm(raw)), "bh": ("Benjamini-Hochberg", benjamini_hochberg(raw))}
    return [
        replace(
            row,
            result_id=f"{row.result_id}_{suffix}",
            statistic=f"{row.statistic}_{suffix}",
            value=float(value),
            method=(method := f"{row.method}, adjusted by {name} over {len(members)} endpoints"),
            reference=reference_of(method, row.convention),
            family=FAMILY,
            adjusted_by=name,
        )
        for suffix, (name, values) in adjusted.items()
        for row, value in zip(members, values, strict=True)
    ]


def _belongs(row: ResultRow, plan: Plan) -> bool:
    return row.analysis == "incidence" and row.statistic == "p_score" and plan.is_primary(row.endpoint)
