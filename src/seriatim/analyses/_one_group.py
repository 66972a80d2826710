"""What becomes of a comparison in a series that is one group? A row with its reason, never the group against itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from seriatim.results.row import ResultRow

ONE_GROUP = "the series is one group"


def without_own_mirror(rows: Iterable[ResultRow]) -> list[ResultRow]:
    """The rows as they are, but those that compare a group with itself without a number.

    >>> age = ResultRow("a", "c", "case_mix", "age", "standardised_difference", 0.0, group="all", reference_group="all")
    >>> without_own_mirror([age])[0].reason
    'the series is one group'
    """
    return [_told(row) if row.reference_group and row.reference_group == row.group else row for row in rows]


def _told(row: ResultRow) -> ResultRow:
    return replace(
        row, value=None, lower=None, upper=None, level=None, sides=None, method="", convention="", flags="", warning="",
        reason=ONE_GROUP,
    )  # fmt: skip
