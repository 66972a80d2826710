"""What can be wrong with a value or a row, and how is it told, so that the counts add up?"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from seriatim.findings import Finding, Severity

SINGLY = 20  # a person mends twenty rows one by one; more is one cause, mended once
LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault as data: the rule's id, what it takes away, what was expected, what to do next."""

    rule: str
    severity: Severity
    expected: str
    next_move: str


def tell(fault: Fault, table: str, column: str | None, rows: pl.DataFrame) -> tuple[Finding, ...]:
    """Findings for `rows` (columns `source_row`, `found`): the first twenty singly, the rest in one with its count."""
    ordered = rows.sort("source_row")
    singly = tuple(_finding(fault, table, column, row) for row in ordered.head(SINGLY).iter_rows(named=True))
    rest = ordered.height - SINGLY
    if rest <= 0:
        return singly
    return (*singly, _finding(fault, table, column, ordered.row(SINGLY, named=True), rest))


def tell_table(fault: Fault, table: str, found: str, rows: int = 1, column: str | None = None) -> Finding:
    """One finding about a whole table or column."""
    return Finding(
        fault.rule, fault.severity, table, None, column, found, fault.expected, fault.next_move, max(rows, 0)
    )


def shown(text: pl.Expr) -> pl.Expr:
    """A value as a finding shows it: in quotes, shortened, control characters made visible as ¿."""
    visible = text.str.replace_all(r"\p{Cc}", "¿")
    short = pl.when(visible.str.len_chars() > LONGEST_SHOWN).then(visible.str.head(LONGEST_SHOWN) + "…")
    return pl.concat_str(pl.lit('"'), short.otherwise(visible), pl.lit('"'))


def _finding(fault: Fault, table: str, column: str | None, row: dict[str, object], rows: int = 1) -> Finding:
    place = row["source_row"]
    return Finding(
        fault.rule,
        fault.severity,
        table,
        place if isinstance(place, int) else None,
        column,
        str(row["found"]),
        fault.expected,
        fault.next_move,
        rows,
    )
