"""By which criteria is a value graded? The rows of a scale, as data with their source."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType

from seriatim.errors import Misuse

FOLDER = Path(__file__).with_name("criteria")
SCALES = ("ctc-v1", "ctc-v2", "ctcae-v3", "ctcae-v4", "ctcae-v5", "ctcae-v6", "daids-2.1")
ANY = "any"
# The unit of pH and INR, which sources leave out.
NO_UNIT = "1"
MICRO = 1_000_000
# A row that gives no grade: the scale grades such a value under another term. It is asked before all grades.
ELSEWHERE = 99
LEAVE_OUT = "leave out"
NO_GRADE_0 = "no grade 0"
NOT_GRADED = "not graded"
VERIFIED = "V"


class Bound(StrEnum):
    """What a threshold is a multiple of."""

    ABSOLUTE = "absolute"
    TIMES_UPPER_LIMIT = "xULN"
    TIMES_LOWER_LIMIT = "xLLN"
    TIMES_BASELINE = "xbaseline"
    PERCENT_OVER_BASELINE = "percent over baseline"
    OVER_UPPER_LIMIT = "over ULN"
    OVER_BASELINE = "over baseline"


OF_BASELINE = (Bound.TIMES_BASELINE, Bound.PERCENT_OVER_BASELINE, Bound.OVER_BASELINE)
# A second condition that some rows have: the value itself must be outside its limits too.
BELOW_LOWER_LIMIT = "below LLN"
ABOVE_UPPER_LIMIT = "above ULN"
# What a row says of the baseline, and the states of a baseline that it means. Only the upper limit makes one abnormal.
BASELINE_STATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"normal": ("normal", "low"), "abnormal": ("abnormal",), "low": ("low",)}
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row: from this threshold on a value has at least this grade.

    The highest grade with a row that holds is the grade; several rows of a grade are alternatives. `unit` "any" is
    for multiples, which need no unit of their own, and "1" for pH and INR. `baseline_was` "normal", "abnormal" or
    "low" applies the row to such patients alone, `group` to patients of that age and sex. `also` is a second
    condition, `when` a circumstance that no number shows. `printed` is the end of the band as the scale prints it,
    where a gap is left before the threshold. `if_missing` says what a lack of the limit or baseline does: the value is
    not graded; or the row is left out and the others decide; or they decide, but there is no grade 0.
    """

    term: str
    direction: str
    grade: int
    unit: str
    bound: Bound
    threshold: Fraction
    inclusive: bool
    baseline_was: str
    if_missing: str
    source: str
    evidence: str
    printed: Fraction | None = None
    also: str = ""
    when: str = ""
    group: str = ANY

    @property
    def words(self) -> str:
        """The row as it is read; what nobody has compared with the printed scale says so.

        >>> criteria_of("ctcae-v5", "creatinine increased")[0].words
        'grade 4: > 6 x ULN'
        >>> criteria_of("ctc-v1", "blood bilirubin increased")[0].words
        'grade 4: > 3 x ULN (not verified)'
        """
        sign = {"high": ">", "low": "<"}[self.direction] + ("=" if self.inclusive else "")
        conditions = [
            "" if self.baseline_was == ANY else f"baseline {self.baseline_was}",
            self.also and f"and {self.also}",
            self.when,
            "" if self.group == ANY else self.group,
        ]
        named = "".join(f", {condition}" for condition in conditions if condition)
        grade = "under another term" if self.grade == ELSEWHERE else f"grade {self.grade}"
        return f"{grade}: {sign} {self._amount}{named}{'' if self.evidence == VERIFIED else ' (not verified)'}"

    @property
    def _amount(self) -> str:
        number = f"{float(self.threshold):g}"
        unit = "" if self.unit == NO_UNIT else f" {self.unit}"
        return {
            Bound.ABSOLUTE: f"{number}{unit}",
            Bound.TIMES_UPPER_LIMIT: f"{number} x ULN",
            Bound.TIMES_LOWER_LIMIT: f"{number} x LLN",
            Bound.TIMES_BASELINE: f"{number} x baseline",
            Bound.PERCENT_OVER_BASELINE: f"{number} % over baseline",
            Bound.OVER_UPPER_LIMIT: f"{number}{unit} over ULN",
            Bound.OVER_BASELINE: f"{number}{unit} over baseline",
        }[self.bound]


def criteria_of(scale: str, term: str) -> tuple[Criterion, ...]:
    """The criteria of one term, the highest grade first; `Misuse` for an unknown scale or term.

    A term that the scale knows by another name is found by either:

    >>> criteria_of("ctcae-v6", "platelet count decreased")[0].term
    'thrombocytopenia'
    """
    terms = read_scale(scale)
    named = name_on(scale, term)
    if named not in terms:
        raise Misuse(f"scale {scale} has no term {term!r}; it has {', '.join(terms)}")
    return terms[named]


def name_on(scale: str, term: str) -> str:
    """The name that a scale has for a term; the term itself where it has no other."""
    return _renamed().get((scale, term), term)


def why_no_numbers(scale: str, term: str) -> str | None:
    """Why a scale cannot grade a term from numbers that another scale grades so; None where it can.

    `Misuse` for a term that no scale has.

    >>> why_no_numbers("ctcae-v5", "hypophosphatemia")
    'it is graded by the treatment given'
    """
    if name_on(scale, term) in read_scale(scale):
        return None
    told = {(row["scale"], row["term"]): row["reason"] for row in _rows("without_numbers.csv")}
    if not any(name_on(other, term) in read_scale(other) for other in SCALES):
        raise Misuse(f"no scale grades {term!r} from numbers")
    return told.get((scale, term), "the scale has no criteria for it here")


@cache
def read_scale(scale: str) -> Mapping[str, tuple[Criterion, ...]]:
    """All terms of a scale with their criteria."""
    if scale not in SCALES:
        raise Misuse(f"there is no grading scale {scale!r}; there is {', '.join(SCALES)}")
    found: dict[str, list[Criterion]] = {}
    for row in _rows(f"{scale}.csv"):
        found.setdefault(row["term"], []).append(_criterion(row))
    return MappingProxyType({term: tuple(sorted(rows, key=lambda row: -row.grade)) for term, rows in found.items()})


def unverified(scale: str) -> tuple[Criterion, ...]:
    """The rows of a scale that nobody has compared with the printed scale; reports show them as such.

    >>> len(unverified("ctcae-v5"))
    0
    """
    return tuple(row for rows in read_scale(scale).values() for row in rows if row.evidence != VERIFIED)


@dataclass(frozen=True, slots=True)
class LabTest:
    """A laboratory test: its term on the scales, and how sources spell it, in lower case."""

    name: str
    term: str
    spellings: tuple[str, ...]


@cache
def lab_test(name: str) -> LabTest:
    """A laboratory test by its name; `Misuse` where none is known by that name."""
    rows = _rows("tests.csv")
    own = [row for row in rows if row["test"] == name]
    if not own:
        known = dict.fromkeys(row["test"] for row in rows)
        raise Misuse(f"no laboratory test is called {name!r}; there are {', '.join(known)}")
    return LabTest(name, own[0]["term"], tuple(row["spelling"] for row in own))


@cache
def _renamed() -> Mapping[tuple[str, str], str]:
    return MappingProxyType({(row["scale"], row["term"]): row["here"] for row in _rows("renamed.csv")})


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _criterion(row: Mapping[str, str]) -> Criterion:
    return Criterion(
        row["term"],
        row["direction"],
        ELSEWHERE if row["grade"] == "elsewhere" else int(row["grade"]),
        row["unit"],
        Bound(row["bound"]),
        Fraction(row["threshold"]),
        row["inclusive"] == "yes",
        row["baseline_was"],
        row["if_missing"],
        row["source"],
        row["evidence"],
        Fraction(row["printed"]) if row["printed"] else None,
        row["also"],
        row["when"],
        row["group"],
    )
