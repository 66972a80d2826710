"""What may be said about how often toxicities occurred?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seriatim.displays.wording.groups import CONSECUTIVE, Ends
from seriatim.displays.wording.numbers import interval, number, p_value, percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow

OF_A_TEST = "depends on the test"


@dataclass(frozen=True)
class Moved:
    """The names of the endpoints that fell beyond chance, that rose, and that did neither."""

    fell: Sequence[str] = ()
    rose: Sequence[str] = ()
    others: Sequence[str] = ()


def fell(
    label: str, first: ResultRow, last: ResultRow, difference: ResultRow, p: ResultRow, ends: Ends = CONSECUTIVE
) -> Sentence:
    """One endpoint, first group against last: counts, difference with interval, then P with its convention."""
    ids = tuple(row.result_id for row in (first, last, difference, p))
    counts = f"{label}: {_of(first)} in {ends.first}, {_of(last)} in {ends.last}"
    if difference.value is None or difference.lower is None or difference.upper is None:
        return Sentence(f"{counts}; the difference cannot be given because {difference.reason}.", ids)
    bounds = interval(difference.lower, difference.upper, 1, 100)
    change = f"{number(difference.value * 100)} points ({level_words(difference)} interval {bounds})"
    tail = f"P {equals(p)} by the score test" if p.value is not None else f"no P value because {p.reason}"
    return Sentence(f"{counts}; a {ends.change} of {change}; {tail}.", ids)


def one_group(ids: tuple[str, ...]) -> Sentence:
    """The first screen of a series that is a single group."""
    text = "The series is one group: no first group is compared with a last; the trend along case number stands below."
    return Sentence(text, ids, "lead")


def only_group(label: str, risk: ResultRow) -> Sentence:
    """One endpoint of a series that is a single group: there is nothing to compare it with."""
    return Sentence(f"{label}: {_of(risk)}; the series is one group.", (risk.result_id,))


def summary(
    moved: Moved, ids: tuple[str, ...], adjusted: str, severity: str = "Severe toxicity", ends: Ends = CONSECUTIVE
) -> Sentence:
    """How many of the primary endpoints fell beyond chance after adjustment, which rose, and which did neither."""
    total = len(moved.fell) + len(moved.rose) + len(moved.others)
    noun = "endpoint" if total == 1 else "endpoints"
    if not ends.in_order:
        return Sentence(f"Of {total} {noun}, {_between_arms(moved, adjusted, ends)}.", ids, "lead")
    text = f"Of {total} {noun}, {len(moved.fell)} fell from the first group to the last beyond chance {adjusted}"
    if moved.rose:
        text += f"; {_joined(moved.rose)} rose"
    if moved.others:
        text += f"; for {_joined(moved.others)} a fall is not shown"
    lead = f"{severity} fell. " if len(moved.fell) * 2 > total and not moved.rose else ""
    return Sentence(f"{lead}{text}.", ids, "lead")


def _between_arms(moved: Moved, adjusted: str, ends: Ends) -> str:
    text = f"{len(moved.fell)} were rarer and {len(moved.rose)} more frequent in {ends.last} than in {ends.first}"
    text += f" beyond chance {adjusted}"
    named = [f"{words}: {_joined(names)}" for words, names in
             (("rarer", moved.fell), ("more frequent", moved.rose), ("a difference is not shown", moved.others))
             if names]  # fmt: skip
    return "; ".join([text, *named])


def depends(label: str, table: tuple[ResultRow, ResultRow], tests: Sequence[tuple[str, ResultRow]]) -> Sentence:
    """An endpoint whose verdict hangs on the convention: every P by its name."""
    named = ", ".join(f"{p_value(row.value)} by {name}" for name, row in tests if row.value is not None)
    first, last = table
    return Sentence(
        f"{label} {OF_A_TEST}: {_of(first)} against {_of(last)} gives P = {named}."
        " No single one of these may be quoted alone.",
        tuple(row.result_id for row in (first, last)) + tuple(row.result_id for _, row in tests),
        "caution",
    )


def missing(label: str, rows: Sequence[ResultRow]) -> Sentence | None:
    """Where patients were not assessed, how many, group by group."""
    worst = [row for row in rows if row.missing]
    if not worst:
        return None
    row = max(worst, key=lambda row: (row.missing or 0) / ((row.missing or 0) + (row.denominator or 0)))
    total = (row.missing or 0) + (row.denominator or 0)
    share = percent((row.missing or 0) / total, total)
    return Sentence(
        f"{label} was not assessed, or its window is still open, in {row.missing} of {total} patients"
        f" ({share}) of {row.group}.",
        tuple(row.result_id for row in worst),
        "caution",
    )


def ungraded(label: str, low: ResultRow, high: ResultRow) -> Sentence:
    """A group where records without a grade, or patients not assessed, could make the figure another one."""
    return Sentence(
        f"{label}: what is not graded, not dated or not assessed in {low.group} leaves anything from"
        f" {percent(low.value or 0.0, low.denominator or 0)} to {percent(high.value or 0.0, high.denominator or 0)}"
        " possible.",
        (low.result_id, high.result_id),
        "caution",
    )


def level_words(row: ResultRow) -> str:
    """ "95 %" as the row has it."""
    return f"{(row.level or 0) * 100:g} %"


def equals(row: ResultRow) -> str:
    """ "= 0.040" or "< 0.0001"."""
    text = p_value(row.value if row.value is not None else 1.0)
    return text if text.startswith("<") else f"= {text}"


def _of(row: ResultRow) -> str:
    if row.value is None:
        return "not known"
    return f"{row.numerator} of {row.denominator} ({percent(row.value, row.denominator or 0)})"


def _joined(words: Sequence[str]) -> str:
    """The names in a row; names that have commas of their own are parted by semicolons."""
    # "Line sepsis" is lowered inside a sentence, "CRS" is not.
    lowered = [word if word[1:2].isupper() else word[:1].lower() + word[1:] for word in words]
    if len(lowered) == 1:
        return lowered[0]
    if any("," in word for word in words):
        return f"{'; '.join(lowered[:-1])}; and {lowered[-1]}"
    return f"{', '.join(lowered[:-1])} and {lowered[-1]}"
