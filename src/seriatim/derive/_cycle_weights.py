"""By how much did a patient's weight rise in a cycle over the weight before its first dose?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._doses import doses_by_cycle, is_given
from seriatim.engines.choose import worked_out_once
from seriatim.series.series import TreatmentSeries
from seriatim.vocabulary.units import KILOGRAMS_PER

WEIGHT_WORDS = ("weight", "body weight")
RECORDED, NOT_GIVEN = "recorded", "cycle not given"
NO_BASELINE, NO_WEIGHT = "no baseline weight", "no weight in the cycle"
# Weights over this are no patient's, and products must stay inside 64 bits.
MOST_MICRO = 10**9


def gains(series: TreatmentSeries, cases: Cases, cycles: Sequence[str], days: int) -> nw.LazyFrame[Any]:
    """One row per case and cycle of the first course: `patient_id`, `group`, `cycle`, `record`, `gain`.

    `gain` is the highest weight from the first dose until `days` days after the last dose of the cycle, over the
    baseline, in whole thousandths of the baseline, rounded down (0 where there is none). The baseline is the weight
    charted for the cycle, else the last one before its first dose. Pounds and kilograms are compared exactly.
    """
    of_days: dict[tuple[str, ...], nw.LazyFrame[Any]] = cases.kept.setdefault(("gains", days), {})
    for had, found in of_days.items():
        if set(cycles) <= set(had):
            return found.filter(nw.col("cycle").is_in(list(cycles)))
    kept = of_days[tuple(cycles)] = worked_out_once(_gains(series, cases, cycles, days))
    return kept


def _gains(series: TreatmentSeries, cases: Cases, cycles: Sequence[str], days: int) -> nw.LazyFrame[Any]:
    windows = worked_out_once(_windows(series, cases, cycles, days))
    weights = _weights(series, windows, cycles)
    return nw.concat([_one_cycle(windows, highest, last_before, cycle) for cycle, highest, last_before in weights])


def _one_cycle(
    windows: nw.LazyFrame[Any], highest: nw.LazyFrame[Any], last_before: nw.LazyFrame[Any], cycle: str
) -> nw.LazyFrame[Any]:
    windows = windows.select("patient_id", "case_number", "group", begun=f"begun_{cycle}", charted=f"charted_{cycle}")
    joined = windows.join(highest, on="case_number", how="left").join(last_before, on="case_number", how="left")
    joined = joined.with_columns(baseline=nw.coalesce(nw.col("charted"), nw.col("last_before")))
    has_both = ~nw.col("baseline").is_null() & ~nw.col("highest").is_null()
    lacks = nw.when(nw.col("baseline").is_null()).then(nw.lit(NO_BASELINE)).otherwise(nw.lit(NO_WEIGHT))
    answered = nw.when(has_both).then(nw.lit(RECORDED)).otherwise(lacks)
    record = nw.when(nw.col("begun").is_null()).then(nw.lit(NOT_GIVEN)).otherwise(answered)
    named = _with_thousandths(joined.with_columns(record=record))
    is_recorded = nw.col("record") == RECORDED
    gain = nw.when(is_recorded).then(nw.col("thousandths") - 1000).otherwise(nw.lit(0)).cast(nw.Int64)
    return named.select("patient_id", "group", nw.lit(cycle).alias("cycle"), "record", gain.alias("gain"))


def _windows(series: TreatmentSeries, cases: Cases, cycles: Sequence[str], days: int) -> nw.LazyFrame[Any]:
    """One row a case, for each cycle `begun_*` (its doses given, else its dates, else for the first cycle the accrual),
    `end_*` (some days after the last dose, by the same order) and `charted_*`, the baseline weight; the latest reading.
    """
    windows = cases.frame.select("patient_id", "case_number", "group", "accrual_latest")
    tables = []
    if series.has("dose"):
        doses = doses_by_cycle(series, cases).filter(is_given())
        values = {"begun_dose": nw.col("first_latest"), "until_dose": nw.col("last_latest")}
        windows = windows.join(_by_cycle(doses, "case_number", cycles, values), on="case_number", how="left")
        tables.append("dose")
    if series.has("cycle"):
        weight = _scaled("baseline_weight_micro", "baseline_weight_unit", "baseline_weight_censored")
        values = {"begun_cycle": nw.col("start_latest"), "until_cycle": nw.col("end_latest"), "charted": weight}
        rows = _by_cycle(series.tables["cycle"], "patient_id", cycles, values)
        windows = windows.join(rows, on="patient_id", how="left")
        tables.append("cycle")
    told: dict[str, nw.Expr] = {}
    for cycle in cycles:
        begun, until = (_first_of(name, tables, cycle) for name in ("begun", "until"))
        told |= {f"begun_{cycle}": begun, f"end_{cycle}": until + timedelta(days=days)}
        if "cycle" not in tables:
            told[f"charted_{cycle}"] = nw.when(nw.col("patient_id").is_null()).then(nw.col("case_number"))
    kept = dict.fromkeys([*told, *(f"charted_{cycle}" for cycle in cycles)])
    return windows.with_columns(**told).select("patient_id", "case_number", "group", *kept)


def _by_cycle(
    rows: nw.LazyFrame[Any], key: str, cycles: Sequence[str], values: Mapping[str, nw.Expr]
) -> nw.LazyFrame[Any]:
    """One row a patient, for each cycle of the first course the first `begun_*` and the highest of the others."""
    here = {cycle: nw.col("cycle") == int(cycle) for cycle in cycles}
    asked = {f"{name}_{cycle}": nw.when(here[cycle]).then(value) for cycle in cycles for name, value in values.items()}
    best = (nw.col(name).min() if name.startswith("begun") else nw.col(name).max() for name in asked)
    return rows.filter(nw.col("course") == 1).select(key, **asked).group_by(key).agg(*best)


def _first_of(name: str, tables: Sequence[str], cycle: str) -> nw.Expr:
    known = [nw.col(f"{name}_{table}_{cycle}") for table in tables]
    accrual = nw.col("accrual_latest")
    missing = nw.when(nw.col("patient_id").is_null()).then(accrual)
    return nw.coalesce(*known, accrual if int(cycle) == 1 else missing)


def _weights(
    series: TreatmentSeries, windows: nw.LazyFrame[Any], cycles: Sequence[str]
) -> list[tuple[str, nw.LazyFrame[Any], nw.LazyFrame[Any]]]:
    """For each cycle the `highest` weight in it, and the one `last_before` its first dose: of several at once the
    heaviest."""
    if not series.has("vital"):
        nothing = nw.when(nw.col("patient_id").is_null()).then(nw.col("case_number"))
        parts = [windows.select("case_number", nothing.alias(name)) for name in ("highest", "last_before")]
        return [(cycle, parts[0], parts[1]) for cycle in cycles]
    weighed = series.tables["vital"].filter(nw.col("test").str.to_lowercase().is_in(WEIGHT_WORDS))
    weight = _scaled("value_micro", "value_unit", "value_censored")
    measured = weighed.select("patient_id", at=nw.col("measured_at_earliest"), weight=weight)
    measured = measured.filter(~nw.col("weight").is_null())
    told = worked_out_once(_in_windows(measured, windows, cycles))
    lasts = nw.concat(
        [told.select("patient_id", "case_number", at=f"last_{cycle}", cycle=nw.lit(cycle)) for cycle in cycles]
    )
    of_last = measured.join(lasts.filter(~nw.col("at").is_null()), on=["patient_id", "at"], how="inner")
    heaviest = worked_out_once(of_last.group_by("case_number", "cycle").agg(nw.col("weight").max()))
    return [(cycle, told.select("case_number", highest=f"highest_{cycle}"), _of(heaviest, cycle)) for cycle in cycles]


def _in_windows(measured: nw.LazyFrame[Any], windows: nw.LazyFrame[Any], cycles: Sequence[str]) -> nw.LazyFrame[Any]:
    """One row a patient who was weighed: for each cycle when `last_*` before it, and the `highest_*` weight in it."""
    asked: dict[str, nw.Expr] = {}
    for cycle in cycles:
        is_before = nw.col("at") <= nw.col(f"begun_{cycle}")
        in_cycle = ~is_before & (nw.col("at") <= nw.col(f"end_{cycle}"))
        asked[f"last_{cycle}"] = nw.when(is_before).then(nw.col("at"))
        asked[f"highest_{cycle}"] = nw.when(in_cycle).then(nw.col("weight"))
    ends = (f"{name}_{cycle}" for name in ("begun", "end") for cycle in cycles)
    joined = measured.join(windows.select("patient_id", "case_number", *ends), on="patient_id", how="inner")
    summed = joined.select("case_number", **asked).group_by("case_number").agg(*(nw.col(name).max() for name in asked))
    return summed.join(windows.select("case_number", "patient_id"), on="case_number", how="inner")


def _of(heaviest: nw.LazyFrame[Any], cycle: str) -> nw.LazyFrame[Any]:
    return heaviest.filter(nw.col("cycle") == cycle).select("case_number", last_before="weight")


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
