"""Who is a case, with which number, in which group and stratum?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from itertools import pairwise
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._local_days import day_begins
from seriatim.derive._practice import practice_changes
from seriatim.engines.choose import worked_out_once
from seriatim.errors import Misuse
from seriatim.plans.grouping import ALIGNMENT, Blocks, EqualGroups, Eras, Levels, PracticePeriods, block_ends
from seriatim.plans.plan import Plan, Population
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import Key, Role

OTHER_STRATUM = "other or unknown"
# narwhals takes no bare literal as a filter; an identifier is never null.
EVERY_ROW = ~nw.col("patient_id").is_null()


@dataclass(frozen=True)
class Cases:
    """One row a case: `patient_id`, `case_number` (from 1 in the population), `group` and `stratum` as positions in
    the levels of their keys, `accrual_earliest` and `accrual_latest`.

    `left_out` are patients of the series outside the population or in no group, with the reason. `kept` holds what
    several derivations share and is dear to work out.
    """

    frame: nw.LazyFrame[Any]
    n: int
    group: Key
    stratum: Key
    alignment: str
    left_out: tuple[tuple[str, int], ...] = ()
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)


def derive_cases(series: TreatmentSeries, plan: Plan) -> Cases:
    """Cut the series into the groups of the plan."""
    patients = series.tables["patient"]
    chosen = patients.filter(_in_population(plan.population, patients))
    chosen = _numbered(chosen, whole=plan.population.column is None)
    everyone, n = _count(patients), _count(chosen)
    if n == 0:
        raise Misuse(f"no patient of the series is in the population {plan.population.label!r}; change the plan")
    group, levels = _group(chosen, n, plan, series)
    grouped = chosen.with_columns(group=group, stratum=_stratum(plan, patients)).filter(nw.col("group") >= 0)
    columns = ("patient_id", "case_number", "group", "stratum", "accrual_earliest", "accrual_latest")
    grouped = worked_out_once(grouped.select(*columns))  # every derivation joins to it
    in_groups = n if not isinstance(plan.grouping, Levels) else _count(grouped)
    left_out = ((f"not in the population: {plan.population.label}", everyone - n), ("in no group", n - in_groups))
    return Cases(
        grouped,
        in_groups,
        Key("group", Role.PARTITION, levels),
        Key("stratum", Role.PARTITION, (*plan.strata, OTHER_STRATUM) if plan.stratum else ("all",)),
        ALIGNMENT[plan.grouping.by],
        tuple(line for line in left_out if line[1]),
    )


def _in_population(population: Population, patients: nw.LazyFrame[Any]) -> nw.Expr:
    if population.column is None:
        return EVERY_ROW
    _require_column(population.column, patients)
    return _words(population.column).is_in(population.levels)


def _numbered(chosen: nw.LazyFrame[Any], *, whole: bool) -> nw.LazyFrame[Any]:
    if whole:
        return chosen
    # Case numbers run without gaps in the population that is reviewed, not in the registry it was taken from.
    # The ones are made from a column: Polars takes no bare literal into a sum over an order.
    one = nw.col("case_number") * 0 + 1
    return chosen.with_columns(case_number=one.cum_sum().over(order_by="case_number").cast(nw.Int64))


def _group(chosen: nw.LazyFrame[Any], n: int, plan: Plan, series: TreatmentSeries) -> tuple[nw.Expr, tuple[str, ...]]:
    grouping = plan.grouping
    if isinstance(grouping, Blocks | EqualGroups):
        ends = block_ends(n, grouping)
        starts = (1, *(end + 1 for end in ends[:-1]))
        levels = tuple(f"cases {start}–{end}" for start, end in zip(starts, ends, strict=True))
        return _place(ends), levels
    if isinstance(grouping, Levels):
        _require_column(grouping.column, chosen)
        return _position(_words(grouping.column), grouping.levels, -1), grouping.levels
    days = _cuts(grouping, series)
    zone = series.provenance.zone
    return _steps(nw.col("accrual_earliest"), [day_begins(day, zone) for day in days]), _period_labels(days)


def _place(ends: Sequence[int]) -> nw.Expr:
    """The group of a case number by division: a chain of comparisons would be as long as there are groups.

    The first groups are all of one size, and those after them, if any, of another.
    """
    sizes = [end - start for start, end in pairwise((0, *ends))]
    first, later = sizes[0], sizes[-1]
    alike = len([size for size in sizes if size == first])
    case, before = nw.col("case_number") - 1, alike * first
    return nw.when(case < before).then(case // first).otherwise(alike + (case - before) // later)


def _cuts(grouping: Eras | PracticePeriods, series: TreatmentSeries) -> tuple[date, ...]:
    if isinstance(grouping, Eras):
        return grouping.starts
    if not series.has("practice_change"):
        raise Misuse("grouping by practice periods needs the table practice_change; add it or group by blocks or eras")
    changes = practice_changes(series)
    return tuple(sorted({change.day for change in changes if grouping.domain in (None, change.domain)}))


def _period_labels(cuts: Sequence[date]) -> tuple[str, ...]:
    days = [f"{cut:%Y-%m-%d}" for cut in cuts]
    if not days:
        return ("all dates",)
    middle = [f"{start} to before {end}" for start, end in pairwise(days)]
    return (f"before {days[0]}", *middle, f"from {days[-1]}")


def _steps(value: nw.Expr, starts: Sequence[Any]) -> nw.Expr:
    """How many of the starts a value has reached: the position of its group."""
    if not starts:
        return nw.lit(0).cast(nw.Int64)
    steps = (nw.when(value >= start).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64) for start in starts)
    return reduce(lambda total, step: total + step, steps)


def _stratum(plan: Plan, patients: nw.LazyFrame[Any]) -> nw.Expr:
    if plan.stratum is None:
        return nw.lit(0).cast(nw.Int64)
    _require_column(plan.stratum, patients)
    return _position(_words(plan.stratum), plan.strata, len(plan.strata))


def _words(column: str) -> nw.Expr:
    # A plan names levels in words, also those of a number such as the performance status.
    return nw.col(column).cast(nw.String)


def _position(value: nw.Expr, levels: Sequence[str], otherwise: int) -> nw.Expr:
    position = nw.lit(otherwise).cast(nw.Int64)
    for place, level in reversed(list(enumerate(levels))):
        position = nw.when(value == level).then(nw.lit(place).cast(nw.Int64)).otherwise(position)
    return position


def _require_column(name: str, patients: nw.LazyFrame[Any]) -> None:
    known = patients.collect_schema().names()
    if name not in known:
        raise Misuse(f"the plan names the patient column {name!r}, which the series does not have; it has {known}")


def _count(frame: nw.LazyFrame[Any]) -> int:
    return int(frame.select(nw.len().alias("n")).collect("polars").item())
