"""Which laws hold of every review, whatever the patients?"""

from __future__ import annotations

import runpy
from collections import Counter
from collections.abc import Mapping
from functools import reduce
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seriatim.analyses import terms
from seriatim.analyses._risk import risks
from seriatim.analyses.incidence import Options, needs
from seriatim.counting.count import count, count_all
from seriatim.derive._cases import derive_cases
from seriatim.errors import Refused
from seriatim.plans.plan import Plan
from seriatim.reviews.analyse import analyse
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.files import content_hash
from seriatim.tallies.merge import merge
from seriatim.tallies.tally import Tally, counts

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "reference" / "endpoint_outcome.py"))
IDS = tuple(f"{number:02}" for number in range(1, 9))
DAYS = ("1989-12-20", "1990", "1990-01", "1990-01-05", "1990-01-06T09:00", "1990-02-10", None)

EVENT = st.fixed_dictionaries(
    {
        "patient_id": st.sampled_from(IDS),
        "term": st.sampled_from(("line sepsis", "Fever", "rash")),
        "system_organ_class": st.sampled_from(("infections", "general", None)),
        "grade": st.sampled_from(("0", "1", "2", "3", "4", "5", None)),
        "relatedness": st.sampled_from(("related", "not_related", "unknown", None)),
        "serious": st.sampled_from(("yes", "no", None)),
        "treatment_emergent": st.sampled_from(("yes", "no", None)),
        "onset": st.sampled_from(DAYS),
    }
)
INTERVENTION = st.fixed_dictionaries(
    {
        "patient_id": st.sampled_from(IDS),
        "intervention": st.sampled_from(("intubation", "dialysis")),
        "reason": st.sampled_from(("lung", "airway", None)),
        "start": st.sampled_from(DAYS),
    }
)
ASSESSMENT = st.fixed_dictionaries(
    {
        "patient_id": st.sampled_from(IDS),
        "looked_for": st.sampled_from(("Line sepsis", "asked", "intubation", "troponin")),
        "assessed": st.sampled_from(("yes", "no", None)),
    }
)
CONTACTS = st.dictionaries(
    st.sampled_from(IDS),
    st.tuples(st.sampled_from(("1990-01-08", "1990-01-20", None)), st.sampled_from(("yes", "no", None))),
)
ACCRUALS = st.lists(
    st.sampled_from(("1990-01", "1990-01-02", "1990-01-03T07:00", "1990-01-05")), min_size=len(IDS), max_size=len(IDS)
)
SITES = st.lists(st.sampled_from(("north", "south")), min_size=len(IDS), max_size=len(IDS))


@st.composite
def sources(draw) -> dict[str, list[dict]]:
    """Eight patients with their records; a table without a row is one that the source does not have."""
    patients = [
        {"patient_id": who, "accrual": accrual, "site": site}
        for who, accrual, site in zip(IDS, draw(ACCRUALS), draw(SITES), strict=True)
    ]
    tables = {
        "patient": patients,
        "adverse_event": draw(st.lists(EVENT, max_size=10)),
        "intervention": draw(st.lists(INTERVENTION, max_size=4)),
        "assessment": draw(st.lists(ASSESSMENT, max_size=4)),
        "follow_up": [
            {"patient_id": who, "last_contact": contact, "died": died}
            for who, (contact, died) in draw(CONTACTS).items()
        ],
    }
    return {name: rows for name, rows in tables.items() if rows}


ENDPOINTS = st.fixed_dictionaries(
    {
        "id": st.just("asked"),
        "label": st.just("Asked"),
        "terms": st.sampled_from(([], ["line sepsis"], ["line sepsis", "fever"])),
        "system_organ_classes": st.sampled_from(([], [], ["infections"])),
        "grades": st.sampled_from(("any", "3-4", ">=3", "2-3")),
        "interventions": st.sampled_from(([], [], ["intubation"])),
        "related": st.booleans(),
        "serious": st.booleans(),
        "emergent": st.sampled_from(("first dose", "source flag", "all records")),
        "window_days": st.sampled_from((None, 10)),
        "no_record_means": st.sampled_from((None, "absent", "not assessed", "absent if assessed")),
    }
)


def taken_in(tables: Mapping[str, list[dict]], engine: str = "polars") -> TreatmentSeries:
    raw = tuple(
        RawTable(name, f"{name}.csv", pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for name, rows in tables.items()
    )
    return take_in(RawSource("ward", "by hand", raw, sha256(repr(tables).encode()).hexdigest()), engine=engine)


def planned(*endpoints: dict, grouping: dict | None = None, **options: object) -> Plan:
    chosen = grouping or {"by": "equal groups", "groups": 2}
    analyses = [{"name": "incidence", "options": {"curve_points": 0}}]
    return Plan(title="laws", grouping=chosen, endpoints=endpoints, analyses=analyses, **options)


def tallied(series: TreatmentSeries, plan: Plan) -> Mapping[str, Tally]:
    return count_all(series, plan, needs(plan, Options())).tallies


def as_counter(tally: Tally, key: str) -> Counter:
    table = counts(tally, "group", key, endpoint="asked")
    levels = tally.levels(key)
    return Counter(
        {(group, level): int(n) for group, row in enumerate(table) for level, n in zip(levels, row, strict=True) if n}
    )


@settings(max_examples=20)
@given(tables=sources(), endpoint=ENDPOINTS)
def test_both_engines_count_what_the_plain_reference_counts(tables, endpoint):
    plan = planned(endpoint)
    series = taken_in(tables)
    stored = {name: frame.collect("polars").to_native().to_dicts() for name, frame in series.tables.items()}
    group_of = {row["patient_id"]: (row["case_number"] - 1) // 4 for row in stored["patient"]}
    asked = endpoint | {"intervention_reasons": []}
    outcomes = REFERENCE["endpoint_outcomes"](stored, group_of, asked)
    grades = REFERENCE["worst_grades"](stored, group_of, asked)
    for engine in ("polars", "duckdb"):
        cased = taken_in(tables, engine)
        cases = derive_cases(cased, plan)
        specs = {spec.name: spec for spec in needs(plan, Options())}
        assert as_counter(count(cased, cases, specs["incidence"]), "outcome") == outcomes, engine
        if "worst_grade" in specs:
            assert as_counter(count(cased, cases, specs["worst_grade"]), "worst_grade") == grades, engine


@settings(max_examples=10)
@given(tables=sources(), endpoint=ENDPOINTS, seed=st.randoms(use_true_random=False))
def test_shuffling_the_rows_changes_nothing(tables, endpoint, seed):
    # Case numbers are given, so that patients of one day keep their order.
    numbered = [row | {"case_number": str(place)} for place, row in enumerate(tables["patient"], start=1)]
    one = tables | {"patient": numbered}
    other = {name: seed.sample(rows, len(rows)) for name, rows in one.items()}
    plan = planned(endpoint)
    first, second = (tallied(taken_in(source), plan) for source in (one, other))
    assert {name: content_hash(tally) for name, tally in first.items()} == {
        name: content_hash(tally) for name, tally in second.items()
    }
    assert analyse(first, plan) == analyse(second, plan)


@settings(max_examples=12)
@given(tables=sources(), endpoint=ENDPOINTS)
def test_counting_each_site_by_eras_and_merging_is_counting_the_pooled_series(tables, endpoint):
    plan = planned(endpoint, grouping={"by": "eras", "starts": ["1990-01-03"]})
    by_site = split(tables, "site")
    assume(all(set(part) == set(tables) for part in by_site))
    pooled = tallied(taken_in(tables), plan)
    parts = [tallied(taken_in(part), plan) for part in by_site]
    for name, key in (("incidence", "outcome"), ("worst_grade", "worst_grade")):
        if name in pooled:
            merged = reduce(merge, [part[name] for part in parts])
            assert as_counter(merged, key) == as_counter(pooled[name], key)
            assert content_hash(merged) == content_hash(pooled[name])


@settings(max_examples=12)
@given(tables=sources())
def test_merging_the_terms_of_each_site_is_counting_those_of_the_pooled_series(tables):
    plan = planned(grouping={"by": "eras", "starts": ["1990-01-03"]})
    (spec,) = terms.needs(plan, terms.Options())
    by_site = split(tables, "site")
    assume(all("adverse_event" in part for part in by_site))
    parts = [count_all(taken_in(part), plan, [spec]).tallies["terms"] for part in by_site]
    assume(all(part.levels("term") for part in parts))
    pooled = count_all(taken_in(tables), plan, [spec]).tallies["terms"]
    assert content_hash(reduce(merge, parts)) == content_hash(pooled)


@settings(max_examples=5)
@given(tables=sources())
def test_counts_of_one_series_are_not_added_twice(tables):
    plan = planned({"id": "asked", "label": "Asked"}, grouping={"by": "eras", "starts": ["1990-01-03"]})
    once, again = (tallied(taken_in(tables), plan)["incidence"] for _ in range(2))
    with pytest.raises(Refused, match="the same series is in both"):
        merge(once, again)


def split(tables: Mapping[str, list[dict]], column: str) -> list[dict[str, list[dict]]]:
    """One source a level of a patient column, each with the rows of its own patients."""
    groups: dict[str, set[str]] = {}
    for row in tables["patient"]:
        groups.setdefault(row[column], set()).add(row["patient_id"])
    parts = []
    for own in groups.values():
        chosen = {name: [row for row in rows if row["patient_id"] in own] for name, rows in tables.items()}
        parts.append({name: rows for name, rows in chosen.items() if rows})
    return parts


@settings(max_examples=5)
@given(tables=sources())
def test_merging_by_each_sites_own_order_is_refused(tables):
    endpoint = {"id": "asked", "label": "Asked"}
    by_blocks, by_eras = (
        tallied(taken_in(tables), planned(endpoint, grouping=grouping))
        for grouping in ({"by": "blocks", "size": 4}, {"by": "eras", "starts": ["1990-01-03"]})
    )
    for tally in (by_blocks["incidence"], by_blocks["incidence_by_case"], by_eras["incidence_by_case"]):
        with pytest.raises(Refused, match="own order"):
            merge(tally, tally)


@settings(max_examples=10)
@given(tables=sources(), endpoint=ENDPOINTS)
def test_each_patient_is_in_each_view_once_and_summing_over_views_is_refused(tables, endpoint):
    for tally in tallied(taken_in(tables), planned(endpoint, endpoint | {"id": "again"})).values():
        if "endpoint" in [key.name for key in tally.keys]:
            with pytest.raises(Refused, match="count the same patients more than once"):
                counts(tally)
            assert set(counts(tally, "endpoint").tolist()) == {len(IDS)}


@settings(max_examples=8)
@given(tables=sources(), endpoint=ENDPOINTS)
def test_wider_set_of_grades_never_lowers_the_incidence(tables, endpoint):
    sets = ("3-4", ">=3", "any")
    wider = [endpoint | {"id": f"g{place}", "grades": grades} for place, grades in enumerate(sets)]
    tally = tallied(taken_in(tables), planned(*wider))["incidence"]
    found = [risks(tally, endpoint=one["id"]) for one in wider]
    for narrow, wide in ((0, 1), (1, 2)):
        assert (found[narrow].events <= found[wide].events).all()
        assert (found[narrow].lowest <= found[wide].lowest).all()
        assert (found[narrow].highest <= found[wide].highest).all()


@settings(max_examples=15)
@given(tables=sources(), endpoint=ENDPOINTS)
def test_groups_sum_to_the_series_and_bounds_enclose_the_count(tables, endpoint):
    series = taken_in(tables)
    parts, whole = (
        risks(tallied(series, planned(endpoint, grouping=grouping))["incidence"], endpoint="asked")
        for grouping in ({"by": "equal groups", "groups": 3}, {"by": "blocks", "size": 100})
    )
    for name in ("events", "assessed", "unclear", "not_graded", "missing"):
        assert getattr(parts, name).sum() == getattr(whole, name)[0]
    assert (parts.lowest <= parts.events).all()
    assert (parts.events <= parts.highest).all()
    assert (parts.highest <= parts.patients).all()


@settings(max_examples=10)
@given(tables=sources(), endpoint=ENDPOINTS)
def test_tally_by_case_number_says_the_same_as_the_tally_by_group(tables, endpoint):
    found = tallied(taken_in(tables), planned(endpoint, grouping={"by": "blocks", "size": 4}))
    by_case = counts(found["incidence_by_case"], "case_number", "outcome", endpoint="asked")
    assert by_case.sum(axis=1).tolist() == [1] * len(IDS)
    by_group = counts(found["incidence"], "group", "outcome", endpoint="asked")
    assert by_case.reshape(2, 4, -1).sum(axis=1).tolist() == by_group.tolist()
