"""Do Polars, DuckDB and the plain reference derive the same laboratory grades?"""

from __future__ import annotations

import runpy
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.analyses.labs import Options, needs
from seriatim.derive import lab_not_graded, lab_shift, lab_worst_value
from seriatim.derive._cases import derive_cases
from seriatim.engines.choose import collect
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "labs.py"))
DERIVATIONS = {"lab_shift": lab_shift, "lab_worst_value": lab_worst_value, "lab_not_graded": lab_not_graded}
PLAN = Plan(title="engines", grouping={"by": "equal groups", "groups": 2})

LAB = st.fixed_dictionaries(
    {
        "patient_id": st.sampled_from(("1", "2", "3")),
        "test": st.sampled_from(("creatinine", "BILI", "platelets", "sodium")),
        "value": st.sampled_from(
            ("1.2", "1.8", "3.6", "<0.2", ">8", "12", "24", "75", "1.801", "-1", "2000000000", None)
        ),
        "value_unit": st.sampled_from(("mg/dL", "10^9/L", None)),
        "upper_limit": st.sampled_from(("1.2", None)),
        "lower_limit": st.sampled_from(("150", None)),
        "collected": st.sampled_from(
            ("1989-12-30", "1990-01-01", "1990-01-01T06:00", "1990-01-02T09:00", "1990-01", "1990-03-01", None)
        ),
    }
)
DOSE = st.fixed_dictionaries(
    {
        "status": st.sampled_from(("given", "held", "partial")),
        "started": st.sampled_from(("1990-01-01T08:00", "1990-01-02", None)),
        "course": st.sampled_from(("1", "2")),
    }
)


@pytest.mark.parametrize("name", DERIVATIONS)
@settings(max_examples=10, deadline=None)
@given(labs=st.lists(LAB, min_size=1, max_size=25), doses=st.lists(DOSE, max_size=3))
def test_both_engines_grade_what_the_plain_reference_grades(name: str, labs: list[dict], doses: list[dict]) -> None:
    patients = [{"patient_id": str(i), "accrual": "1990-01-01"} for i in (1, 2, 3)]
    given_to = [{"patient_id": str(i + 1), "cycle": "1", "dose": "1"} | dose for i, dose in enumerate(doses)]
    tables = {"patient": patients, "dose": given_to, "lab_result": labs}
    raw = RawSource("ward", "by hand", tuple(
        RawTable(table, table, pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for table, rows in tables.items() if rows), "")  # fmt: skip
    stored = {table: frame.collect("polars").to_native().to_dicts() for table, frame in take_in(raw).tables.items()}
    spec = next(spec for spec in needs(PLAN, Options()) if spec.derivation == name)
    expected = REFERENCE[name](stored, tests=Options().tests, window_days=30)
    for engine in ("polars", "duckdb"):
        series = take_in(raw, engine=engine)
        derived = DERIVATIONS[name].derive(series, derive_cases(series, PLAN), spec)
        names = ["patient_id", *(key for key in spec.names if key != "group")]
        assert sorted(collect(derived, "patient_id").select(names).rows()) == expected, engine
