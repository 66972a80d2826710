"""How much was this patient given per kg in the first cycle, all doses together?"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._doses import is_given
from seriatim.derive._first_cycle import NO_RECORD, of_first_cycle, planned_in_first_cycle
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec
from seriatim.vocabulary.units import KILOGRAMS_PER

KNOWN, NOT_KNOWN = "known", "not known"
_MICRO = 1_000_000
# Bounds within which no sum, product or doubling below can leave int64; what lies outside is no dose and no weight.
_LARGEST_DOSE = 2**63 // 256
_LARGEST_WEIGHT = 10_000 * _MICRO


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row per case: `patient_id`, `group`, `record` (known, not known, no dose record), `per_kg` (0 unless known).

    `per_kg` is the sum over the doses given, in `spec.options["unit"]` (such as IU/kg), to the nearest multiple of
    `spec.options["resolution"]`, halves up. It is known if every dose given has its amount per kg in that unit, or
    else if every one has its amount in the unit before "/kg" (or in millions of IU) and the baseline weight of the
    cycle is known in kg or lb. A bound such as "<5" is not an amount. Nothing is filled in.
    """
    everyone = cases.frame.select("patient_id", "case_number", "group")
    if not series.has("dose"):
        return everyone.with_columns(record=nw.lit(NO_RECORD), per_kg=nw.lit(0).cast(nw.Int64))
    unit, resolution = str(spec.options["unit"]), int(spec.options["resolution"])
    summed = _sums(planned_in_first_cycle(series, cases), unit)
    joined = everyone.join(summed, on="case_number", how="left").join(_weights(series), on="patient_id", how="left")
    steps = nw.coalesce(
        _nearest(nw.col("per_kg"), resolution * _MICRO), _nearest(nw.col("amount"), nw.col("kg_micro") * resolution)
    )
    with_steps = joined.select("patient_id", "group", "planned", steps.alias("steps"))
    record = nw.when(nw.col("steps").is_null()).then(nw.lit(NOT_KNOWN)).otherwise(nw.lit(KNOWN))
    record = nw.when(nw.col("planned").is_null()).then(nw.lit(NO_RECORD)).otherwise(record)
    rounded = nw.col("steps").fill_null(0) * resolution
    return with_steps.select("patient_id", "group", record.alias("record"), rounded.alias("per_kg"))


def _sums(planned: nw.LazyFrame[Any], unit: str) -> nw.LazyFrame[Any]:
    """`planned`, and the sums `per_kg` and `amount` in millionths of their unit, null where one dose lacks its part."""
    parts = {"per_kg": _micro("amount_per_kg", unit, 1), "amount": _amount(unit.removesuffix("/kg"))}
    measured = planned.select("case_number", is_given().alias("was_given"), **parts)
    counted = {name: _if_given(nw.col(name).fill_null(0)) for name in parts}
    lacking = {f"no_{name}": _if_given(_one_if(nw.col(name).is_null())) for name in parts}
    one = nw.lit(1).cast(nw.Int64)
    summed = (
        measured.select("case_number", planned=one, **counted, **lacking)
        .group_by("case_number")
        .agg(*(nw.col(name).sum().cast(nw.Int64) for name in ("planned", *counted, *lacking)))
    )
    complete = {name: nw.when(nw.col(f"no_{name}") == 0).then(nw.col(name)) for name in parts}
    return summed.select("case_number", "planned", **complete)


def _amount(unit: str) -> nw.Expr:
    plain = _micro("amount", unit, 1)
    # Wards write 57.6 million IU as often as 57,600,000 IU.
    return nw.coalesce(plain, _micro("amount", "MIU", _MICRO)) if unit == "IU" else plain


def _micro(column: str, unit: str, times: int) -> nw.Expr:
    """The measured value in millionths of the unit, null in another unit, as a bound, or beyond what a dose can be."""
    value = nw.col(f"{column}_micro")
    usable = (nw.col(f"{column}_unit") == unit) & nw.col(f"{column}_censored").is_null()
    return nw.when(usable & (value >= 0) & (value <= _LARGEST_DOSE // times)).then(value * times)


def _weights(series: TreatmentSeries) -> nw.LazyFrame[Any]:
    """Baseline weight of the first cycle in millionths of a kg, for those who have one."""
    if not series.has("cycle"):
        nothing = series.tables["dose"].filter(nw.col("patient_id").is_null())
        return nothing.select("patient_id", nw.col("dose").alias("kg_micro"))
    value = nw.col("baseline_weight_micro")
    kilograms: nw.Expr = nw.lit(None, nw.Int64)
    for unit, (times, parts) in KILOGRAMS_PER.items():
        is_unit = nw.col("baseline_weight_unit") == unit
        kilograms = nw.when(is_unit).then(value * int(times) // int(parts)).otherwise(kilograms)
    usable = nw.col("baseline_weight_censored").is_null() & (value > 0) & (value <= _LARGEST_WEIGHT)
    return of_first_cycle(series.tables["cycle"]).filter(usable).select("patient_id", kilograms.alias("kg_micro"))


def _nearest(total: nw.Expr, step: nw.Expr | int) -> nw.Expr:
    return (total * 2 + step) // (step * 2)


def _if_given(value: nw.Expr) -> nw.Expr:
    return nw.when(nw.col("was_given")).then(value).otherwise(nw.lit(0)).cast(nw.Int64)


def _one_if(holds: nw.Expr) -> nw.Expr:
    return nw.when(holds).then(nw.lit(1)).otherwise(nw.lit(0))
