"""Which grade has each value of a column? The rules of `grade_value` as one narwhals expression over whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import narwhals.stable.v2 as nw

from seriatim.grading.criteria import ANY, MICRO, Bound, Criterion, criteria_of
from seriatim.grading.reasons import LARGEST_MICRO, WORDS, NotGraded

CENSORED_BY_STEP = {"<": -1, ">": 1}


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns that a value is judged by; see `grade_value.Measurement` for what they hold."""

    value: str = "value_micro"
    unit: str = "value_unit"
    censored: str = "value_censored"
    lower_limit: str = "lower_limit_micro"
    lower_limit_unit: str = "lower_limit_unit"
    upper_limit: str = "upper_limit_micro"
    upper_limit_unit: str = "upper_limit_unit"
    baseline: str = "baseline_micro"
    baseline_unit: str = "baseline_unit"
    baseline_was: str = "baseline_was"


def grade_code(term: str, scale: str = "ctcae-v5", columns: Columns | None = None) -> nw.Expr:
    """A whole number for each row: the grade from 0 on, or below zero the code of `NotGraded`.

    Only comparisons of integer products, so that every engine gives the same answer at the boundaries.
    """
    names = columns or Columns()
    criteria = criteria_of(scale, term)
    found = _highest(criteria, names)
    certain = _certain_grade(criteria, names)
    bounded = nw.when((found < 0) | (found == certain)).then(found).otherwise(_code(NotGraded.ONLY_A_BOUND))
    graded = nw.when(nw.col(names.censored).is_null()).then(found).otherwise(bounded)
    return _unless_unusable(graded, criteria, names)


def reason_words(code: nw.Expr) -> nw.Expr:
    """The reason of each code below zero, and the empty text for a grade."""
    words: nw.Expr = nw.lit("")
    for reason, text in WORDS.items():
        words = nw.when(code == int(reason)).then(nw.lit(text)).otherwise(words)
    return words


def _unless_unusable(graded: nw.Expr, criteria: Sequence[Criterion], names: Columns) -> nw.Expr:
    value, unit = nw.col(names.value), nw.col(names.unit)
    units = {row.unit for row in criteria}
    problems = [
        (value.is_null(), NotGraded.NO_NUMBER),
        (value < 0, NotGraded.BELOW_ZERO),
        (value > LARGEST_MICRO, NotGraded.TOO_LARGE),
        (unit.is_null(), NotGraded.NO_UNIT),
    ]
    if ANY not in units:
        problems.append((~unit.is_in(sorted(units)), NotGraded.OTHER_UNIT))
    if any(row.baseline_was != ANY for row in criteria):
        problems.append((nw.col(names.baseline_was).is_null(), NotGraded.BASELINE_NOT_KNOWN))
    for condition, reason in reversed(problems):
        graded = nw.when(condition).then(_code(reason)).otherwise(graded)
    return graded


def _highest(criteria: Sequence[Criterion], names: Columns) -> nw.Expr:
    """Built from the lowest grade outwards, so that the highest grade is asked first."""
    code: nw.Expr = nw.lit(0).cast(nw.Int64)
    for grade in sorted({row.grade for row in criteria}):
        rows = [row for row in criteria if row.grade == grade]
        for row in reversed(rows):
            if row.if_missing == "not graded":
                code = _or_missing(code, row, names)
        for row in rows:
            holds = _applies(row, names) & _is_known(row, names) & _beyond(row, names)
            code = nw.when(holds).then(nw.lit(grade).cast(nw.Int64)).otherwise(code)
    return code


def _or_missing(code: nw.Expr, row: Criterion, names: Columns) -> nw.Expr:
    applies = _applies(row, names)
    for condition, reason in reversed(_lacks(row, names)):
        code = nw.when(applies & condition).then(_code(reason)).otherwise(code)
    return code


def _applies(row: Criterion, names: Columns) -> nw.Expr:
    conditions = [~nw.col(names.value).is_null()]
    if row.unit != ANY:
        conditions.append(nw.col(names.unit) == row.unit)
    if row.baseline_was != ANY:
        conditions.append(nw.col(names.baseline_was) == row.baseline_was)
    return reduce(lambda one, other: one & other, conditions)


def _lacks(row: Criterion, names: Columns) -> list[tuple[nw.Expr, NotGraded]]:
    """What may be missing of the reference of a row, in the order in which it is told."""
    if row.bound is Bound.ABSOLUTE:
        return []
    reference, unit = _reference(row, names), nw.col(names.unit)
    unusable = reference.is_null() | (reference <= 0) | (reference > LARGEST_MICRO)
    if row.bound in (Bound.TIMES_BASELINE, Bound.PERCENT_OVER_BASELINE):
        other = nw.col(names.baseline_unit).is_null() | (nw.col(names.baseline_unit) != unit)
        return [(unusable | other, NotGraded.NO_BASELINE)]
    own = nw.col(names.upper_limit_unit if row.bound is Bound.TIMES_UPPER_LIMIT else names.lower_limit_unit)
    return [(unusable, NotGraded.NO_LIMIT), (~own.is_null() & (own != unit), NotGraded.LIMIT_IN_OTHER_UNIT)]


def _is_known(row: Criterion, names: Columns) -> nw.Expr:
    known = ~nw.col(names.value).is_null()
    for condition, _ in _lacks(row, names):
        known = known & ~condition
    return known


def _beyond(row: Criterion, names: Columns) -> nw.Expr:
    value = _just_beyond(names)
    numerator, denominator = row.threshold.numerator, row.threshold.denominator
    if row.bound is Bound.ABSOLUTE:
        left, right = value * denominator, nw.lit(MICRO * numerator)
    elif row.bound is Bound.PERCENT_OVER_BASELINE:
        reference = _reference(row, names)
        left, right = (value - reference) * (100 * denominator), reference * numerator
    else:
        left, right = value * denominator, _reference(row, names) * numerator
    if row.direction == "high":
        return left >= right if row.inclusive else left > right
    return left <= right if row.inclusive else left < right


def _reference(row: Criterion, names: Columns) -> nw.Expr:
    if row.bound is Bound.TIMES_UPPER_LIMIT:
        return nw.col(names.upper_limit)
    return nw.col(names.lower_limit if row.bound is Bound.TIMES_LOWER_LIMIT else names.baseline)


def _just_beyond(names: Columns) -> nw.Expr:
    """< x is read as the next smaller value that can be written, > x as the next larger one."""
    step: nw.Expr = nw.lit(0).cast(nw.Int64)
    for sign, amount in CENSORED_BY_STEP.items():
        step = nw.when(nw.col(names.censored) == sign).then(nw.lit(amount).cast(nw.Int64)).otherwise(step)
    return nw.col(names.value) + step


def _certain_grade(criteria: Sequence[Criterion], names: Columns) -> nw.Expr:
    """The only grade that a bound can prove: none if it bounds away from severity, the highest if towards it."""
    towards = (">", ">=") if criteria[0].direction == "high" else ("<", "<=")
    highest = max(row.grade for row in criteria)
    proves = nw.col(names.censored).is_in(towards)
    return nw.when(proves).then(nw.lit(highest)).otherwise(nw.lit(0)).cast(nw.Int64)


def _code(reason: NotGraded) -> nw.Expr:
    return nw.lit(int(reason)).cast(nw.Int64)
