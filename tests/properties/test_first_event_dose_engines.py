"""Do Polars, DuckDB and the plain reference place the first event after the same dose?"""

from __future__ import annotations

import runpy
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.analyses.risk_per_dose import Options, needs
from seriatim.derive import first_event_dose
from seriatim.derive._cases import derive_cases
from seriatim.engines.choose import collect
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "first_event_dose.py"))["first_event_dose"]
COLUMNS = {
    "patient": ("patient_id", "accrual"),
    "dose": ("patient_id", "course", "cycle", "dose", "status", "started"),
    "adverse_event": ("patient_id", "term", "grade", "onset"),
    "intervention": ("patient_id", "intervention", "start"),
    "follow_up": ("patient_id", "last_contact", "died"),
}
# Around two days of dosing, one dose every eight hours: exact, to the day, to the month, not at all.
TIMES = st.sampled_from(
    ("1990-01-09T23:00", "1990-01-10T06:00", "1990-01-10T14:00", "1990-01-10T15:30", "1990-01-10", "1990-01-11",
     "1990-01-11T06:00", "1990-01", "1990-01-17T22:00", "1990-01-19", None)
)  # fmt: skip
STATUS = st.sampled_from(("given", "given", "given", "partial", "held"))
ENDPOINTS = (
    {"id": "graded", "label": "Graded", "terms": ("hypotension",), "grades": "3-4"},
    {"id": "done", "label": "Done", "interventions": ("intubation",), "no_record_means": "not assessed"},
    {"id": "either", "label": "Either", "terms": ("hypotension",), "interventions": ("intubation",)},
)


@st.composite
def sources(draw: st.DrawFn) -> dict[str, list[dict]]:
    patients = [str(i) for i in range(1, draw(st.integers(1, 3)) + 1)]
    tables = {name: [] for name in COLUMNS} | {
        "patient": [{"patient_id": i, "accrual": "1990-01-10T06:00"} for i in patients]
    }
    for i in patients:
        for cycle in (1, 2):
            for number in range(draw(st.integers(0, 4))):
                tables["dose"].append({"patient_id": i, "course": "1", "cycle": str(cycle), "dose": str(number + 1),
                                       "status": draw(STATUS), "started": draw(TIMES)})  # fmt: skip
        for _ in range(draw(st.integers(0, 2))):
            grade = draw(st.sampled_from(("2", "3", "4", None)))
            tables["adverse_event"].append(
                {"patient_id": i, "term": "hypotension", "grade": grade, "onset": draw(TIMES)}
            )
        if draw(st.booleans()):
            tables["intervention"].append({"patient_id": i, "intervention": "intubation", "start": draw(TIMES)})
        if draw(st.booleans()):
            died = draw(st.sampled_from(("yes", "no", None)))
            tables["follow_up"].append({"patient_id": i, "last_contact": draw(TIMES), "died": died})
    return {name: rows for name, rows in tables.items() if rows}


def series_of(tables: dict[str, list[dict]], engine: str):
    raw = []
    for name, rows in tables.items():
        frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS[name], pl.String)).with_row_index("source_row")
        raw.append(RawTable(name, f"{name}.csv", frame))
    return take_in(RawSource("ward", "by hand", tuple(raw), ""), engine=engine)


@pytest.mark.parametrize("asked", ENDPOINTS, ids=[endpoint["id"] for endpoint in ENDPOINTS])
@settings(max_examples=8, deadline=None)
@given(tables=sources())
def test_both_engines_place_events_as_the_plain_reference_does(asked: dict, tables: dict[str, list[dict]]) -> None:
    plan = Plan(title="engines", grouping={"by": "equal groups", "groups": 2}, endpoints=[asked])
    (spec,) = needs(plan, Options())
    stored = {table: frame.collect("polars").to_native().to_dicts()
              for table, frame in series_of(tables, "polars").tables.items()}  # fmt: skip
    expected = REFERENCE(stored, plan.endpoints[0].model_dump(), 7)
    for engine in ("polars", "duckdb"):
        series = series_of(tables, engine)
        derived = first_event_dose.derive(series, derive_cases(series, plan), spec)
        names = ["patient_id", *(name for name in spec.names if name != "group")]
        assert sorted(collect(derived.select(*names), names).rows()) == expected, engine
