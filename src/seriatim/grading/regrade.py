"""Which grade has each value on one scale and on another? The cross table of two gradings of the same values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.grading.expression import Columns, grade_code
from seriatim.grading.options import PLAIN, Options
from seriatim.grading.reasons import NotGraded


@dataclass(frozen=True, slots=True)
class CrossTable:
    """How many values have each pair of grades; `counts` is keyed by the two, "not graded: ..." where there is none."""

    term: str
    one: str
    other: str
    counts: Mapping[tuple[str, str], int]

    @property
    def changed(self) -> int:
        """How many values have another grade on the other scale, among those that both grade."""
        return sum(n for pair, n in self._both.items() if pair[0] != pair[1])

    @property
    def graded_by_both(self) -> int:
        return sum(self._both.values())

    @property
    def _both(self) -> dict[tuple[str, str], int]:
        return {pair: n for pair, n in self.counts.items() if all(label.isdigit() for label in pair)}


def regrade(
    values: nw.LazyFrame[Any],
    term: str,
    one: str,
    other: str,
    columns: Columns | None = None,
    options: Options = PLAIN,
) -> CrossTable:
    """Grade every value on both scales; one row of the frame is one value, with the columns of `Columns`.

    Platelets of 20 and 60 at a lower limit of 150:

    >>> import polars as pl
    >>> nothing = ("value_censored", "lower_limit_unit", "upper_limit_unit", "baseline_unit", "baseline_was")
    >>> frame = pl.DataFrame({"value_micro": [20_000_000, 60_000_000]}).with_columns(
    ...     pl.lit(150_000_000).alias("lower_limit_micro"), pl.lit("10^9/L").alias("value_unit"),
    ...     pl.lit(None, pl.Int64).alias("upper_limit_micro"), pl.lit(None, pl.Int64).alias("baseline_micro"),
    ...     *(pl.lit(None, pl.String).alias(name) for name in nothing))
    >>> table = regrade(nw.from_native(frame.lazy()), "platelet count decreased", "ctcae-v5", "ctcae-v6")
    >>> dict(table.counts)
    {('2', '2'): 1, ('4', '3'): 1}
    >>> table.changed, table.graded_by_both
    (1, 2)
    """
    codes = values.select(
        one=grade_code(term, one, columns, options), other=grade_code(term, other, columns, options)
    )  # fmt: skip
    counted = codes.group_by("one", "other").agg(nw.len().alias("n")).collect("polars")
    found = {(_label(first), _label(second)): int(n) for first, second, n in counted.select("one", "other", "n").rows()}
    return CrossTable(term, one, other, dict(sorted(found.items())))


def _label(code: int) -> str:
    return str(code) if code >= 0 else f"not graded: {NotGraded(code).words}"
