"""Is the grade of a value the same by the plain rule, on Polars and on DuckDB, cell by cell?"""

from __future__ import annotations

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.engines.choose import collect, open_frames
from seriatim.grading.criteria import read_scale
from seriatim.grading.expression import grade_code, reason_words
from seriatim.grading.grade_value import Measurement, grade_value
from seriatim.grading.reasons import LARGEST_MICRO, NotGraded

TERMS = tuple(read_scale("ctcae-v5"))
SCHEMA = {
    "value_micro": pl.Int64, "value_unit": pl.String, "value_censored": pl.String,
    "lower_limit_micro": pl.Int64, "lower_limit_unit": pl.String,
    "upper_limit_micro": pl.Int64, "upper_limit_unit": pl.String,
    "baseline_micro": pl.Int64, "baseline_unit": pl.String, "baseline_was": pl.String,
}  # fmt: skip
# Multiples of one another by every threshold, one millionth to either side, and what can be wrong with a number.
STEM = 1_200_000
NUMBERS = sorted(
    {STEM * times // 10 + step for times in (0, 10, 13, 15, 11, 30, 50, 60, 75, 100) for step in (-1, 0, 1)}
    | {n * 1_000_000 + step for n in (24, 25, 49, 50, 74, 75, 24_999, 25_000, 75_000) for step in (-1, 0, 1)}
    | {STEM * 12, STEM * 36 // 10, LARGEST_MICRO, LARGEST_MICRO + 1}
)  # fmt: skip
number = st.sampled_from((*NUMBERS, None))
unit = st.sampled_from(("mg/dL", "umol/L", "10^9/L", "/mm3", "kg", None))
row = st.tuples(
    number, unit, st.sampled_from((None, None, None, "<", "<=", ">", ">=")), number, unit, number, unit, number, unit,
    st.sampled_from(("normal", "abnormal", None)),
)  # fmt: skip


def graded_on(engine: str, term: str, rows: list[tuple]) -> list[tuple[int, str]]:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index("place").cast({"place": pl.Int64})
    lazy = open_frames({"values": frame}, engine)["values"]
    coded = lazy.select("place", code=grade_code(term)).with_columns(reason=reason_words(nw.col("code")))
    return collect(coded, "place").select("code", "reason").rows()


@pytest.mark.parametrize("term", TERMS)
@settings(max_examples=10, deadline=None)
@given(rows=st.lists(row, min_size=50, max_size=200))
def test_every_engine_grades_as_the_plain_rule_does(term: str, rows: list[tuple]) -> None:
    expected = []
    for cells in rows:
        graded = grade_value(Measurement(*cells), term)
        reason = graded.reason.removeprefix("cannot be graded, because ")
        expected.append((graded.code, reason))
    for engine in ("polars", "duckdb"):
        assert graded_on(engine, term, rows) == expected, engine


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    ("times_ten", "grade"), [(10, 0), (15, 1), (30, 2), (60, 3)],
)  # fmt: skip
def test_creatinine_of_exactly_a_multiple_is_the_lower_grade_on_every_engine(
    engine: str, times_ten: int, grade: int
) -> None:
    limit = (1_200_000, "mg/dL")
    rows = [
        (1_200_000 * times_ten // 10 + step, "mg/dL", None, None, None, *limit, None, None, None) for step in (0, 1)
    ]
    assert [code for code, _ in graded_on(engine, "creatinine increased", rows)] == [grade, grade + 1]


def test_every_reason_has_words() -> None:
    assert all(reason.words for reason in NotGraded)
