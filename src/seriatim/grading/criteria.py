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
SCALES = ("ctcae-v5",)
ANY = "any"
MICRO = 1_000_000


class Bound(StrEnum):
    """What a threshold is a multiple of."""

    ABSOLUTE = "absolute"
    TIMES_UPPER_LIMIT = "xULN"
    TIMES_LOWER_LIMIT = "xLLN"
    TIMES_BASELINE = "xbaseline"
    PERCENT_OVER_BASELINE = "percent over baseline"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row: from this threshold on a value has at least this grade.

    The highest grade with a row that holds is the grade; several rows of a grade are alternatives. `unit` "any" is
    for multiples, which need no unit of their own. `baseline_was` "normal" or "abnormal" applies the row to such
    patients alone. `if_missing` says what a lack of the limit or baseline does: the value is not graded, or the row is
    left out and the others decide.
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

    @property
    def words(self) -> str:
        """The row as it is read.

        >>> criteria_of("ctcae-v5", "creatinine increased")[0].words
        'grade 4: > 6 x ULN'
        """
        sign = {"high": ">", "low": "<"}[self.direction] + ("=" if self.inclusive else "")
        number = f"{float(self.threshold):g}"
        amount = {
            Bound.ABSOLUTE: f"{number} {self.unit}",
            Bound.TIMES_UPPER_LIMIT: f"{number} x ULN",
            Bound.TIMES_LOWER_LIMIT: f"{number} x LLN",
            Bound.TIMES_BASELINE: f"{number} x baseline",
            Bound.PERCENT_OVER_BASELINE: f"{number} % over baseline",
        }[self.bound]
        condition = "" if self.baseline_was == ANY else f", baseline {self.baseline_was}"
        return f"grade {self.grade}: {sign} {amount}{condition}"


def criteria_of(scale: str, term: str) -> tuple[Criterion, ...]:
    """The criteria of one term, the highest grade first; `Misuse` for an unknown scale or term."""
    terms = read_scale(scale)
    if term not in terms:
        raise Misuse(f"scale {scale} has no term {term!r}; it has {', '.join(terms)}")
    return terms[term]


@cache
def read_scale(scale: str) -> Mapping[str, tuple[Criterion, ...]]:
    """All terms of a scale with their criteria."""
    if scale not in SCALES:
        raise Misuse(f"there is no grading scale {scale!r}; there is {', '.join(SCALES)}")
    found: dict[str, list[Criterion]] = {}
    for row in _rows(f"{scale}.csv"):
        found.setdefault(row["term"], []).append(_criterion(row))
    return MappingProxyType({term: tuple(sorted(rows, key=lambda row: -row.grade)) for term, rows in found.items()})


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


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _criterion(row: Mapping[str, str]) -> Criterion:
    return Criterion(
        row["term"],
        row["direction"],
        int(row["grade"]),
        row["unit"],
        Bound(row["bound"]),
        Fraction(row["threshold"]),
        row["inclusive"] == "yes",
        row["baseline_was"],
        row["if_missing"],
        row["source"],
        row["evidence"],
    )
