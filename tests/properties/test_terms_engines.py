"""Do Polars, DuckDB and the plain reference count the same terms?"""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.analyses.terms import Options, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "terms.py"))
PLAN = Plan(title="engines", grouping={"by": "equal groups", "groups": 2})

EVENT = st.fixed_dictionaries(
    {
        "patient_id": st.sampled_from(("1", "2", "3", "4")),
        "term": st.sampled_from(("nausea", "diarrhoea", "fever")),
        "system_organ_class": st.sampled_from(("gut", "general", None)),
        "grade": st.sampled_from(("0", "1", "3", "4", "5", None)),
        "relatedness": st.sampled_from(("related", "not_related", "unknown", None)),
        "serious": st.sampled_from(("yes", "no", None)),
        "treatment_emergent": st.sampled_from(("yes", "no", None)),
        "onset": st.sampled_from(("1989-12-01", "1990", "1990-01", "1990-01-02T08:00", "1990-06-01", None)),
    }
)


@settings(max_examples=25, deadline=None)
@given(
    events=st.lists(EVENT, min_size=1, max_size=12),
    emergent=st.sampled_from(("first dose", "source flag", "all records")),
)
def test_both_engines_count_what_the_plain_reference_counts(events: list[dict], emergent: str) -> None:
    options = Options(emergent=emergent)
    patients = [{"patient_id": str(i), "accrual": f"1990-01-0{i}T07:00"} for i in range(1, 5)]
    raw = RawSource(
        "ward", "by hand",
        tuple(
            RawTable(name, f"{name}.csv", pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
            for name, rows in {"patient": patients, "adverse_event": events}.items()
        ),
        "",
    )  # fmt: skip
    stored = {name: frame.collect("polars").to_native().to_dicts() for name, frame in take_in(raw).tables.items()}
    if "adverse_event" not in stored:
        stored["adverse_event"] = []
    group_of = {"1": 0, "2": 0, "3": 1, "4": 1}
    expected = REFERENCE["terms"](stored, group_of, options.readings, options.severities, emergent)
    (spec,) = needs(PLAN, options)
    for engine in ("polars", "duckdb"):
        series = take_in(raw, engine=engine)
        tally = count(series, derive_cases(series, PLAN), spec)
        assert _as_counter(tally) == expected, engine


def _as_counter(tally) -> Counter:
    keys = [key for key in tally.keys if key.name != "group"]
    counted = Counter()
    for place in range(len(tally.n)):
        levels = [key.levels[tally.columns[key.name][place]] for key in keys]
        if levels[-1] != "no":
            counted[(int(tally.columns["group"][place]), *levels)] += int(tally.n[place])
    return counted
