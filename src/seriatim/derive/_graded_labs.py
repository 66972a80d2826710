"""Which grade had each laboratory value on treatment, and the baseline before it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._lab_window import lab_values
from seriatim.grading.criteria import LabTest, criteria_of, lab_test
from seriatim.grading.expression import grade_code
from seriatim.series.series import TreatmentSeries

_ONE_SAMPLE = ("patient_id", "name", "reading")


def tests_of(options: Mapping[str, Any]) -> list[LabTest]:
    """The laboratory tests that an analysis asks for; `Misuse` for one that has no criteria."""
    return [lab_test(name) for name in options["tests"]]


def graded_values(series: TreatmentSeries, cases: Cases, options: Mapping[str, Any]) -> nw.LazyFrame[Any]:
    """Values on treatment with `code` (a grade, or below zero why there is none): `patient_id`, `name`, `reading`,
    `value_micro`, `value_unit`, `code`.

    `options`: tests, scale, window_days.
    """
    tests = tests_of(options)
    values = lab_values(series, cases, tests, options["window_days"])
    joined = values.filter(nw.col("is_on")).join(
        _baselines(values, tests, options["scale"]), on=list(_ONE_SAMPLE), how="left"
    )
    # Whether the baseline was normal is asked of its own limits, at its own time.
    over = nw.col("baseline_micro") > nw.col("baseline_upper_micro")
    state = nw.when(over).then(nw.lit("abnormal")).otherwise(nw.lit("normal"))
    known = nw.when(over.is_null()).then(_no_text()).otherwise(state)
    return _coded(joined.with_columns(baseline_was=known), tests, options["scale"])


def graded_baselines(series: TreatmentSeries, cases: Cases, options: Mapping[str, Any]) -> nw.LazyFrame[Any]:
    """The last value before treatment with its `code`, and the same columns as `graded_values`.

    Graded by the limits of normal alone: judged by itself as baseline, an abnormal value would be grade 0.
    """
    tests = tests_of(options)
    values = lab_values(series, cases, tests, options["window_days"])
    no_number = nw.when(nw.col("patient_id").is_null()).then(nw.col("value_micro"))
    alone = _last_before(values, tests, options["scale"]).with_columns(
        baseline_micro=no_number, baseline_unit=_no_text(), baseline_was=nw.lit("normal")
    )
    return _coded(alone, tests, options["scale"])


def _no_text() -> nw.Expr:
    return nw.when(nw.col("patient_id").is_null()).then(nw.col("value_unit"))


def _coded(rows: nw.LazyFrame[Any], tests: Sequence[LabTest], scale: str) -> nw.LazyFrame[Any]:
    parts = [rows.filter(nw.col("name") == test.name).with_columns(code=grade_code(test.term, scale)) for test in tests]
    return nw.concat([part.select(*_ONE_SAMPLE, "value_micro", "value_unit", "code") for part in parts])


def _baselines(values: nw.LazyFrame[Any], tests: Sequence[LabTest], scale: str) -> nw.LazyFrame[Any]:
    """The last value before treatment, as the columns that the criteria ask of a baseline."""
    last = _last_before(values, tests, scale)
    # A bound such as < 0.2 is no number to multiply.
    number = nw.when(nw.col("value_censored").is_null()).then(nw.col("value_micro"))
    same_unit = nw.col("upper_limit_unit").is_null() | (nw.col("upper_limit_unit") == nw.col("value_unit"))
    return last.select(
        *_ONE_SAMPLE,
        number.alias("baseline_micro"),
        nw.col("value_unit").alias("baseline_unit"),
        nw.when(same_unit).then(nw.col("upper_limit_micro")).alias("baseline_upper_micro"),
    )


def _last_before(values: nw.LazyFrame[Any], tests: Sequence[LabTest], scale: str) -> nw.LazyFrame[Any]:
    """The last value with a number before treatment. Of several at one instant the one nearest to normal, and of equal
    ones the one that stands first in the source."""
    usable = values.filter(nw.col("is_before") & ~nw.col("value_micro").is_null())
    latest = usable.with_columns(last=nw.col("at").max().over(*_ONE_SAMPLE)).filter(nw.col("at") == nw.col("last"))
    ranked = latest.with_columns(rank=_away_from_normal(tests, scale))
    nearest = ranked.with_columns(least=nw.col("rank").min().over(*_ONE_SAMPLE)).filter(
        nw.col("rank") == nw.col("least")
    )
    first = nearest.with_columns(first=nw.col("source_row").min().over(*_ONE_SAMPLE))
    return first.filter(nw.col("source_row") == nw.col("first"))


def _away_from_normal(tests: Sequence[LabTest], scale: str) -> nw.Expr:
    low = [test.name for test in tests if criteria_of(scale, test.term)[0].direction == "low"]
    return nw.when(nw.col("name").is_in(low)).then(-nw.col("value_micro")).otherwise(nw.col("value_micro"))
