"""What is wrong with the data, as values: the finding, the receipt that adds up, the account of who was counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding takes away: a row, a value, or nothing."""

    ROW_SET_ASIDE = "row set aside"
    VALUE_SET_ASIDE = "value set aside"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: where it is, what was found, what was expected, and what to do next.

    `row` is the row a person sees when opening the source (a header is row 1), None for a whole table or file.
    `rows` counts the rows that share the problem where they are reported together; `row` is then the first.

    >>> print(Finding("grade.range", Severity.VALUE_SET_ASIDE, "adverse_event", 41, "grade", '"IV"',
    ...               "a whole number from 0 to 5", "map it in the mapping file under codes: grade:"))
    adverse_event row 41, grade: found "IV", expected a whole number from 0 to 5 (value set aside); map it in the mapping file under codes: grade:
    """  # noqa: E501

    rule: str
    severity: Severity
    table: str
    row: int | None
    column: str | None
    found: str
    expected: str
    next_move: str
    rows: int = 1

    def __str__(self) -> str:
        place = self.table
        if self.row is not None:
            place += f" row {self.row}"
        if self.rows > 1:
            place += f" and {self.rows - 1} more"
        if self.column:
            place += f", {self.column}"
        return f"{place}: found {self.found}, expected {self.expected} ({self.severity}); {self.next_move}"


@dataclass(frozen=True, slots=True)
class TableReceipt:
    """What became of the rows of one table: read = used + set aside, always."""

    table: str
    source: str
    rows_read: int
    rows_used: int
    rows_set_aside: int
    values_set_aside: int
    content_hash: str

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_used + self.rows_set_aside:
            raise ValueError(
                f"{self.table}: {self.rows_read} rows read are not {self.rows_used} used"
                f" and {self.rows_set_aside} set aside"
            )


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of one reading, a line a table."""

    tables: tuple[TableReceipt, ...] = ()

    def table(self, name: str) -> TableReceipt | None:
        return next((line for line in self.tables if line.table == name), None)

    @property
    def rows_set_aside(self) -> int:
        return sum(line.rows_set_aside for line in self.tables)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One step on the way from the records read to the patients in a table."""

    step: str
    n: int
    unit: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Who was counted and who was not, in order."""

    lines: tuple[AccountLine, ...] = field(default_factory=tuple)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in the order in which a person should mend them: rows lost, values lost, warnings, notes."""
    order = list(Severity)
    return sorted(
        findings,
        key=lambda finding: (order.index(finding.severity), finding.table, finding.row or 0, finding.rule),
    )
