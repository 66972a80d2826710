"""What may be said about laboratory values? Grades and worst values by group, and what fewer doses do to them."""

from __future__ import annotations

from collections.abc import Sequence

from seriatim.displays.wording.groups import CONSECUTIVE, Ends
from seriatim.displays.wording.numbers import interval, number, p_value, percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow


def only_group(test: str, risk: ResultRow) -> Sentence:
    """Grade 3 or 4 in a series that is one group."""
    return Sentence(f"{test.capitalize()} of grade 3 or 4: {_of(risk)}; the series is one group.", (risk.result_id,))


def severe(
    test: str, first: ResultRow, last: ResultRow, difference: ResultRow, p: ResultRow | None, ends: Ends = CONSECUTIVE
) -> Sentence:
    """Grade 3 or 4, first group against last."""
    rows = [first, last, difference, *([p] if p else [])]
    ids = tuple(row.result_id for row in rows)
    text = f"{test.capitalize()} of grade 3 or 4: {_of(first)} in {ends.first}, {_of(last)} in {ends.last}"
    if difference.value is None or difference.lower is None or difference.upper is None:
        return Sentence(f"{text}; the difference cannot be given: {difference.reason}.", ids)
    bounds = f"{100 * (difference.level or 0):.0f} % interval {interval(difference.lower, difference.upper, 1, 100)}"
    change = f"a {ends.change} of {number(100 * difference.value)} points ({bounds})"
    tail = f"; P {_equals(p)} by the score test" if p is not None and p.value is not None else ""
    return Sentence(f"{text}; {change}{tail}.", ids)


def nothing_graded(tests: Sequence[str]) -> Sentence:
    """No value of any test could be graded, most often because none was recorded."""
    named = ", ".join(tests)
    text = f"No patient has a graded value on treatment ({named}): laboratory toxicity was not measured, not absent."
    return Sentence(text, (), "caution")


def not_graded(test: str, rows: Sequence[ResultRow]) -> Sentence | None:
    """Where the worst grade of many is not known, the worst group."""
    sized = [(row, (row.missing or 0) + (row.denominator or 0)) for row in rows if row.missing]
    if not sized:
        return None
    row, patients = max(sized, key=lambda pair: (pair[0].missing or 0) / pair[1])
    share = percent((row.missing or 0) / patients, patients)
    return Sentence(
        f"{test.capitalize()} has no grade on treatment in {row.missing} of {patients} patients ({share})"
        f" of {row.group}: not measured, or not gradable for the reasons in the table.",
        (row.result_id,),
        "caution",
    )


def peaks_follow_doses() -> Sentence:
    """The caution that belongs to every worst value."""
    return Sentence(
        "A worst value depends on how long and how often a patient was measured: with fewer doses and shorter stays the"
        " worst value eases by itself.",
        (),
        "caution",
    )


def _of(row: ResultRow) -> str:
    if row.value is None:
        return f"not known ({row.reason})"
    return f"{row.numerator} of {row.denominator} ({percent(row.value, row.denominator or 0)})"


def _equals(row: ResultRow) -> str:
    text = p_value(row.value if row.value is not None else 1.0)
    return text if text.startswith("<") else f"= {text}"
