"""Do Polars, DuckDB and the plain reference find the same gain of weight?"""

from __future__ import annotations

import runpy
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.analyses.weight import Options, needs
from seriatim.derive import weight_gain, weight_gain_grade
from seriatim.derive._cases import derive_cases
from seriatim.engines.choose import collect
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "weight.py"))
DERIVATIONS = {"weight_gain": weight_gain, "weight_gain_grade": weight_gain_grade}
PLAN = Plan(title="engines", grouping={"by": "equal groups", "groups": 2})

WEIGHTS = st.one_of(
    st.decimals("0.000001", "1000", places=6).map(str), st.sampled_from(("70", "73.5", "77", "84", "154.324", None))
)
UNITS = st.sampled_from(("kg", "kg", "lb", None))
AT = st.sampled_from(("1989-12-31", "1990-01-01", "1990-01-01T06:00", "1990-01-02T07:00", "1990-01-09", "1990", None))
VITAL = st.fixed_dictionaries(
    {"patient_id": st.sampled_from(("1", "2", "3")), "test": st.sampled_from(("weight", "Weight", "height")),
     "value": WEIGHTS, "value_unit": UNITS, "measured_at": AT}
)  # fmt: skip
CYCLE = st.fixed_dictionaries(
    {"baseline_weight": WEIGHTS, "baseline_weight_unit": UNITS, "start": st.sampled_from(("1990-01-01T09:00", None)),
     "end": st.sampled_from(("1990-01-05", None))}
)  # fmt: skip
DOSE = st.fixed_dictionaries(
    {"status": st.sampled_from(("given", "held")), "started": st.sampled_from(("1990-01-01T08:00", "1990-01-03", None))}
)


@pytest.mark.parametrize("name", DERIVATIONS)
@settings(max_examples=12, deadline=None)
@given(
    vitals=st.lists(VITAL, min_size=1, max_size=20),
    cycles=st.lists(CYCLE, max_size=3),
    doses=st.lists(DOSE, max_size=3),
)
def test_both_engines_weigh_as_the_plain_reference_does(name: str, vitals: list, cycles: list, doses: list) -> None:
    place = {"course": "1", "cycle": "1"}
    tables = {
        "patient": [{"patient_id": str(i), "accrual": "1990-01-01"} for i in (1, 2, 3)],
        "cycle": [{"patient_id": str(i + 1)} | place | row for i, row in enumerate(cycles)],
        "dose": [{"patient_id": str(i + 1), "dose": "1"} | place | row for i, row in enumerate(doses)],
        "vital": vitals,
    }
    raw = RawSource("ward", "by hand", tuple(
        RawTable(table, table, pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for table, rows in tables.items() if rows), "")  # fmt: skip
    stored = {table: frame.collect("polars").to_native().to_dicts() for table, frame in take_in(raw).tables.items()}
    expected = REFERENCE[name](stored, days_after=3)
    spec = next(spec for spec in needs(PLAN, Options()) if spec.derivation == name)
    for engine in ("polars", "duckdb"):
        series = take_in(raw, engine=engine)
        derived = DERIVATIONS[name].derive(series, derive_cases(series, PLAN), spec)
        names = ["patient_id", *(key for key in spec.names if key != "group")]
        assert sorted(collect(derived, "patient_id").select(names).rows()) == sorted(expected), engine
