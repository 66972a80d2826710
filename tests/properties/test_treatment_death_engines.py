"""Do Polars, DuckDB and the plain reference know the same of each death?"""

from __future__ import annotations

import runpy
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.analyses.deaths import Options, needs
from seriatim.derive import treatment_death
from seriatim.derive._cases import derive_cases
from seriatim.engines.choose import collect
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "treatment_death.py"))["treatment_death"]
PLAN = Plan(title="engines", grouping={"by": "equal groups", "groups": 2})
COLUMNS = {
    "patient": ("patient_id", "accrual"),
    "cycle": ("patient_id", "course", "cycle", "stop_reason"),
    "adverse_event": ("patient_id", "term", "grade", "relatedness"),
    "follow_up": ("patient_id", "last_contact", "died", "death", "relatedness"),
}
# Around thirty days after the accruals of January 1990.
DATES = st.sampled_from(("1990-01-31", "1990-01-30", "1990-01-31T09:00", "1990-02", "1990-01", "1990", "1991", None))
ACCRUALS = st.sampled_from(("1990-01-01", "1990-01-01T10:00", "1990-01"))
RELATEDNESS = st.sampled_from(("related", "not_related", "unknown", None))


@st.composite
def sources(draw: st.DrawFn) -> dict[str, list[dict]]:
    patients = [str(i) for i in range(1, draw(st.integers(1, 4)) + 1)]
    tables = {name: [] for name in COLUMNS} | {
        "patient": [{"patient_id": i, "accrual": draw(ACCRUALS)} for i in patients]
    }
    for i in patients:
        if draw(st.booleans()):
            tables["follow_up"].append({
                "patient_id": i, "last_contact": draw(DATES), "died": draw(st.sampled_from(("yes", "no", None))),
                "death": draw(st.sampled_from(("1990-01-20", None, None))), "relatedness": draw(RELATEDNESS),
            })  # fmt: skip
        if draw(st.booleans()):
            reason = draw(st.sampled_from(("death", "toxicity", None)))
            tables["cycle"].append({"patient_id": i, "course": "1", "cycle": "1", "stop_reason": reason})
        for _ in range(draw(st.integers(0, 2))):
            grade = draw(st.sampled_from(("5", "4", None)))
            event = {"patient_id": i, "term": "sepsis", "grade": grade, "relatedness": draw(RELATEDNESS)}
            tables["adverse_event"].append(event)
    return {name: rows for name, rows in tables.items() if rows}


def series_of(tables: dict[str, list[dict]], engine: str):
    raw = []
    for name, rows in tables.items():
        frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS[name], pl.String)).with_row_index("source_row")
        raw.append(RawTable(name, f"{name}.csv", frame))
    return take_in(RawSource("ward", "by hand", tuple(raw), ""), engine=engine)


@settings(max_examples=40, deadline=None)
@given(tables=sources())
def test_both_engines_know_what_the_plain_reference_knows(tables: dict[str, list[dict]]) -> None:
    spec = needs(PLAN, Options())[0]
    stored = {table: frame.collect("polars").to_native().to_dicts()
              for table, frame in series_of(tables, "polars").tables.items()}  # fmt: skip
    expected = REFERENCE(stored, 30)
    for engine in ("polars", "duckdb"):
        series = series_of(tables, engine)
        derived = treatment_death.derive(series, derive_cases(series, PLAN), spec)
        assert sorted(collect(derived, "patient_id").select("patient_id", "death").rows()) == expected, engine
