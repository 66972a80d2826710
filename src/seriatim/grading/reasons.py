"""Why can a value not be graded? One code a reason, shared by both ways of grading."""

from __future__ import annotations

from enum import IntEnum


class NotGraded(IntEnum):
    """Codes below zero, so that one whole number holds a grade or the reason why there is none."""

    NO_NUMBER = -1
    BELOW_ZERO = -2
    TOO_LARGE = -3
    NO_UNIT = -4
    OTHER_UNIT = -5
    NO_LIMIT = -6
    LIMIT_IN_OTHER_UNIT = -7
    BASELINE_NOT_KNOWN = -8
    NO_BASELINE = -9
    ONLY_A_BOUND = -10
    GROUP_NOT_KNOWN = -11
    NO_CRITERIA_FOR_GROUP = -12
    BETWEEN_GRADES = -13
    CIRCUMSTANCE_NOT_KNOWN = -14
    UNDER_ANOTHER_TERM = -15
    NO_NUMBERS = -16

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    NotGraded.NO_NUMBER: "there is no number in it",
    NotGraded.BELOW_ZERO: "it is below zero",
    NotGraded.TOO_LARGE: "it is too large to be compared exactly",
    NotGraded.NO_UNIT: "its unit is not recorded",
    NotGraded.OTHER_UNIT: "the scale has no cut-points in its unit",
    NotGraded.NO_LIMIT: "its limit of normal is not recorded",
    NotGraded.LIMIT_IN_OTHER_UNIT: "its limit of normal is in another unit",
    NotGraded.BASELINE_NOT_KNOWN: "whether the baseline was normal is not known",
    NotGraded.NO_BASELINE: "there is no baseline in its unit",
    NotGraded.ONLY_A_BOUND: "it is only a bound, and the grade lies on either side",
    NotGraded.GROUP_NOT_KNOWN: "the age or sex that its criteria ask for is not recorded",
    NotGraded.NO_CRITERIA_FOR_GROUP: "the scale has no criteria for this age",
    NotGraded.BETWEEN_GRADES: "it lies in a gap between two grades as the scale prints them",
    NotGraded.CIRCUMSTANCE_NOT_KNOWN: "the scale asks for symptoms or another circumstance that is not recorded",
    NotGraded.UNDER_ANOTHER_TERM: "the scale grades such a value under another term",
    NotGraded.NO_NUMBERS: "the scale does not grade this term from a number",
}
# Products of a value and a threshold must stay inside 64 bits: a thousand million units times the largest multiple.
LARGEST_MICRO = 10**15
