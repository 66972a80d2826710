"""Has a clinical event the same range of grades by the plain rule, on Polars and on DuckDB?"""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.engines.choose import collect, open_frames
from seriatim.grading.event_expression import event_grades
from seriatim.grading.event_rules import grade_event, read_event_rules
from seriatim.rules.expression import high, low
from seriatim.rules.facts import Fact
from seriatim.rules.tree import variables

RULES = read_event_rules("il2-inpatient")


def ranges(name: str) -> st.SearchStrategy[tuple[int, int] | None]:
    """Nothing, a value, or a range such as of a rate below detection."""
    variable = RULES.variables[name]
    top = len(variable.levels) - 1 if variable.levels else 5 * variable.ticks_per_unit
    ends = st.sampled_from(sorted({0, 1, top // 2, top, 2 * top // 5, 2 * top // 5 + 1}))
    one = ends.map(lambda end: (min(end, top), min(end, top)))
    if variable.levels:
        return st.one_of(st.none(), one)
    return st.one_of(st.none(), one, st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair))))


def asked(term: str) -> list[str]:
    return sorted(frozenset().union(*(variables(tree) for _, tree in RULES.events[term].conditions)))


@pytest.mark.parametrize("term", RULES.events)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_every_engine_grades_an_event_as_the_plain_rule_does(term: str, data: st.DataObject) -> None:
    names = asked(term)
    patients = data.draw(st.lists(st.tuples(*(ranges(name) for name in names)), min_size=5, max_size=40))
    columns = {"place": list(range(len(patients)))}
    for place, name in enumerate(names):
        columns[low(name)] = [None if found[place] is None else found[place][0] for found in patients]
        columns[high(name)] = [None if found[place] is None else found[place][1] for found in patients]
    expected = []
    for found in patients:
        facts = {name: Fact(*found[place]) for place, name in enumerate(names) if found[place] is not None}
        graded = grade_event(RULES, term, facts)
        assert (graded.grade is None) == (graded.lowest < graded.highest)
        expected.append((graded.lowest, graded.highest))
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64))
    grades = event_grades(RULES.events[term])
    for engine in ("polars", "duckdb"):
        lazy = open_frames({"patients": frame}, engine)["patients"]
        coded = lazy.select("place", lowest=grades.lowest, highest=grades.highest)
        assert collect(coded, "place").select("lowest", "highest").rows() == expected, engine
