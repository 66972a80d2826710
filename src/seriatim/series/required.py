"""Which rows lack something without which they mean nothing?"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from seriatim.findings import Finding, Severity
from seriatim.series.faults import Fault, tell
from seriatim.series.schema import Kind, Table

_MISSING = Fault("row.required_missing", Severity.ROW_SET_ASIDE, "a readable value",
                 "complete it in the source record")  # fmt: skip


def missing_columns(table: Table, columns: Iterable[str]) -> tuple[str, ...]:
    """The required columns that a source does not have at all.

    >>> from seriatim.series.schema import TABLES
    >>> missing_columns(TABLES["patient"], ["patient_id", "age"])
    ('accrual',)
    """
    present = set(columns)
    return tuple(column.name for column in table.columns if column.required and column.name not in present)


def set_incomplete_aside(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """The rows with every required value and every number of their key; each other row is told once."""
    findings: list[Finding] = []
    for column in table.columns:
        is_number_of_key = column.kind is Kind.INTEGER and column.name in table.key
        if not (column.required or is_number_of_key):
            continue
        stored = f"{column.name}_earliest" if column.kind is Kind.WHEN else column.name
        missing = frame.filter(pl.col(stored).is_null()).select("source_row", found=pl.lit("nothing readable"))
        findings.extend(tell(_MISSING, table.name, column.name, missing))
        frame = frame.filter(pl.col(stored).is_not_null())
    return frame, tuple(findings)
