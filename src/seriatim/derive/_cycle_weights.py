"""By how much did a patient's weight rise in a cycle over the weight before its first dose?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.engines.choose import worked_out_once
from seriatim.series.series import TreatmentSeries
from seriatim.vocabulary.units import KILOGRAMS_PER

WEIGHT_WORDS = ("weight", "body weight")
GIVEN = ("given", "partial")
RECORDED, NOT_GIVEN = "recorded", "cycle not given"
NO_BASELINE, NO_WEIGHT = "no baseline weight", "no weight in the cycle"
# Weights over this are no patient's, and products must stay inside 64 bits.
MOST_MICRO = 10**9
_SIDES = ("earliest", "latest")


def gains(series: TreatmentSeries, cases: Cases, cycles: Sequence[str], days: int) -> nw.LazyFrame[Any]:
    """One row per case and cycle of the first course: `patient_id`, `cycle`, `record`, `gain`.

    `gain` is the highest weight from the first dose until `days` days after the last dose of the cycle, over the
    baseline, in whole thousandths of the baseline, rounded down (0 where there is none). The baseline is the weight
    charted for the cycle, else the last one before its first dose. Pounds and kilograms are compared exactly.
    """
    key = ("gains", tuple(cycles), days)
    if key not in cases.kept:
        found = nw.concat([_one_cycle(series, cases, cycle, days) for cycle in cycles])
        cases.kept[key] = worked_out_once(found)
    kept: nw.LazyFrame[Any] = cases.kept[key]
    return kept


def _one_cycle(series: TreatmentSeries, cases: Cases, cycle: str, days: int) -> nw.LazyFrame[Any]:
    windows = worked_out_once(_windows(series, cases, int(cycle)))
    weights = _weights(series, windows, days)
    charted = _charted_baseline(series, int(cycle))
    joined = windows.join(charted, on="patient_id", how="left").join(weights, on="patient_id", how="left")
    joined = joined.with_columns(baseline=nw.coalesce(nw.col("charted"), nw.col("last_before")))
    has_both = ~nw.col("baseline").is_null() & ~nw.col("highest").is_null()
    lacks = nw.when(nw.col("baseline").is_null()).then(nw.lit(NO_BASELINE)).otherwise(nw.lit(NO_WEIGHT))
    answered = nw.when(has_both).then(nw.lit(RECORDED)).otherwise(lacks)
    record = nw.when(nw.col("begun_latest").is_null()).then(nw.lit(NOT_GIVEN)).otherwise(answered)
    named = _with_thousandths(joined.with_columns(record=record))
    is_recorded = nw.col("record") == RECORDED
    gain = nw.when(is_recorded).then(nw.col("thousandths") - 1000).otherwise(nw.lit(0)).cast(nw.Int64)
    return named.select("patient_id", nw.lit(cycle).alias("cycle"), "record", gain.alias("gain"))


def _windows(series: TreatmentSeries, cases: Cases, cycle: int) -> nw.LazyFrame[Any]:
    """`begun_*` and `until_*` of the cycle: its doses given, else its dates, else for the first cycle the accrual."""
    windows = cases.frame.select("patient_id", *(f"accrual_{side}" for side in _SIDES))
    tables = []
    for table, first, last in (("dose", "started", "started"), ("cycle", "start", "end")):
        if series.has(table):
            windows = windows.join(_dates(series, table, cycle, first, last), on="patient_id", how="left")
            tables.append(table)
    accrual = {side: [nw.col(f"accrual_{side}")] if cycle == 1 else [] for side in _SIDES}
    missing = nw.when(nw.col("patient_id").is_null()).then(nw.col("accrual_earliest"))
    ends = {
        f"{name}_{side}": nw.coalesce(*(nw.col(f"{table}_{name}_{side}") for table in tables), *accrual[side], missing)
        for name in ("begun", "until")
        for side in _SIDES
    }
    return windows.with_columns(**ends).select("patient_id", *ends)


def _dates(series: TreatmentSeries, table: str, cycle: int, first: str, last: str) -> nw.LazyFrame[Any]:
    rows = series.tables[table].filter((nw.col("course") == 1) & (nw.col("cycle") == cycle))
    if table == "dose":
        rows = rows.filter(nw.col("status").is_in(GIVEN))
    begun = (nw.col(f"{first}_{side}").min().alias(f"{table}_begun_{side}") for side in _SIDES)
    until = (nw.col(f"{last}_{side}").max().alias(f"{table}_until_{side}") for side in _SIDES)
    return rows.group_by("patient_id").agg(*begun, *until)


def _charted_baseline(series: TreatmentSeries, cycle: int) -> nw.LazyFrame[Any]:
    if not series.has("cycle"):
        nobody = series.tables["patient"].filter(nw.col("patient_id").is_null())
        return nobody.select("patient_id", nw.lit(0).cast(nw.Int64).alias("charted"))
    rows = series.tables["cycle"].filter((nw.col("course") == 1) & (nw.col("cycle") == cycle))
    weight = _scaled("baseline_weight_micro", "baseline_weight_unit", "baseline_weight_censored")
    return rows.group_by("patient_id").agg(weight.max().alias("charted"))


def _weights(series: TreatmentSeries, windows: nw.LazyFrame[Any], days: int) -> nw.LazyFrame[Any]:
    """The last weight before the first dose (of several at once the heaviest) and the highest one in the cycle."""
    if not series.has("vital"):
        nothing = nw.when(nw.col("patient_id").is_null()).then(nw.lit(0).cast(nw.Int64))
        return windows.select("patient_id", nothing.alias("last_before"), nothing.alias("highest"))
    weighed = series.tables["vital"].filter(nw.col("test").str.to_lowercase().is_in(WEIGHT_WORDS))
    measured = weighed.with_columns(weight=_scaled("value_micro", "value_unit", "value_censored"))
    joined = measured.filter(~nw.col("weight").is_null()).join(windows, on="patient_id", how="inner")
    at = nw.col("measured_at_earliest")
    is_before = at <= nw.col("begun_latest")
    in_cycle = ~is_before & (at <= nw.col("until_latest") + timedelta(days=days))
    before = joined.filter(is_before)
    latest = before.group_by("patient_id").agg(at.max().alias("last"))
    of_last = before.join(latest, on="patient_id", how="inner").filter(at == nw.col("last"))
    last_before = of_last.group_by("patient_id").agg(nw.col("weight").max().alias("last_before"))
    highest = joined.filter(in_cycle).group_by("patient_id").agg(nw.col("weight").max().alias("highest"))
    ours = windows.select("patient_id")
    return ours.join(last_before, on="patient_id", how="left").join(highest, on="patient_id", how="left")


def _scaled(micro: str, unit: str, censored: str) -> nw.Expr:
    """A weight as a whole number of one unit small enough for kilograms and pounds; null where it is none."""
    factors = {name: Fraction(*map(int, ratio)) for name, ratio in KILOGRAMS_PER.items()}
    fine = max(factor.denominator for factor in factors.values())
    usable = (nw.col(micro) > 0) & (nw.col(micro) <= MOST_MICRO) & nw.col(censored).is_null()
    scaled: nw.Expr = nw.when(nw.col(micro).is_null()).then(nw.col(micro))
    for name, factor in factors.items():
        here = usable & (nw.col(unit) == name)
        scaled = nw.when(here).then(nw.col(micro) * int(factor * fine)).otherwise(scaled)
    return scaled


def _with_thousandths(joined: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """`thousandths` = 1000 x highest // baseline, digit by digit: 1000 x a scaled weight would not fit into 64 bits."""
    is_recorded = nw.col("record") == RECORDED
    base = nw.when(is_recorded).then(nw.col("baseline")).otherwise(nw.lit(1)).cast(nw.Int64)
    rest = nw.when(is_recorded).then(nw.col("highest")).otherwise(nw.lit(0)).cast(nw.Int64)
    frame = joined.with_columns(base=base, rest=rest)
    frame = frame.with_columns(thousandths=nw.col("rest") // nw.col("base"))
    frame = frame.with_columns(rest=nw.col("rest") - nw.col("thousandths") * nw.col("base"))
    for _ in range(3):
        frame = frame.with_columns(digit=nw.col("rest") * 10 // nw.col("base"))
        frame = frame.with_columns(
            thousandths=nw.col("thousandths") * 10 + nw.col("digit"),
            rest=nw.col("rest") * 10 - nw.col("digit") * nw.col("base"),
        )
    return frame
