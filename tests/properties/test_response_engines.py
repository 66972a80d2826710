"""Do Polars, DuckDB and the plain reference derive the same responses?"""

from __future__ import annotations

import runpy
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.analyses.response import Options, needs
from seriatim.derive import best_response, ongoing_complete, response_duration
from seriatim.derive._cases import derive_cases
from seriatim.engines.choose import collect
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "response.py"))
DERIVATIONS = {
    "best_response": best_response,
    "ongoing_complete": ongoing_complete,
    "response_duration": response_duration,
}
PLAN = Plan(title="engines", grouping={"by": "equal groups", "groups": 2})
# Around the landmark of the accruals in January 1990, whole and partial.
DATES = ("1990-01-20", "1990-06", "1990-12-31T10:15", "1991-01-02", "1991", "1991-01", "1992-05-01", None)


@st.composite
def sources(draw: st.DrawFn) -> dict[str, list[dict[str, str | None]]]:
    patients = [str(i) for i in range(1, draw(st.integers(1, 6)) + 1)]
    date = st.sampled_from(DATES)
    response = st.fixed_dictionaries(
        {"best_response": st.sampled_from(("CR", "PR", "SD", "PD", "NE")), "response_start": date,
         "progression": date, "last_assessed": date}
    )  # fmt: skip
    follow_up = st.fixed_dictionaries(
        {"last_contact": date, "died": st.sampled_from(("yes", "no", None)), "death": date}
    )
    tables = {"patient": [{"patient_id": i, "accrual": f"1990-01-0{i}"} for i in patients]}
    for name, rows in (("response", response), ("follow_up", follow_up)):
        with_a_row = [i for i in patients if draw(st.booleans())]
        if with_a_row:
            tables[name] = [{"patient_id": i} | draw(rows) for i in with_a_row]
    return tables


def series_of(tables: dict[str, list[dict]], engine: str):
    raw = [
        RawTable(name, f"{name}.csv", pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for name, rows in tables.items()
    ]
    return take_in(RawSource("ward", "by hand", tuple(raw), ""), engine=engine)


@pytest.mark.parametrize("name", DERIVATIONS)
@settings(max_examples=20, deadline=None)
@given(tables=sources())
def test_both_engines_derive_what_the_plain_reference_derives(name: str, tables: dict[str, list[dict]]) -> None:
    spec = next(spec for spec in needs(PLAN, Options()) if spec.derivation == name)
    first = series_of(tables, "polars")
    stored = {table: frame.collect("polars").to_native().to_dicts() for table, frame in first.tables.items()}
    expected = REFERENCE[name](stored, landmark_days=365, data_cut=first.provenance.data_cut)
    for engine in ("polars", "duckdb"):
        series = series_of(tables, engine)
        derived = DERIVATIONS[name].derive(series, derive_cases(series, PLAN), spec)
        names = ["patient_id", *(key for key in spec.names if key not in ("group", "stratum"))]
        assert sorted(collect(derived, "patient_id").select(names).rows()) == expected, engine
