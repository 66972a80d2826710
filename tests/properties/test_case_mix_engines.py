"""Do Polars, DuckDB and the plain reference describe the same patients?"""

from __future__ import annotations

import runpy
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.analyses.case_mix import Options, needs
from seriatim.derive import age, case_mix, screening
from seriatim.derive._cases import derive_cases
from seriatim.engines.choose import collect
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "case_mix.py"))
DERIVATIONS = {"case_mix": case_mix, "age": age, "screening": screening}
PLAN = Plan(title="engines", grouping={"by": "equal groups", "groups": 2})
VARIABLES = tuple(name for name in Options().variables if name != "age")

PATIENT = st.fixed_dictionaries(
    {"sex": st.sampled_from(("f", "m", None)), "age": st.sampled_from(("0", "44", "71", None)),
     "performance_status": st.sampled_from(("0", "1", None)), "prior_therapy": st.sampled_from(("IFN", None))}
)  # fmt: skip
SCREENING = st.fixed_dictionaries(
    {"candidate_id": st.sampled_from(("a", "b", "c")), "criterion": st.sampled_from(("heart", "lung", "brain")),
     "screened": st.sampled_from(("1989-12", "1990-01-05", None)), "treated": st.sampled_from(("yes", "no", None)),
     "reason": st.sampled_from(("cardiac", "choice", None))}
)  # fmt: skip


@pytest.mark.parametrize("name", DERIVATIONS)
@settings(max_examples=20, deadline=None)
@given(patients=st.lists(PATIENT, min_size=1, max_size=5), candidates=st.lists(SCREENING, max_size=6))
def test_both_engines_describe_what_the_plain_reference_does(name: str, patients: list, candidates: list) -> None:
    people = [{"patient_id": str(i), "accrual": f"1990-01-0{i + 1}"} | row for i, row in enumerate(patients)]
    tables = {"patient": people} | ({"screening": candidates} if candidates else {})
    raw = RawSource("ward", "by hand", tuple(
        RawTable(table, table, pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for table, rows in tables.items()), "")  # fmt: skip
    stored = {table: frame.collect("polars").to_native().to_dicts() for table, frame in take_in(raw).tables.items()}
    expected = REFERENCE[name](stored, variables=VARIABLES)
    spec = next(spec for spec in needs(PLAN, Options()) if spec.derivation == name)
    for engine in ("polars", "duckdb"):
        series = take_in(raw, engine=engine)
        derived = DERIVATIONS[name].derive(series, derive_cases(series, PLAN), spec)
        names = ["patient_id", *(key for key in spec.names if key != "group")]
        assert sorted(collect(derived, "patient_id").select(names).rows()) == expected, engine
