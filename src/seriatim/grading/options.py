"""How are the criteria read where a scale leaves room? Named choices, each a sentence that a report can print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from seriatim.grading.criteria import ANY, OF_BASELINE, Criterion


class BaselineRule(StrEnum):
    """What is done with criteria that depend on the baseline."""

    AS_PRINTED = "as printed"
    UNKNOWN_IS_NORMAL = "unknown is normal"
    LIMITS_ONLY = "limits only"


class Gaps(StrEnum):
    """Which grade has a value in a gap that a scale leaves between two grades, such as a sodium of 129.5 mmol/L."""

    HIGHER = "the higher grade"
    LOWER = "the lower grade"
    NOT_GRADED = "not graded"


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one grading.

    `assume_symptomatic` is asked where a row needs a circumstance (symptoms, anticoagulation, more than 24 hours of
    fever) and the record is silent: False reads it as absent, True as present, None leaves the value without a grade
    where it matters. What is recorded of a value goes before this option.

    >>> print(*Options().sentences, sep="\\n")
    Symptoms and other circumstances that are not recorded are taken to be absent.
    Criteria that depend on the baseline are applied as printed.
    A value in a gap between two printed grades has the higher grade.
    """

    assume_symptomatic: bool | None = False
    baseline_rule: BaselineRule = BaselineRule.AS_PRINTED
    gaps: Gaps = Gaps.HIGHER

    @property
    def sentences(self) -> tuple[str, str, str]:
        """The choices as a report prints them."""
        return (CIRCUMSTANCES[self.assume_symptomatic], BASELINES[self.baseline_rule], GAPS[self.gaps])


CIRCUMSTANCES = {
    False: "Symptoms and other circumstances that are not recorded are taken to be absent.",
    True: "Symptoms and other circumstances that are not recorded are taken to be present.",
    None: "A value whose grade rests on circumstances that are not recorded is not graded.",
}
BASELINES = {
    BaselineRule.AS_PRINTED: "Criteria that depend on the baseline are applied as printed.",
    BaselineRule.UNKNOWN_IS_NORMAL: "A baseline that is not known is taken to be normal.",
    BaselineRule.LIMITS_ONLY: "Limits of normal alone are used where a grade has criteria by limit and by baseline.",
}
GAPS = {
    Gaps.HIGHER: "A value in a gap between two printed grades has the higher grade.",
    Gaps.LOWER: "A value in a gap between two printed grades has the lower grade.",
    Gaps.NOT_GRADED: "A value in a gap between two printed grades is not graded.",
}
PLAIN = Options()


def as_chosen(criteria: Sequence[Criterion], options: Options) -> tuple[Criterion, ...]:
    """The criteria that apply under the choices of baseline and gaps."""
    rows = tuple(criteria)
    if options.baseline_rule is BaselineRule.LIMITS_ONLY:
        rows = _by_limits(rows)
    return as_printed(rows) if options.gaps is Gaps.LOWER else rows


def as_printed(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """The criteria with each band ending where the scale prints its end."""
    return tuple(
        row if row.printed is None else replace(row, threshold=row.printed, inclusive=True) for row in criteria
    )


def _by_limits(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """A term that is graded against the baseline alone, such as weight gain, keeps its criteria."""
    others = [row for row in criteria if row.bound not in OF_BASELINE]
    return tuple(replace(row, baseline_was=ANY) for row in others) or tuple(criteria)
