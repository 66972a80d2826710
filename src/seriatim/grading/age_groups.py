"""Which age and sex group of a scale is this patient in? Needed where a scale has cut-points by age."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache

from seriatim.grading.criteria import FOLDER, name_on


def age_group(scale: str, term: str, sex: str | None, born: date | None, on: date | None) -> str | None:
    """The group as the criteria name it; None where the scale has none for the term or the record lacks age or sex.

    Ages are completed days, months and years by the calendar. `sex` is "F", "M" or None. Source: daids_2_1.

    >>> age_group("daids-2.1", "anemia", "F", date(1950, 3, 1), date(1998, 7, 1))
    'female, 13 years or more'
    """
    if born is None or on is None:
        return None
    for row in _groups().get((scale, name_on(scale, term)), ()):
        if _is_in(row, born, on) and row["sex"] in ("", sex):
            return row["group"]
    return None


@cache
def _groups() -> Mapping[tuple[str, str], list[dict[str, str]]]:
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    with (FOLDER / "age_groups.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["scale"], row["term"]), []).append(row)
    return found


def _is_in(row: Mapping[str, str], born: date, on: date) -> bool:
    is_old_enough = not row["from_age"] or _reached(row["from_age"], born, on)
    return is_old_enough and not (row["below_age"] and _reached(row["below_age"], born, on))


def _reached(age: str, born: date, on: date) -> bool:
    number, unit = age.split()
    return _completed(unit, born, on) >= int(number)


def _completed(unit: str, born: date, on: date) -> int:
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    return {"days": (on - born).days, "months": months, "years": months // 12}[unit]
