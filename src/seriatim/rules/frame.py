"""How do the facts of some decisions stand in a frame? One row a decision, the bounds and the age of each variable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from seriatim.rules.expression import age, high, low
from seriatim.rules.facts import Fact, Facts


def facts_frame(variables: Iterable[str], records: Sequence[Facts]) -> pl.DataFrame:
    """A frame with `row` (from 0) and, for each variable, its columns as `expression` reads them.

    >>> facts_frame(["creatinine"], [{"creatinine": Fact(3, 3, 60)}, {}]).rows()
    [(0, 3, 3, 60), (1, None, None, None)]
    """
    columns: dict[str, Sequence[int | None]] = {"row": range(len(records))}
    for name in variables:
        known = [fact if isinstance(fact := record.get(name), Fact) else None for record in records]
        columns[low(name)] = [fact.low if fact else None for fact in known]
        columns[high(name)] = [fact.high if fact else None for fact in known]
        columns[age(name)] = [fact.age if fact else None for fact in known]
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64))
