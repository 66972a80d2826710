"""How much does what a reader found take away? One function for each answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from seriatim.findings import Finding, Severity

LISTED = 50  # findings of one kind that are listed row by row; the others are counted in one more


def _finding(
    severity: Severity,
    rule: str,
    table: str,
    *,
    found: str,
    expected: str,
    next_move: str,
    row: int | None = None,
    column: str | None = None,
    rows: int = 1,
) -> Finding:
    return Finding(rule, severity, table, row, column, found, expected, next_move, rows)


row_set_aside = partial(_finding, Severity.ROW_SET_ASIDE)
value_set_aside = partial(_finding, Severity.VALUE_SET_ASIDE)
warning = partial(_finding, Severity.WARNING)
note = partial(_finding, Severity.NOTE)


NO_ROWS = "table.no_rows"


def no_rows(table: str, name: str) -> Finding:
    """A header and nothing under it: an unused sheet of the template looks just like a year without an intubation."""
    return warning(
        NO_ROWS,
        table,
        found="no rows",
        expected="a row for each record",
        next_move="it is taken as not recorded, and nobody as without; if it was kept and there were none, write"
        f" `tables: {{{name}: {{none_occurred: true}}}}` in the mapping",
    )


def none_occurred(table: str) -> Finding:
    """The same where the mapping says what it means."""
    return note(
        "table.none_occurred",
        table,
        found="no rows",
        expected="none, as the mapping says",
        next_move="remove `none_occurred` if they were not recorded",
    )


def summed_up(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """At most `LISTED` findings of one rule and place row by row, then one that counts the others.

    >>> lost = [row_set_aside("row.fields", "dose.csv", found="3 fields", expected="2", next_move="", row=row)
    ...         for row in range(2, 1002)]
    >>> len(summed_up(lost)), summed_up(lost)[-1].row, summed_up(lost)[-1].rows
    (51, 52, 950)
    """
    groups: dict[tuple[str, str, str | None], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.rule, finding.table, finding.column), []).append(finding)
    return tuple(finding for group in groups.values() for finding in _first_ones(group))


def _first_ones(group: list[Finding]) -> list[Finding]:
    rest = group[LISTED:]
    counted = [replace(rest[0], rows=sum(finding.rows for finding in rest))] if rest else []
    return [*group[:LISTED], *counted]
