"""What may be said about who the patients were? How far apart the groups are, not that it mattered."""

from __future__ import annotations

from collections.abc import Sequence

from seriatim.displays.wording.groups import CONSECUTIVE, Ends
from seriatim.displays.wording.numbers import percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow

APART_FROM = 0.1  # the usual rule for what is worth naming (austin_2009)


def name_of(variable: str) -> str:
    """A column as it is read: `performance_status` is "performance status"."""
    return variable.replace("_", " ")


def differ(rows: Sequence[ResultRow], ends: Ends = CONSECUTIVE) -> Sentence:
    """Which characteristics of the first and the last group are apart, the farthest first."""
    known = [row for row in rows if row.value is not None]
    apart = sorted((row for row in known if abs(row.value or 0.0) > APART_FROM), key=lambda row: -abs(row.value or 0.0))
    ids = tuple(row.result_id for row in rows)
    if not known:
        why = next((f": {row.reason}" for row in rows if row.reason), "")
        return Sentence(f"How far apart {ends.first} and {ends.last} are in their patients cannot be given{why}.", ids)
    if not apart:
        text = f"No recorded characteristic of {ends.first} and {ends.last} is apart by more than {APART_FROM} of its"
        return Sentence(f"{text} own spread; what is not recorded may be.", ids)
    named = ", ".join(f"{name_of(row.endpoint)} ({abs(row.value or 0.0):.2f})" for row in apart)
    return Sentence(
        f"The patients of {ends.last_alone} are not those of {ends.first}: {named} {_differs(apart)} by more than"
        f" {APART_FROM} of {'its' if len(apart) == 1 else 'their'} own spread. Part of any {ends.change} in outcome may"
        " follow from that.",
        ids,
        "caution",
    )


def _differs(apart: Sequence[ResultRow]) -> str:
    return "differs" if len(apart) == 1 else "differ"


def missing(rows: Sequence[ResultRow]) -> Sentence | None:
    """Characteristics that over a tenth of a group lack, the worst first."""
    worst: dict[str, ResultRow] = {}
    for row in rows:
        if row.denominator and (row.missing or 0) * 10 > row.denominator:
            before = worst.get(row.endpoint)
            if before is None or _lacking(row) > _lacking(before):
                worst[row.endpoint] = row
    if not worst:
        return None
    ordered = sorted(worst.values(), key=lambda row: -_lacking(row))
    named = "; ".join(
        f"{name_of(row.endpoint)} in {row.missing} of {row.denominator}"
        f" ({percent(_lacking(row), row.denominator or 0)}) of {row.group}"
        for row in ordered
    )
    return Sentence(f"Not recorded: {named}.", tuple(row.result_id for row in ordered), "caution")


def screened(row: ResultRow) -> Sentence:
    """How many of the candidates were treated."""
    if row.value is None:
        return Sentence(f"Who was screened and not treated cannot be said: {row.reason}.", (row.result_id,), "caution")
    text = f"Of {row.denominator} candidates, {row.numerator} ({percent(row.value, row.denominator or 0)}) were treated"
    unknown = f"; of {row.missing} it is not recorded whether they were" if row.missing else ""
    return Sentence(f"{text}{unknown}.", (row.result_id,))


def _lacking(row: ResultRow) -> float:
    return (row.missing or 0) / (row.denominator or 1)
