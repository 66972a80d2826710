"""Do Polars, DuckDB and the plain reference find the same record complete?"""

from __future__ import annotations

import runpy
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.analyses.completeness import Options, needs
from seriatim.derive import completeness
from seriatim.derive._cases import derive_cases
from seriatim.engines.choose import collect
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "completeness.py"))
# A group for each patient, since the derivation tells of groups only.
PLAN = Plan(title="engines", grouping={"by": "equal groups", "groups": 3})
HELD = ("any adverse event record", "all adverse events graded", "response assessed", "followed for 30 days")
PATIENT = st.sampled_from(("1", "2", "3"))
EVENT = st.fixed_dictionaries(
    {"patient_id": PATIENT, "term": st.sampled_from(("fever", "rash")), "grade": st.sampled_from(("0", "2", None))}
)
RESPONSE = st.fixed_dictionaries({"patient_id": PATIENT, "best_response": st.sampled_from(("CR", "NE"))})
FOLLOW_UP = st.fixed_dictionaries(
    {"patient_id": PATIENT, "last_contact": st.sampled_from(("1990-01-10", "1990-01-31", "1990", None)),
     "died": st.sampled_from(("yes", "no", None))}
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    events=st.lists(EVENT, max_size=6),
    responses=st.lists(RESPONSE, max_size=3, unique_by=lambda row: row["patient_id"]),
    contacts=st.lists(FOLLOW_UP, max_size=3, unique_by=lambda row: row["patient_id"]),
)
def test_both_engines_find_what_the_plain_reference_finds(events: list, responses: list, contacts: list) -> None:
    tables = {
        "patient": [{"patient_id": str(i), "accrual": "1990-01-01"} for i in (1, 2, 3)],
        "adverse_event": events,
        "response": responses,
        "follow_up": contacts,
    }
    raw = RawSource("ward", "by hand", tuple(
        RawTable(table, table, pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for table, rows in tables.items() if rows), "")  # fmt: skip
    stored = {table: frame.collect("polars").to_native().to_dicts() for table, frame in take_in(raw).tables.items()}
    (spec,) = needs(PLAN, Options())
    for engine in ("polars", "duckdb"):
        series = take_in(raw, engine=engine)
        derived = completeness.derive(series, derive_cases(series, PLAN), spec)
        found = collect(derived, "group").select("group", "item", "complete", "n").rows()
        assert {n for *_, n in found} <= {1}, engine
        rows = [(str(group + 1), item, complete) for group, item, complete, _ in found if item in HELD]
        assert sorted(rows) == REFERENCE["completeness"](stored), engine
