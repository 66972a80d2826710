"""Which rows say again what an earlier row says, or contradict it?"""

from __future__ import annotations

import polars as pl

from seriatim.findings import Finding, Severity
from seriatim.series.faults import Fault, tell
from seriatim.series.schema import Table

SAME = Fault("duplicate.same", Severity.ROW_SET_ASIDE, "each row once",
             "nothing to do, the first of the identical rows is used")  # fmt: skip
_KEPT = Fault("duplicate.kept", Severity.NOTE, "each row once",
              "nothing to do, identical records are kept and a patient counts once")  # fmt: skip


def set_duplicates_aside(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """One row a key: the first in the source. In a table without key identical rows are kept and noted."""
    if not table.key:
        return frame, _note_identical(frame, table)
    ordered = frame.sort("source_row").with_columns(first_row=pl.col("source_row").first().over(table.key))
    later = ordered.filter(pl.col("source_row") != pl.col("first_row"))
    if later.is_empty():
        return frame, ()
    content = [name for name in frame.columns if name != "source_row"]
    # A later row is the same if nothing but its row number differs from the first row of its key.
    same = later.join(
        frame.rename({"source_row": "first_row"}), on=[*content, "first_row"], how="semi", nulls_equal=True
    )
    different = later.join(same.select("source_row"), on="source_row", how="anti")
    findings = (
        *tell(SAME, table.name, None, _naming_first(same)),
        *tell(_conflict(table), table.name, None, _naming_first(different)),
    )
    return frame.join(later.select("source_row"), on="source_row", how="anti", maintain_order="left"), findings


def _note_identical(frame: pl.DataFrame, table: Table) -> tuple[Finding, ...]:
    content = frame.drop("source_row")
    if not content.is_duplicated().any():
        return ()
    ordered = frame.sort("source_row").with_columns(first_row=pl.col("source_row").first().over(content.columns))
    return tell(_KEPT, table.name, None, _naming_first(ordered.filter(pl.col("source_row") != pl.col("first_row"))))


def _naming_first(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("source_row", found=pl.format("what row {} has", "first_row"))


def _conflict(table: Table) -> Fault:
    key = " and ".join(table.key)
    return Fault("duplicate.conflict", Severity.ROW_SET_ASIDE, f"one row for each {key}",
                 "the first row is used; correct or remove one of the two in the source")  # fmt: skip
