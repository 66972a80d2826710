"""Is the grade of a value the same by the plain rule, on Polars and on DuckDB, cell by cell, on every scale?"""

from __future__ import annotations

from dataclasses import replace

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.engines.choose import collect, open_frames
from seriatim.grading.criteria import ANY, MICRO, SCALES, Bound, criteria_of, read_scale
from seriatim.grading.expression import Columns, grade_code, reason_words
from seriatim.grading.grade_value import Measurement, grade_value
from seriatim.grading.options import PLAIN, BaselineRule, Gaps, Options
from seriatim.grading.reasons import LARGEST_MICRO, NotGraded

EVERY_TERM = tuple((scale, term) for scale in SCALES for term in read_scale(scale))
SCHEMA = {
    "value_micro": pl.Int64, "value_unit": pl.String, "value_censored": pl.String,
    "lower_limit_micro": pl.Int64, "lower_limit_unit": pl.String,
    "upper_limit_micro": pl.Int64, "upper_limit_unit": pl.String,
    "baseline_micro": pl.Int64, "baseline_unit": pl.String, "baseline_was": pl.String,
    "group": pl.String, "circumstance": pl.Boolean,
}  # fmt: skip
COLUMNS = Columns(group="group", circumstance="circumstance")
REFERENCE = 1_200_000
options_of = st.builds(
    Options,
    assume_symptomatic=st.sampled_from((True, False, None)),
    baseline_rule=st.sampled_from(BaselineRule),
    gaps=st.sampled_from(Gaps),
)


def at_thresholds(scale: str, term: str) -> list[int]:
    """Every number at which the grade can change where limits and baseline are 1.2, and one millionth either side."""
    ends = set()
    for row in criteria_of(scale, term):
        for threshold in (row.threshold, row.printed):
            if threshold is not None:
                ends.add(int(threshold * MICRO))
                ends.add(int(threshold * REFERENCE))
                ends.add(REFERENCE + int(threshold * MICRO))
                ends.add(REFERENCE + int(threshold * REFERENCE) // 100)
    return sorted({end + step for end in ends for step in (-1, 0, 1) if end + step >= 0})


def rows_of(scale: str, term: str) -> st.SearchStrategy[tuple]:
    criteria = criteria_of(scale, term)
    number = st.sampled_from((*at_thresholds(scale, term), -1, LARGEST_MICRO, LARGEST_MICRO + 1, None))
    reference = st.sampled_from((REFERENCE, REFERENCE, REFERENCE, 0, LARGEST_MICRO + 1, None))
    units = [row.unit for row in criteria if row.unit != ANY] or ["mg/dL"]
    unit = st.sampled_from((*units, *units, "kg", None))
    own = st.sampled_from((None, None, *units, "kg"))
    group = st.sampled_from((*{row.group for row in criteria}, "no such group", None))
    return st.tuples(
        number, unit, st.sampled_from((None, None, None, "<", "<=", ">", ">=")), reference, own, reference, own,
        reference, unit, st.sampled_from(("normal", "abnormal", "low", None)), group,
        st.sampled_from((True, False, None)),
    )  # fmt: skip


def graded_on(engine: str, scale: str, term: str, rows: list[tuple], options: Options) -> list[tuple[int, str]]:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index("place").cast({"place": pl.Int64})
    lazy = open_frames({"values": frame}, engine)["values"]
    code = grade_code(term, scale, COLUMNS, options)
    coded = lazy.select("place", code=code).with_columns(reason=reason_words(nw.col("code")))
    return collect(coded, "place").select("code", "reason").rows()


def graded_plainly(scale: str, term: str, rows: list[tuple], options: Options) -> list[tuple[int, str]]:
    found = [grade_value(Measurement(*cells), term, scale, options) for cells in rows]
    return [(graded.code, graded.reason.removeprefix("cannot be graded, because ")) for graded in found]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@settings(max_examples=25, deadline=None)
@given(data=st.data(), asked=st.sampled_from(EVERY_TERM), options=options_of)
def test_every_engine_grades_as_the_plain_rule_does(
    engine: str, data: st.DataObject, asked: tuple[str, str], options: Options
) -> None:
    rows = data.draw(st.lists(rows_of(*asked), min_size=20, max_size=60))
    assert graded_on(engine, *asked, rows, options) == graded_plainly(*asked, rows, options)


def at_every_threshold(scale: str, term: str) -> list[tuple]:
    criteria = criteria_of(scale, term)
    return [
        (value, unit, None, REFERENCE, None, REFERENCE, None, REFERENCE, unit, state, group, circumstance)
        for value in at_thresholds(scale, term)
        for unit in {row.unit for row in criteria}
        for state in {row.baseline_was for row in criteria}
        for group in {row.group for row in criteria}
        for circumstance in ((True, False) if any(row.when for row in criteria) else (None,))
    ]


@pytest.mark.parametrize("scale", SCALES)
def test_every_threshold_of_a_scale_is_graded_alike_by_the_expression_and_the_plain_rule(scale: str) -> None:
    for term in read_scale(scale):
        rows = at_every_threshold(scale, term)
        assert graded_on("polars", scale, term, rows, PLAIN) == graded_plainly(scale, term, rows, PLAIN), term


@pytest.mark.parametrize("gaps", [Gaps.LOWER, Gaps.NOT_GRADED])
@pytest.mark.parametrize(
    ("scale", "term"),
    [asked for asked in EVERY_TERM if any(row.printed is not None for row in criteria_of(*asked))],
)
def test_every_printed_gap_is_graded_alike_by_the_expression_and_the_plain_rule(
    scale: str, term: str, gaps: Gaps
) -> None:
    rows, options = at_every_threshold(scale, term), Options(gaps=gaps)
    found = graded_on("polars", scale, term, rows, options)
    assert found == graded_plainly(scale, term, rows, options)
    assert found != graded_on("polars", scale, term, rows, PLAIN)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("gaps", [Gaps.HIGHER, Gaps.LOWER])
def test_grade_never_falls_as_a_value_goes_further_from_normal(scale: str, gaps: Gaps) -> None:
    for term in read_scale(scale):
        criteria = criteria_of(scale, term)
        for unit, state, group in {(row.unit, row.baseline_was, row.group) for row in criteria}:
            plain = Measurement(
                0, unit, lower_limit=REFERENCE, upper_limit=REFERENCE, baseline=REFERENCE, baseline_unit=unit,
                baseline_was="normal" if state == ANY else state, group=group, circumstance=True,
            )  # fmt: skip
            values = sorted(at_thresholds(scale, term), reverse=criteria[0].direction == "low")
            found = [grade_value(replace(plain, value=value), term, scale, Options(gaps=gaps)) for value in values]
            known = [graded.grade for graded in found if graded.grade is not None]
            assert known == sorted(known), (term, unit, state, group)


@pytest.mark.parametrize("scale", SCALES)
def test_no_product_of_a_threshold_leaves_sixty_four_bits(scale: str) -> None:
    for rows in read_scale(scale).values():
        for row in rows:
            for threshold in filter(None, (row.threshold, row.printed)):
                largest = max(threshold.denominator, threshold.numerator if row.bound is not Bound.ABSOLUTE else 1)
                assert largest * (100 if row.bound is Bound.PERCENT_OVER_BASELINE else 1) * LARGEST_MICRO < 2**63


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    ("times_ten", "grade"), [(10, 0), (15, 1), (30, 2), (60, 3)],
)  # fmt: skip
def test_creatinine_of_exactly_a_multiple_is_the_lower_grade_on_every_engine(
    engine: str, times_ten: int, grade: int
) -> None:
    limit = (1_200_000, "mg/dL")
    rows = [
        (1_200_000 * times_ten // 10 + step, "mg/dL", None, None, None, *limit, None, None, None, None, None)
        for step in (0, 1)
    ]
    found = graded_on(engine, "ctcae-v5", "creatinine increased", rows, PLAIN)
    assert [code for code, _ in found] == [grade, grade + 1]


@pytest.mark.parametrize("options", [PLAIN, Options(assume_symptomatic=True), Options(assume_symptomatic=None)])
def test_frame_without_columns_of_group_and_circumstance_is_graded_as_if_neither_were_recorded(
    options: Options,
) -> None:
    cells = (127 * MICRO, "mmol/L", None, 135 * MICRO, None, None, None, None, None, None, None, None)
    for scale, term in (("ctcae-v5", "hyponatremia"), ("daids-2.1", "hemoglobin, low")):
        frame = pl.DataFrame([cells], schema=SCHEMA, orient="row")
        lazy = open_frames({"values": frame.drop("group", "circumstance")}, "polars")["values"]
        code = lazy.select(code=grade_code(term, scale, options=options)).collect()["code"].to_list()
        assert code == [grade_value(Measurement(*cells), term, scale, options).code]


def test_term_that_a_scale_does_not_grade_by_number_has_that_reason_in_a_frame() -> None:
    cells = (MICRO, "mg/dL", *(None,) * 10)
    found = graded_on("polars", "ctcae-v5", "hypophosphatemia", [cells], PLAIN)
    assert found == [(int(NotGraded.NO_NUMBERS), NotGraded.NO_NUMBERS.words)]


def test_every_reason_has_words() -> None:
    assert all(reason.words for reason in NotGraded)
