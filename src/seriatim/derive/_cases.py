"""Who is a case, with which number, in which group and stratum?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import reduce
from itertools import pairwise
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.engines.choose import collect
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

    `left_out` are patients of the series outside the population or in no group, with the reason.
    """

    frame: nw.LazyFrame[Any]
    n: int
    group: Key
    stratum: Key
    alignment: str
    left_out: tuple[tuple[str, int], ...] = ()


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
    grouped = grouped.select("patient_id", "case_number", "group", "stratum", "accrual_earliest", "accrual_latest")
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
    return nw.col(population.column).is_in(population.levels)


def _numbered(chosen: nw.LazyFrame[Any], *, whole: bool) -> nw.LazyFrame[Any]:
    if whole:
        return chosen
    # Case numbers run without gaps in the population that is reviewed, not in the registry it was taken from.
    one = nw.lit(1).cum_sum().over(order_by="case_number").cast(nw.Int64)
    return chosen.with_columns(case_number=one)


def _group(chosen: nw.LazyFrame[Any], n: int, plan: Plan, series: TreatmentSeries) -> tuple[nw.Expr, tuple[str, ...]]:
    grouping = plan.grouping
    if isinstance(grouping, Blocks | EqualGroups):
        ends = block_ends(n, grouping)
        starts = (1, *(end + 1 for end in ends[:-1]))
        levels = tuple(f"cases {start}–{end}" for start, end in zip(starts, ends, strict=True))
        return _steps(nw.col("case_number"), starts[1:]), levels
    if isinstance(grouping, Levels):
        _require_column(grouping.column, chosen)
        return _position(nw.col(grouping.column), grouping.levels, -1), grouping.levels
    cuts = _cuts(grouping, series)
    return _steps(nw.col("accrual_earliest"), cuts), _period_labels(cuts)


def _cuts(grouping: Eras | PracticePeriods, series: TreatmentSeries) -> tuple[datetime, ...]:
    if isinstance(grouping, Eras):
        return tuple(datetime.combine(start, time()) for start in grouping.starts)
    if not series.has("practice_change"):
        raise Misuse("grouping by practice periods needs the table practice_change; add it or group by blocks or eras")
    changes = series.tables["practice_change"]
    if grouping.domain:
        changes = changes.filter(nw.col("domain") == grouping.domain)
    dates = collect(changes.select("changed_earliest"), "changed_earliest")["changed_earliest"].drop_nulls()
    return tuple(sorted(set(dates.to_list())))


def _period_labels(cuts: Sequence[datetime]) -> tuple[str, ...]:
    days = [cut.replace(tzinfo=UTC).strftime("%Y-%m-%d") for cut in cuts]
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
    return _position(nw.col(plan.stratum), plan.strata, len(plan.strata))


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
