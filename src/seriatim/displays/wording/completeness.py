"""What may be said about how complete the record is?"""

from __future__ import annotations

from collections.abc import Sequence

from seriatim.displays.wording.groups import CONSECUTIVE, Ends
from seriatim.displays.wording.numbers import interval, number
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow

APART_FROM = 0.1  # a tenth of the patients: enough to make or hide an ordinary fall


def changed(differences: Sequence[ResultRow], ends: Ends = CONSECUTIVE) -> Sentence:
    """Items whose completeness moved by more than a tenth of the patients, the farthest first."""
    known = [row for row in differences if row.value is not None]
    ids = tuple(row.result_id for row in differences)
    if not known:
        why = differences[0].reason if differences else "nothing was asked for"
        return Sentence(f"Whether the record is equally complete in all groups cannot be said: {why}.", ids)
    apart = sorted(
        (row for row in known if abs(row.value or 0.0) >= APART_FROM), key=lambda row: -abs(row.value or 0.0)
    )
    if not apart:
        return Sentence(
            f"No item of the record is present in a tenth more or fewer of the patients of {ends.last_alone} than of"
            f" {ends.first}.",
            ids,
        )
    named = "; ".join(f"{row.endpoint}: {_points(row)}" for row in apart)
    return Sentence(
        f"The record of {ends.last_alone} is not as complete as that of {ends.first}, or more so ({named}). Where less"
        " is recorded, less is found.",
        ids,
        "caution",
    )


def _points(row: ResultRow) -> str:
    text = f"{number(100 * (row.value or 0.0))} points"
    if row.lower is None or row.upper is None:
        return text
    return f"{text} ({100 * (row.level or 0):.0f} % interval {interval(row.lower, row.upper, 1, 100)})"
