"""Do Polars, DuckDB and the plain reference derive the same doses?"""

from __future__ import annotations

import importlib
import runpy
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.analyses.doses import Options, needs
from seriatim.derive._cases import derive_cases
from seriatim.engines.choose import collect
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.tallies.spec import TallySpec

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "doses.py"))
SPECS = {
    spec.derivation: spec
    for spec in needs(Plan(title="engines", grouping={"by": "equal groups", "groups": 2}), Options())
}

STATUS = st.sampled_from(("given", "given", "partial", "held", "skipped", "refused", "planned"))
AMOUNTS = st.sampled_from(
    [
        {"amount_per_kg": "720000", "amount_per_kg_unit": "IU/kg"},
        {"amount_per_kg": "600000.5", "amount_per_kg_unit": "IU/kg"},
        {"amount_per_kg": "0.037", "amount_per_kg_unit": "mg/kg"},
        {"amount": "57.6", "amount_unit": "MIU"},
        {"amount": "57599999", "amount_unit": "IU"},
        {"amount": "<57600000", "amount_unit": "IU"},
        {"amount": "9000000000000", "amount_unit": "MIU"},
        {},
    ]
)
WEIGHTS = st.sampled_from(
    [
        {"baseline_weight": "80", "baseline_weight_unit": "kg"},
        {"baseline_weight": "176.4", "baseline_weight_unit": "lb"},
        {"baseline_weight": "0", "baseline_weight_unit": "kg"},
        {"baseline_weight": "80", "baseline_weight_unit": "stone"},
        {},
    ]
)
REASON = st.sampled_from(("toxicity", "completed", "unknown", None))
COLUMNS = {
    "patient": ("patient_id", "accrual"),
    "dose": ("patient_id", "course", "cycle", "dose", "status", "amount", "amount_unit", "amount_per_kg",
             "amount_per_kg_unit"),
    "cycle": ("patient_id", "course", "cycle", "stop_reason", "baseline_weight", "baseline_weight_unit"),
}  # fmt: skip


@st.composite
def sources(draw: st.DrawFn) -> dict[str, list[dict]]:
    patients = [str(i) for i in range(1, draw(st.integers(1, 5)) + 1)]
    tables = {"patient": [{"patient_id": i, "accrual": f"1990-01-0{i}"} for i in patients], "dose": [], "cycle": []}
    cycles = [(i, course, cycle) for i in patients for course in (1, 2) for cycle in (1, 2)]
    for i, course, cycle in cycles:
        key = {"patient_id": i, "course": str(course), "cycle": str(cycle)}
        for dose in range(draw(st.integers(0, 3))):
            tables["dose"].append(key | {"dose": str(dose + 1), "status": draw(STATUS)} | draw(AMOUNTS))
        if draw(st.booleans()):
            tables["cycle"].append(key | {"stop_reason": draw(REASON)} | draw(WEIGHTS))
    return {name: rows for name, rows in tables.items() if rows and (name == "patient" or draw(st.integers(0, 5)))}


def series_of(tables: dict[str, list[dict]], engine: str):
    raw = [
        RawTable(
            name,
            f"{name}.csv",
            pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS[name], pl.String)).with_row_index("source_row"),
        )
        for name, rows in tables.items()
    ]
    return take_in(RawSource("ward", "by hand", tuple(raw), ""), engine=engine)


@pytest.mark.parametrize("name", SPECS)
@settings(max_examples=10, deadline=None)
@given(tables=sources())
def test_both_engines_derive_what_the_plain_reference_derives(name: str, tables: dict[str, list[dict]]) -> None:
    spec = SPECS[name]
    stored = {table: frame.collect("polars").to_native().to_dicts()
              for table, frame in series_of(tables, "polars").tables.items()}  # fmt: skip
    expected = REFERENCE[name](stored, **spec.options)
    for engine in ("polars", "duckdb"):
        series = series_of(tables, engine)
        # A group for each patient, since a derivation that counts by itself tells of groups only.
        plan = Plan(title="engines", grouping={"by": "equal groups", "groups": max(2, len(tables["patient"]))})
        derived = importlib.import_module(f"seriatim.derive.{name}").derive(series, derive_cases(series, plan), spec)
        assert sorted(one_row_each(collect(derived, spec.names[-1]), spec)) == expected, engine


def one_row_each(derived: pl.DataFrame, spec: TallySpec) -> list[tuple]:
    names = [key for key in spec.names if key not in ("group", "stratum")]
    if "n" not in derived.columns:
        return derived.select("patient_id", *names).rows()
    patients = derived.with_columns(patient_id=(pl.col("group") + 1).cast(pl.String))
    return [tuple(row) for *row, n in patients.select("patient_id", *names, "n").rows() for _ in range(n)]
