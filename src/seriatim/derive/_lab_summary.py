"""What do the laboratory values of each patient come to, test by test? One pass over the values, asked for once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import reduce
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.derive._cases import Cases
from seriatim.derive._treatment_window import treatment_windows
from seriatim.engines.choose import distinct, worked_out_once
from seriatim.grading.criteria import LabTest, criteria_of, lab_test
from seriatim.grading.expression import grade_code
from seriatim.grading.reasons import LARGEST_MICRO, NotGraded
from seriatim.series.series import TreatmentSeries

# A sample that by its date may be either is read as before treatment, then as on it: BEFORE is the main reading,
# because the sample of the first day is drawn in the morning.
BEFORE, ON = "before treatment", "on treatment"
READINGS = (BEFORE, ON)
HIGHEST_GRADE = 4  # laboratory terms have no grade 5
_TEST = ("case_number", "place")  # the case number finds a patient as the identifier does, and is faster to group by
_CIRCUMSTANCES = (
    "value_unit", "value_censored",
    "lower_limit_micro", "lower_limit_unit", "upper_limit_micro", "upper_limit_unit",
)  # fmt: skip
# What the date of a value says of treatment, by its earliest and latest reading; OR_NEITHER is before it or too late.
_AFTER, _SURELY_BEFORE, _BEFORE_OR_AFTER, _BEFORE_OR_NEITHER = range(4)
_READ = {BEFORE: ((_SURELY_BEFORE, _BEFORE_OR_AFTER, _BEFORE_OR_NEITHER), (_AFTER,)),
         ON: ((_SURELY_BEFORE,), (_AFTER, _BEFORE_OR_AFTER))}  # fmt: skip


def tests_of(options: Mapping[str, Any]) -> list[LabTest]:
    """The laboratory tests that an analysis asks for; `Misuse` for one that has no criteria."""
    return [lab_test(name) for name in options["tests"]]


def reason_column(reason: NotGraded) -> str:
    """The column that says whether some value had no grade for this reason."""
    return f"lacks_{-reason}"


def lab_summary(series: TreatmentSeries, cases: Cases, options: Mapping[str, Any]) -> nw.DataFrame[Any]:
    """One row per case, test, reading of doubtful dates and unit with a value: `patient_id`, `group`, `test`,
    `reading`, `unit` (null where there is none), `worst` and `baseline` (codes of `grade_code`, null where there is
    no value), `highest` and `lowest` value on treatment in millionths, and a 0/1 column for each reason.

    Held in memory and kept with the cases, because three tallies are made of it. `options`: tests, scale, window_days.
    """
    key = ("lab_summary", tuple(options["tests"]), options["scale"], options["window_days"])
    if key not in cases.kept:
        cases.kept[key] = _with_patients(_both_readings(series, cases, options), cases, tests_of(options))
    kept: nw.DataFrame[Any] = cases.kept[key]
    return kept


def _both_readings(series: TreatmentSeries, cases: Cases, options: Mapping[str, Any]) -> nw.DataFrame[Any]:
    """The second reading is worked out only for cases that have a doubtful sample; for the others it is the first."""
    values = _values(series, cases, tests_of(options), options["window_days"])
    first = _summary(values, BEFORE, options)
    doubtful = distinct(values.filter(nw.col("moment").is_in((_BEFORE_OR_AFTER, _BEFORE_OR_NEITHER))), "case_number")
    known = doubtful.collect("polars")
    readings = [(first, BEFORE), (first.join(known, on="case_number", how="anti"), ON)]
    if len(known):
        theirs = values.join(doubtful, on="case_number", how="semi")
        readings.append((_summary(theirs, ON, options), ON))
    return nw.concat([part.with_columns(reading=nw.lit(reading)) for part, reading in readings])


def _values(series: TreatmentSeries, cases: Cases, tests: Sequence[LabTest], days: int) -> nw.LazyFrame[Any]:
    """Each value that may be before treatment; of those that are after its start for certain the highest and lowest.

    A value between two others of one unit, limits and bound gets the grade of one of them, or one between theirs, and
    no reason that they do not get: the criteria of a term point one way. So two of a hundred values are graded.
    """
    value, before = nw.col("value_micro"), nw.col("moment") != _AFTER
    kept_apart = {name: nw.when(before).then(nw.col(name)) for name in ("at", "source_row")}
    names = (*_CIRCUMSTANCES, "moment", *kept_apart)
    summed = (
        _dated(series, cases, tests, days)
        .with_columns(**kept_apart, range=_range())
        # By the test as it is written: to find its place first would be dear for each value.
        .group_by("case_number", "test", *names, "range")
        .agg(value.max().alias("highest"), value.min().alias("lowest"))
    )
    names = (*_TEST, *names)
    extremes = worked_out_once(summed.with_columns(place=_place(tests)).select(*names, "highest", "lowest"))
    parts = (("highest", extremes), ("lowest", extremes.filter(~before)))
    return nw.concat([part.select(*names, nw.col(extreme).alias("value_micro")) for extreme, part in parts])


def _dated(series: TreatmentSeries, cases: Cases, tests: Sequence[LabTest], days: int) -> nw.LazyFrame[Any]:
    """The dated values of the tests, and what their date says of treatment."""
    windows = treatment_windows(series, cases)
    # Worked out for each patient: the sum of a date and some days is dear to ask of each value.
    windows = worked_out_once(windows.with_columns(end=nw.col("until_latest") + timedelta(days=days)))
    earliest = nw.col("collected_earliest")
    spellings = sorted({spelling for test in tests for spelling in test.spellings})
    asked = nw.col("test").str.to_lowercase().is_in(spellings)
    dated = series.tables["lab_result"].filter(asked & ~earliest.is_null())
    columns = (*_CIRCUMSTANCES, "value_micro", "source_row", "collected_earliest", "collected_latest")
    return (
        dated.select("patient_id", "test", *columns)
        .join(windows, on="patient_id", how="inner")
        .select(
            "case_number",
            "test",
            *_CIRCUMSTANCES,
            "value_micro",
            "source_row",
            earliest.alias("at"),
            _moment().alias("moment"),
        )
        .filter(~nw.col("moment").is_null())
    )


def _place(tests: Sequence[LabTest]) -> nw.Expr:
    spelled = nw.col("test").str.to_lowercase()
    place = reduce(
        lambda found, test: nw.when(spelled.is_in(list(test[1].spellings))).then(nw.lit(test[0])).otherwise(found),
        enumerate(tests),
        nw.lit(-1),
    )
    return place.cast(nw.Int64)


def _moment() -> nw.Expr:
    """Null after the end."""
    earliest, latest = nw.col("collected_earliest"), nw.col("collected_latest")
    in_time = earliest <= nw.col("end")
    doubtful = nw.when(in_time).then(nw.lit(_BEFORE_OR_AFTER)).otherwise(nw.lit(_BEFORE_OR_NEITHER))
    before = nw.when(latest <= nw.col("begun_earliest")).then(nw.lit(_SURELY_BEFORE)).otherwise(doubtful)
    after = nw.when(in_time).then(nw.lit(_AFTER))
    return nw.when(earliest <= nw.col("begun_latest")).then(before).otherwise(after)


def _range() -> nw.Expr:
    """What is no number, below zero or too large is never graded, and must not hide a value that is."""
    value = nw.col("value_micro")
    place = nw.when(value > LARGEST_MICRO).then(nw.lit(1)).otherwise(nw.lit(0))
    place = nw.when(value < 0).then(nw.lit(-1)).otherwise(place)
    return nw.when(value.is_null()).then(nw.lit(None, nw.Int32)).otherwise(place)


def _summary(values: nw.LazyFrame[Any], reading: str, options: Mapping[str, Any]) -> nw.DataFrame[Any]:
    tests, scale = tests_of(options), options["scale"]
    before, after = (values.filter(nw.col("moment").is_in(moments)) for moments in _READ[reading])
    last = worked_out_once(_last_before(before, tests, scale))
    on = after.join(_baselines(last), on=list(_TEST), how="left")
    over = nw.col("baseline_micro") > nw.col("baseline_upper_micro")
    # Whether the baseline was normal is asked of its own limits, at its own time.
    state = nw.when(over).then(nw.lit("abnormal")).otherwise(nw.lit("normal"))
    known = nw.when(over.is_null()).then(_no_text()).otherwise(state)
    graded = on.with_columns(baseline_was=known).with_columns(code=_code(tests, scale))
    return _with_baselines(_by_unit(graded).collect("polars"), _graded_alone(last, tests, scale).collect("polars"))


def _by_unit(graded: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    lacks = {reason_column(reason): _flag(nw.col("code") == int(reason)) for reason in NotGraded}
    value = nw.col("value_micro")
    named = graded.select(*_TEST, "code", nw.col("value_unit").alias("unit"), "value_micro", **lacks)
    return named.group_by(*_TEST, "unit").agg(
        nw.col("code").max().alias("worst"),
        value.max().alias("highest"),
        value.min().alias("lowest"),
        *(nw.col(name).max() for name in lacks),
    )


def _with_baselines(summed: nw.DataFrame[Any], baselines: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """The baseline code beside each summed row, and a row of its own where there is nothing on treatment."""
    joined = summed.join(baselines, on=list(_TEST), how="left")
    alone = baselines.join(summed, on=list(_TEST), how="anti")
    return nw.concat([joined, alone], how="diagonal")


def _last_before(pre: nw.LazyFrame[Any], tests: Sequence[LabTest], scale: str) -> nw.LazyFrame[Any]:
    """The last value with a number before treatment. Of several at one instant the one nearest to normal, and of equal
    ones the one that stands first in the source."""
    usable = pre.filter(~nw.col("value_micro").is_null())
    low = [place for place, test in enumerate(tests) if _direction(test, scale) == "low"]
    away = nw.when(nw.col("place").is_in(low)).then(-nw.col("value_micro")).otherwise(nw.col("value_micro"))
    latest = usable.group_by(*_TEST).agg(nw.col("at").max().alias("last"))
    kept = usable.with_columns(away=away).join(latest, on=list(_TEST), how="inner")
    kept = worked_out_once(kept.filter(nw.col("at") == nw.col("last")))
    counted = kept.join(kept.group_by(*_TEST).agg(nw.len().alias("rows")), on=list(_TEST), how="inner")
    alone, tied = counted.filter(nw.col("rows") == 1), counted.filter(nw.col("rows") > 1)
    for column in ("away", "source_row"):  # minima over a group are dear: asked of those few alone
        tied = tied.filter(nw.col(column) == nw.col(column).min().over(*_TEST))
    return nw.concat([alone, tied])


def _baselines(last: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The last value before treatment, as the columns that the criteria ask of a baseline."""
    # A bound such as < 0.2 is no number to multiply.
    number = nw.when(nw.col("value_censored").is_null()).then(nw.col("value_micro"))
    same_unit = nw.col("upper_limit_unit").is_null() | (nw.col("upper_limit_unit") == nw.col("value_unit"))
    return last.select(
        *_TEST,
        number.alias("baseline_micro"),
        nw.col("value_unit").alias("baseline_unit"),
        nw.when(same_unit).then(nw.col("upper_limit_micro")).alias("baseline_upper_micro"),
    )


def _graded_alone(last: nw.LazyFrame[Any], tests: Sequence[LabTest], scale: str) -> nw.LazyFrame[Any]:
    """The baseline's own code, by the limits of normal alone: judged by itself, an abnormal value would be grade 0."""
    no_number = nw.when(nw.col("case_number").is_null()).then(nw.col("value_micro"))
    alone = last.with_columns(baseline_micro=no_number, baseline_unit=_no_text(), baseline_was=nw.lit("normal"))
    return alone.select(*_TEST, _code(tests, scale).alias("baseline"))


def _code(tests: Sequence[LabTest], scale: str) -> nw.Expr:
    code: nw.Expr = nw.lit(int(NotGraded.NO_NUMBER)).cast(nw.Int64)
    for place, test in enumerate(tests):
        code = nw.when(nw.col("place") == place).then(grade_code(test.term, scale)).otherwise(code)
    return code


def _with_patients(summary: nw.DataFrame[Any], cases: Cases, tests: Sequence[LabTest]) -> nw.DataFrame[Any]:
    people = cases.frame.select("patient_id", "case_number", "group").collect("polars")
    names = reduce(
        lambda named, test: nw.when(nw.col("place") == test[0]).then(nw.lit(test[1].name)).otherwise(named),
        enumerate(tests),
        nw.lit(""),
    )
    return summary.join(people, on="case_number", how="inner").with_columns(test=names)


def _direction(test: LabTest, scale: str) -> str:
    return criteria_of(scale, test.term)[0].direction


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int8)


def _no_text() -> nw.Expr:
    return nw.when(nw.col("case_number").is_null()).then(nw.col("value_unit"))
