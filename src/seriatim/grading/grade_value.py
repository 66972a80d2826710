"""Which grade has this one value, by which row of the criteria, or why can it not be graded?

The plain way, for a single value and for reading; `expression` does the same over columns, and a test holds the two
together cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from seriatim.grading.criteria import ANY, MICRO, Bound, Criterion, criteria_of
from seriatim.grading.reasons import LARGEST_MICRO, NotGraded


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value as reported with what it is judged by; all numbers are whole millionths of their unit.

    `censored` is None or one of < <= > >=. `baseline_was` is "normal", "abnormal" or None where it is not known.
    A limit whose own unit is None is in the unit of the value.
    """

    value: int | None
    unit: str | None
    censored: str | None = None
    lower_limit: int | None = None
    lower_limit_unit: str | None = None
    upper_limit: int | None = None
    upper_limit_unit: str | None = None
    baseline: int | None = None
    baseline_unit: str | None = None
    baseline_was: str | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade from 0 on with the rule that gave it, or no grade with the reason."""

    grade: int | None
    rule: str = ""
    reason: str = ""
    code: int = 0


def grade_value(measurement: Measurement, term: str, scale: str = "ctcae-v5") -> Graded:
    """Grade one value; `Misuse` for an unknown scale or term.

    A creatinine of exactly three times the upper limit is grade 2 and not grade 3, which floating point gets wrong:

    >>> grade_value(Measurement(3_600_000, "mg/dL", upper_limit=1_200_000), "creatinine increased").rule
    'grade 2: > 1.5 x ULN'
    >>> grade_value(Measurement(3_600_000, "mg/dL"), "creatinine increased").reason
    'cannot be graded, because its limit of normal is not recorded'
    """
    criteria = criteria_of(scale, term)
    problem = _unusable(measurement, criteria)
    if problem is not None:
        return _not_graded(problem)
    found = _highest(_just_beyond(measurement), criteria)
    if measurement.censored is None or found.grade is None:
        return found
    # A bound such as < 0.2 is graded only where every value that it allows has one grade.
    certain = _certain_grade(measurement.censored, criteria)
    return found if found.grade == certain else _not_graded(NotGraded.ONLY_A_BOUND)


def _unusable(measurement: Measurement, criteria: Iterable[Criterion]) -> NotGraded | None:
    if measurement.value is None:
        return NotGraded.NO_NUMBER
    if measurement.value < 0:
        return NotGraded.BELOW_ZERO
    if measurement.value > LARGEST_MICRO:
        return NotGraded.TOO_LARGE
    if measurement.unit is None:
        return NotGraded.NO_UNIT
    if not any(row.unit in (ANY, measurement.unit) for row in criteria):
        return NotGraded.OTHER_UNIT
    if measurement.baseline_was is None and any(row.baseline_was != ANY for row in criteria):
        return NotGraded.BASELINE_NOT_KNOWN
    return None


def _just_beyond(measurement: Measurement) -> Measurement:
    """< x is read as the next smaller value that can be written, > x as the next larger one."""
    step = {"<": -1, ">": 1}.get(measurement.censored or "", 0)
    return replace(measurement, value=(measurement.value or 0) + step)


def _highest(measurement: Measurement, criteria: Iterable[Criterion]) -> Graded:
    rows = [row for row in criteria if _applies(row, measurement)]
    for grade in sorted({row.grade for row in rows}, reverse=True):
        answers = [(row, _holds(row, measurement)) for row in rows if row.grade == grade]
        for row, answer in answers:
            if answer is True:
                return Graded(grade, row.words, code=grade)
        for row, answer in answers:
            if isinstance(answer, NotGraded) and row.if_missing == "not graded":
                return _not_graded(answer)
    return Graded(0, "none of the criteria holds")


def _applies(row: Criterion, measurement: Measurement) -> bool:
    return row.unit in (ANY, measurement.unit) and row.baseline_was in (ANY, measurement.baseline_was)


def _holds(row: Criterion, measurement: Measurement) -> bool | NotGraded:
    """Does the value lie beyond the threshold? Both sides are multiplied up to whole numbers, nothing is divided."""
    reference = _reference(row, measurement)
    if isinstance(reference, NotGraded):
        return reference
    value = measurement.value or 0
    if row.bound is Bound.PERCENT_OVER_BASELINE:
        left, right = 100 * (value - reference) * row.threshold.denominator, reference * row.threshold.numerator
    else:
        left, right = value * row.threshold.denominator, reference * row.threshold.numerator
    if row.inclusive and left == right:
        return True
    return left > right if row.direction == "high" else left < right


def _reference(row: Criterion, measurement: Measurement) -> int | NotGraded:
    if row.bound is Bound.ABSOLUTE:
        return MICRO
    if row.bound is Bound.TIMES_UPPER_LIMIT:
        return _limit(measurement.upper_limit, measurement.upper_limit_unit, measurement.unit)
    if row.bound is Bound.TIMES_LOWER_LIMIT:
        return _limit(measurement.lower_limit, measurement.lower_limit_unit, measurement.unit)
    baseline = measurement.baseline
    if baseline is None or not 0 < baseline <= LARGEST_MICRO or measurement.baseline_unit != measurement.unit:
        return NotGraded.NO_BASELINE
    return baseline


def _limit(limit: int | None, limit_unit: str | None, unit: str | None) -> int | NotGraded:
    if limit is None or not 0 < limit <= LARGEST_MICRO:
        return NotGraded.NO_LIMIT
    if limit_unit is not None and limit_unit != unit:
        return NotGraded.LIMIT_IN_OTHER_UNIT
    return limit


def _certain_grade(censored: str, criteria: Iterable[Criterion]) -> int:
    """The only grade that a bound can prove: none if it bounds away from severity, the highest if towards it."""
    rows = tuple(criteria)
    towards = {"high": (">", ">="), "low": ("<", "<=")}[rows[0].direction]
    return max(row.grade for row in rows) if censored in towards else 0


def _not_graded(reason: NotGraded) -> Graded:
    return Graded(None, "", f"cannot be graded, because {reason.words}", int(reason))
