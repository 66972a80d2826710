"""Which grade has this one value, by which row of the criteria, or why can it not be graded?

The plain way, for a single value and for reading; `expression` does the same over columns, and a test holds the two
together cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

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
from seriatim.grading.reasons import LARGEST_MICRO, NotGraded


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value as reported with what it is judged by; all numbers are whole millionths of their unit.

    `censored` is None or one of < <= > >=. `baseline_was` is "low", "normal", "abnormal" (above its upper limit) or
    None where it is not known. A limit whose own unit is None is in the unit of the value. `group` is the age and sex
    that some scales ask for (`age_groups.age_group`). `circumstance` says whether the circumstance of the criteria was
    there (symptoms, anticoagulation, fever for more than 24 hours), None where the record is silent.
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
    group: str | None = None
    circumstance: bool | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade from 0 on with the rule that gave it, or no grade with the reason."""

    grade: int | None
    rule: str = ""
    reason: str = ""
    code: int = 0


def grade_value(measurement: Measurement, term: str, scale: str = "ctcae-v5", options: Options = PLAIN) -> Graded:
    """Grade one value; `Misuse` for an unknown scale or a term that no scale has.

    A creatinine of exactly three times the upper limit is grade 2 and not grade 3, which floating point gets wrong:

    >>> grade_value(Measurement(3_600_000, "mg/dL", upper_limit=1_200_000), "creatinine increased").rule
    'grade 2: > 1.5 x ULN'
    >>> grade_value(Measurement(3_600_000, "mg/dL"), "creatinine increased").reason
    'cannot be graded, because its limit of normal is not recorded'

    Platelets of 20 have another grade on another scale:

    >>> platelets = Measurement(20_000_000, "10^9/L", lower_limit=150_000_000)
    >>> [grade_value(platelets, "platelet count decreased", scale).grade for scale in ("ctcae-v5", "ctcae-v6")]
    [4, 3]
    """
    if why_no_numbers(scale, term) is not None:
        return _not_graded(NotGraded.NO_NUMBERS)
    criteria = as_chosen(criteria_of(scale, term), options)
    measurement = _as_chosen(measurement, criteria, options)
    found = _grade(measurement, criteria)
    if options.gaps is Gaps.NOT_GRADED and found.grade is not None:
        lower = _grade(measurement, as_printed(criteria))
        return found if lower.code == found.code else _not_graded(NotGraded.BETWEEN_GRADES)
    return found


def _as_chosen(measurement: Measurement, criteria: Iterable[Criterion], options: Options) -> Measurement:
    """What the record does not say, as the options take it; the unit of pH and INR, which is hardly ever written."""
    changes: dict[str, object] = {}
    if measurement.circumstance is None:
        changes["circumstance"] = options.assume_symptomatic
    if measurement.baseline_was is None and options.baseline_rule is BaselineRule.UNKNOWN_IS_NORMAL:
        changes["baseline_was"] = "normal"
    if any(row.unit == NO_UNIT for row in criteria):
        changes |= {"unit": measurement.unit or NO_UNIT, "baseline_unit": measurement.baseline_unit or NO_UNIT}
    return replace(measurement, **changes)  # type: ignore[arg-type]


def _grade(measurement: Measurement, criteria: Sequence[Criterion]) -> Graded:
    problem = _unusable(measurement, criteria)
    if problem is not None:
        return _not_graded(problem)
    found = _highest(_just_beyond(measurement), criteria)
    if measurement.censored is None or found.grade is None:
        return found
    # A bound such as < 0.2 is graded only where every value that it allows has one grade.
    certain = _certain_grade(measurement.censored, criteria)
    return found if found.grade == certain else _not_graded(NotGraded.ONLY_A_BOUND)


def _unusable(measurement: Measurement, criteria: Sequence[Criterion]) -> NotGraded | None:
    if measurement.value is None:
        return NotGraded.NO_NUMBER
    if measurement.value < 0:
        return NotGraded.BELOW_ZERO
    if measurement.value > LARGEST_MICRO:
        return NotGraded.TOO_LARGE
    if measurement.unit is None:
        return NotGraded.NO_UNIT
    problem = _wrong_group(measurement, criteria)
    if problem is not None:
        return problem
    here = [row for row in criteria if row.group in (ANY, measurement.group)]
    if not any(row.unit in (ANY, measurement.unit) for row in here):
        return NotGraded.OTHER_UNIT
    if measurement.baseline_was is None and any(_needs_state(row) for row in criteria):
        return NotGraded.BASELINE_NOT_KNOWN
    return None


def _wrong_group(measurement: Measurement, criteria: Sequence[Criterion]) -> NotGraded | None:
    groups = {row.group for row in criteria}
    if ANY in groups or measurement.group in groups:
        return None
    return NotGraded.GROUP_NOT_KNOWN if measurement.group is None else NotGraded.NO_CRITERIA_FOR_GROUP


def _needs_state(row: Criterion) -> bool:
    return row.baseline_was != ANY and row.if_missing == NOT_GRADED


def _just_beyond(measurement: Measurement) -> Measurement:
    """< x is read as the next smaller value that can be written, > x as the next larger one."""
    step = {"<": -1, ">": 1}.get(measurement.censored or "", 0)
    return replace(measurement, value=(measurement.value or 0) + step)


def _highest(measurement: Measurement, criteria: Iterable[Criterion]) -> Graded:
    answers = [(row, _holds(row, measurement)) for row in criteria if _applies(row, measurement)]
    for grade in sorted({row.grade for row, _ in answers}, reverse=True):
        of_grade = [(row, answer) for row, answer in answers if row.grade == grade]
        for row, answer in of_grade:
            if answer is True:
                return _given(row)
        for row, answer in of_grade:
            if isinstance(answer, NotGraded) and row.if_missing == NOT_GRADED:
                return _not_graded(answer)
    for row, answer in answers:
        if isinstance(answer, NotGraded) and row.if_missing == NO_GRADE_0:
            return _not_graded(answer)
    return Graded(0, "none of the criteria holds")


def _given(row: Criterion) -> Graded:
    if row.grade == ELSEWHERE:
        return _not_graded(NotGraded.UNDER_ANOTHER_TERM)
    return Graded(row.grade, row.words, code=row.grade)


def _applies(row: Criterion, measurement: Measurement) -> bool:
    states = BASELINE_STATES.get(row.baseline_was)
    return (
        row.unit in (ANY, measurement.unit)
        and row.group in (ANY, measurement.group)
        and (states is None or measurement.baseline_was in states)
    )


def _holds(row: Criterion, measurement: Measurement) -> bool | NotGraded:
    """All conditions of a row: one that fails decides, one that is not known leaves it open."""
    conditions = (_is_beyond(row, measurement), _is_outside(row, measurement), _is_circumstance(row, measurement))
    if any(condition is False for condition in conditions):
        return False
    return next((condition for condition in conditions if isinstance(condition, NotGraded)), True)


def _is_beyond(row: Criterion, measurement: Measurement) -> bool | NotGraded:
    """Does the value lie beyond the threshold? Both sides are multiplied up to whole numbers, nothing is divided."""
    reference = _reference(row.bound, measurement)
    if isinstance(reference, NotGraded):
        return reference
    left, right = _sides(row.bound, row.threshold, measurement.value or 0, reference)
    if row.inclusive and left == right:
        return True
    return left > right if row.direction == "high" else left < right


def _sides(bound: Bound, threshold: Fraction, value: int, reference: int) -> tuple[int, int]:
    if bound is Bound.PERCENT_OVER_BASELINE:
        return 100 * (value - reference) * threshold.denominator, reference * threshold.numerator
    if bound in (Bound.OVER_UPPER_LIMIT, Bound.OVER_BASELINE):
        return (value - reference) * threshold.denominator, MICRO * threshold.numerator
    return value * threshold.denominator, reference * threshold.numerator


def _is_outside(row: Criterion, measurement: Measurement) -> bool | NotGraded:
    """The second condition of a row; true where it has none."""
    if not row.also:
        return True
    below = row.also == BELOW_LOWER_LIMIT
    limit = _reference(Bound.TIMES_LOWER_LIMIT if below else Bound.TIMES_UPPER_LIMIT, measurement)
    if isinstance(limit, NotGraded):
        return limit
    value = measurement.value or 0
    return value < limit if below else value > limit


def _is_circumstance(row: Criterion, measurement: Measurement) -> bool | NotGraded:
    if not row.when:
        return True
    return NotGraded.CIRCUMSTANCE_NOT_KNOWN if measurement.circumstance is None else measurement.circumstance


def _reference(bound: Bound, measurement: Measurement) -> int | NotGraded:
    if bound is Bound.ABSOLUTE:
        return MICRO
    if bound in (Bound.TIMES_UPPER_LIMIT, Bound.OVER_UPPER_LIMIT):
        return _limit(measurement.upper_limit, measurement.upper_limit_unit, measurement.unit)
    if bound is Bound.TIMES_LOWER_LIMIT:
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


def _certain_grade(censored: str, criteria: Sequence[Criterion]) -> int:
    """The only grade that a bound can prove: none if it bounds away from severity, the highest if towards it."""
    towards = {"high": (">", ">="), "low": ("<", "<=")}[criteria[0].direction]
    return max(row.grade for row in criteria) if censored in towards else 0


def _not_graded(reason: NotGraded) -> Graded:
    return Graded(None, "", f"cannot be graded, because {reason.words}", int(reason))
