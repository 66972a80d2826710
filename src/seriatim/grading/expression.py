"""Which grade has each value of a column? The rules of `grade_value` as one narwhals expression over whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import narwhals.stable.v2 as nw

from seriatim.grading.criteria import (
    ANY,
    BASELINE_STATES,
    BELOW_LOWER_LIMIT,
    ELSEWHERE,
    MICRO,
    NO_GRADE_0,
    NO_UNIT,
    NOT_GRADED,
    Bound,
    Criterion,
    criteria_of,
    why_no_numbers,
)
from seriatim.grading.options import PLAIN, BaselineRule, Gaps, Options, as_chosen, as_printed
from seriatim.grading.reasons import LARGEST_MICRO, WORDS, NotGraded

CENSORED_BY_STEP = {"<": -1, ">": 1}


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns that a value is judged by; see `grade_value.Measurement` for what they hold.

    `group` and `circumstance` (a boolean) are None where the frame has no such column: then neither is known.
    """

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
    group: str | None = None
    circumstance: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is known of each row of the frame, as the options read it."""

    names: Columns
    value: nw.Expr
    beyond: nw.Expr
    unit: nw.Expr
    baseline_unit: nw.Expr
    baseline_was: nw.Expr
    group: nw.Expr | None
    circumstance: nw.Expr | bool | None


@dataclass(frozen=True, slots=True)
class _Part:
    """One condition of a criterion: it holds, it fails, or it lacks something, each reason with when it is so."""

    holds: nw.Expr
    lacks: tuple[tuple[nw.Expr, NotGraded], ...] = ()

    @property
    def fails(self) -> nw.Expr:
        return reduce(lambda found, lack: found & ~lack[0], self.lacks, ~self.holds)


def grade_code(term: str, scale: str = "ctcae-v5", columns: Columns | None = None, options: Options = PLAIN) -> nw.Expr:
    """A whole number for each row: the grade from 0 on, or below zero the code of `NotGraded`.

    Only comparisons of integer products, so that every engine gives the same answer at the boundaries.
    """
    names = columns or Columns()
    if why_no_numbers(scale, term) is not None:
        return _code(NotGraded.NO_NUMBERS)
    criteria = as_chosen(criteria_of(scale, term), options)
    asked = _asked(names, criteria, options)
    code = _grade(criteria, asked)
    if options.gaps is not Gaps.NOT_GRADED or all(row.printed is None for row in criteria):
        return code
    same = (code < 0) | (code == _grade(as_printed(criteria), asked))
    return nw.when(same).then(code).otherwise(_code(NotGraded.BETWEEN_GRADES))


def reason_words(code: nw.Expr) -> nw.Expr:
    """The reason of each code below zero, and the empty text for a grade."""
    words: nw.Expr = nw.lit("")
    for reason, text in WORDS.items():
        words = nw.when(code == int(reason)).then(nw.lit(text)).otherwise(words)
    return words


def _asked(names: Columns, criteria: Sequence[Criterion], options: Options) -> _Asked:
    unit, baseline_unit = nw.col(names.unit), nw.col(names.baseline_unit)
    if any(row.unit == NO_UNIT for row in criteria):
        unit, baseline_unit = (_or_else(column, NO_UNIT) for column in (unit, baseline_unit))
    state = nw.col(names.baseline_was)
    if options.baseline_rule is BaselineRule.UNKNOWN_IS_NORMAL:
        state = _or_else(state, "normal")
    circumstance: nw.Expr | bool | None = options.assume_symptomatic
    if names.circumstance is not None:
        told = nw.col(names.circumstance)
        circumstance = told if options.assume_symptomatic is None else _or_else(told, options.assume_symptomatic)
    group = None if names.group is None else nw.col(names.group)
    return _Asked(names, nw.col(names.value), _just_beyond(names), unit, baseline_unit, state, group, circumstance)


def _or_else(column: nw.Expr, known: str | bool) -> nw.Expr:
    return nw.when(column.is_null()).then(nw.lit(known)).otherwise(column)


def _grade(criteria: Sequence[Criterion], asked: _Asked) -> nw.Expr:
    found = _highest(criteria, asked)
    certain = _certain_grade(criteria, asked.names)
    bounded = nw.when((found < 0) | (found == certain)).then(found).otherwise(_code(NotGraded.ONLY_A_BOUND))
    graded = nw.when(nw.col(asked.names.censored).is_null()).then(found).otherwise(bounded)
    return _unless_unusable(graded, criteria, asked)


def _unless_unusable(graded: nw.Expr, criteria: Sequence[Criterion], asked: _Asked) -> nw.Expr:
    value = asked.value
    problems = [
        (value.is_null(), NotGraded.NO_NUMBER),
        (value < 0, NotGraded.BELOW_ZERO),
        (value > LARGEST_MICRO, NotGraded.TOO_LARGE),
        (asked.unit.is_null(), NotGraded.NO_UNIT),
        *_wrong_group(criteria, asked),
        *_other_unit(criteria, asked),
    ]
    if any(row.baseline_was != ANY and row.if_missing == NOT_GRADED for row in criteria):
        problems.append((asked.baseline_was.is_null(), NotGraded.BASELINE_NOT_KNOWN))
    for condition, reason in reversed(problems):
        graded = nw.when(condition).then(_code(reason)).otherwise(graded)
    return graded


def _wrong_group(criteria: Sequence[Criterion], asked: _Asked) -> list[tuple[nw.Expr, NotGraded]]:
    groups = {row.group for row in criteria}
    if ANY in groups:
        return []
    if asked.group is None:
        return [(nw.lit(True), NotGraded.GROUP_NOT_KNOWN)]
    return [
        (asked.group.is_null(), NotGraded.GROUP_NOT_KNOWN),
        (~asked.group.is_in(sorted(groups)), NotGraded.NO_CRITERIA_FOR_GROUP),
    ]


def _other_unit(criteria: Sequence[Criterion], asked: _Asked) -> list[tuple[nw.Expr, NotGraded]]:
    """Asked of each group by itself, because a scale may print the cut-points of newborns in one unit alone."""
    problems = []
    for group in sorted({row.group for row in criteria}):
        units = {row.unit for row in criteria if row.group in (ANY, group)}
        if ANY not in units:
            other = ~asked.unit.is_in(sorted(units))
            mine = other if group == ANY or asked.group is None else other & (asked.group == group)
            problems.append((mine, NotGraded.OTHER_UNIT))
    return problems


def _highest(criteria: Sequence[Criterion], asked: _Asked) -> nw.Expr:
    """Built from the lowest grade outwards, so that the highest grade is asked first."""
    code: nw.Expr = nw.lit(0).cast(nw.Int64)
    for row in reversed(criteria):
        if row.if_missing == NO_GRADE_0:
            code = _or_missing(code, row, asked)
    for grade in sorted({row.grade for row in criteria}):
        rows = [row for row in criteria if row.grade == grade]
        for row in reversed(rows):
            if row.if_missing == NOT_GRADED:
                code = _or_missing(code, row, asked)
        given = _code(NotGraded.UNDER_ANOTHER_TERM) if grade == ELSEWHERE else nw.lit(grade).cast(nw.Int64)
        for row in rows:
            holds = reduce(lambda one, part: one & part.holds, _parts(row, asked), _applies(row, asked))
            code = nw.when(holds).then(given).otherwise(code)
    return code


def _or_missing(code: nw.Expr, row: Criterion, asked: _Asked) -> nw.Expr:
    """One condition that fails decides, so that a lack of another one counts only where none fails."""
    parts = _parts(row, asked)
    lacks = []
    for part in parts:
        others = [other for other in parts if other is not part]
        for condition, reason in part.lacks:
            lacks.append((reduce(lambda one, other: one & ~other.fails, others, condition), reason))
    applies = _applies(row, asked)
    for condition, reason in reversed(lacks):
        code = nw.when(applies & condition).then(_code(reason)).otherwise(code)
    return code


def _applies(row: Criterion, asked: _Asked) -> nw.Expr:
    conditions = [~asked.value.is_null()]
    if row.unit != ANY:
        conditions.append(asked.unit == row.unit)
    if row.baseline_was != ANY:
        # Compared one by one: a list of two is half as fast again to look into.
        states = (asked.baseline_was == state for state in BASELINE_STATES[row.baseline_was])
        conditions.append(reduce(lambda one, other: one | other, states))
    if row.group != ANY and asked.group is not None:
        conditions.append(asked.group == row.group)
    return reduce(lambda one, other: one & other, conditions)


def _parts(row: Criterion, asked: _Asked) -> list[_Part]:
    parts = [_is_beyond(row, asked)]
    if row.also:
        parts.append(_is_outside(row, asked))
    if row.when:
        parts.append(_is_circumstance(asked))
    return parts


def _is_beyond(row: Criterion, asked: _Asked) -> _Part:
    left, right = _sides(row, asked)
    if row.direction == "high":
        beyond = left >= right if row.inclusive else left > right
    else:
        beyond = left <= right if row.inclusive else left < right
    return _known(beyond, row.bound, asked)


def _is_outside(row: Criterion, asked: _Asked) -> _Part:
    if row.also == BELOW_LOWER_LIMIT:
        return _known(asked.beyond < nw.col(asked.names.lower_limit), Bound.TIMES_LOWER_LIMIT, asked)
    return _known(asked.beyond > nw.col(asked.names.upper_limit), Bound.TIMES_UPPER_LIMIT, asked)


def _is_circumstance(asked: _Asked) -> _Part:
    told = asked.circumstance
    if told is None:
        return _Part(nw.lit(False), ((nw.lit(True), NotGraded.CIRCUMSTANCE_NOT_KNOWN),))
    if isinstance(told, bool):
        return _Part(nw.lit(told))
    return _Part(~told.is_null() & told, ((told.is_null(), NotGraded.CIRCUMSTANCE_NOT_KNOWN),))


def _known(condition: nw.Expr, bound: Bound, asked: _Asked) -> _Part:
    """The condition where its reference is known; it never holds on a null."""
    lacks = _lacks(bound, asked)
    known = ~asked.value.is_null()
    for lack, _ in lacks:
        known = known & ~lack
    return _Part(known & condition, lacks)


def _lacks(bound: Bound, asked: _Asked) -> tuple[tuple[nw.Expr, NotGraded], ...]:
    """What may be missing of the reference of a row, in the order in which it is told."""
    if bound is Bound.ABSOLUTE:
        return ()
    names, reference = asked.names, _reference(bound, asked.names)
    unusable = reference.is_null() | (reference <= 0) | (reference > LARGEST_MICRO)
    if bound in (Bound.TIMES_UPPER_LIMIT, Bound.OVER_UPPER_LIMIT, Bound.TIMES_LOWER_LIMIT):
        own = nw.col(names.lower_limit_unit if bound is Bound.TIMES_LOWER_LIMIT else names.upper_limit_unit)
        in_other = ~own.is_null() & (own != asked.unit)
        return ((unusable, NotGraded.NO_LIMIT), (in_other, NotGraded.LIMIT_IN_OTHER_UNIT))
    other = asked.baseline_unit.is_null() | (asked.baseline_unit != asked.unit)
    return ((unusable | other, NotGraded.NO_BASELINE),)


def _sides(row: Criterion, asked: _Asked) -> tuple[nw.Expr, nw.Expr]:
    value, numerator, denominator = asked.beyond, row.threshold.numerator, row.threshold.denominator
    if row.bound is Bound.ABSOLUTE:
        return value * denominator, nw.lit(MICRO * numerator)
    reference = _reference(row.bound, asked.names)
    if row.bound is Bound.PERCENT_OVER_BASELINE:
        return (value - reference) * (100 * denominator), reference * numerator
    if row.bound in (Bound.OVER_UPPER_LIMIT, Bound.OVER_BASELINE):
        return (value - reference) * denominator, nw.lit(MICRO * numerator)
    return value * denominator, reference * numerator


def _reference(bound: Bound, names: Columns) -> nw.Expr:
    if bound in (Bound.TIMES_UPPER_LIMIT, Bound.OVER_UPPER_LIMIT):
        return nw.col(names.upper_limit)
    return nw.col(names.lower_limit if bound is Bound.TIMES_LOWER_LIMIT else names.baseline)


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
