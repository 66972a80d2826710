"""Which course, cycle and dose is a row, where the source does not number them?"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import polars as pl

from seriatim.findings import Finding, Severity
from seriatim.series.duplicates import SAME
from seriatim.series.faults import Fault, tell, tell_table
from seriatim.series.schema import Table

LEVELS = ("course", "cycle", "dose")
_STARTS = {"course": "start", "cycle": "start", "dose": "started"}


def number_rows(
    frame: pl.DataFrame, table: Table, given: AbstractSet[str], beyond_first: AbstractSet[str]
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Fill course, cycle and dose where their column is absent or empty.

    The last number of a table's own key runs by start time; the others are 1, if no table tells of a second one.
    `beyond_first` names the levels of which some table has a second. A record that has no such key (an adverse
    event) then stays without number: which cycle it belongs to is for its dates to say.
    """
    findings: list[Finding] = []
    for level in LEVELS:
        if table.column(level) is None or level in given or frame.is_empty():
            continue
        if table.key and table.key[-1] == level:
            frame, found = _run(frame, table, level)
            findings.extend(found)
        elif table.key or level not in beyond_first:
            frame = frame.with_columns(pl.lit(1, pl.Int64).alias(level))
            findings.append(_all_first(frame, table, level, sure=level not in beyond_first))
        else:
            findings.append(tell_table(_unnumbered(level), table.name, "no column", frame.height, level))
    return frame, tuple(findings)


def levels_beyond_first(frame: pl.DataFrame) -> set[str]:
    """The levels of which a table has a second one for some patient."""
    return {level for level in LEVELS if level in frame.columns and (frame[level] > 1).any()}


def _run(frame: pl.DataFrame, table: Table, level: str) -> tuple[pl.DataFrame, list[Finding]]:
    frame, findings = _drop_recorded_twice(frame, table, level)
    start = f"{_STARTS[level]}_earliest"
    ordered = frame.sort([start, "source_row"], nulls_last=True)
    parents = [name for name in table.key if name != level]
    numbered = ordered.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(parents).alias(level))
    note = Fault(f"{level}.numbered", Severity.NOTE, f"a number for each {level}",
                 f"numbered by start, then as in the source; give the column {level} if its order differs")  # fmt: skip
    return numbered.sort("source_row"), [*findings, tell_table(note, table.name, "no column", frame.height, level)]


def _drop_recorded_twice(frame: pl.DataFrame, table: Table, level: str) -> tuple[pl.DataFrame, list[Finding]]:
    """Set identical rows with the same exact start aside; without a time of day they may be several doses."""
    start = _STARTS[level]
    content = [name for name in frame.columns if name != "source_row"]
    ordered = frame.sort("source_row").with_columns(first_row=pl.col("source_row").first().over(content))
    is_exact = (pl.col(f"{start}_earliest") == pl.col(f"{start}_latest")).fill_null(value=False)
    again = ordered.filter((pl.col("source_row") != pl.col("first_row")) & is_exact)
    told = again.select("source_row", found=pl.format("what row {} has", "first_row"))
    kept = frame.join(again.select("source_row"), on="source_row", how="anti", maintain_order="left")
    return kept, list(tell(SAME, table.name, None, told))


def _all_first(frame: pl.DataFrame, table: Table, level: str, *, sure: bool) -> Finding:
    severity = Severity.NOTE if sure else Severity.WARNING
    fault = Fault(f"{level}.taken_as_first", severity, f"the number of the {level}",
                  f"every row was put into {level} 1; give the column {level} if there are several")  # fmt: skip
    return tell_table(fault, table.name, "no column", frame.height, level)


def _unnumbered(level: str) -> Fault:
    return Fault(f"{level}.not_told", Severity.NOTE, f"the number of the {level}",
                 f"the {level} is worked out from dates where it is needed")  # fmt: skip
