"""What may be said about how often toxicities occurred?"""

from __future__ import annotations

from collections.abc import Sequence

from seriatim.displays.wording.numbers import interval, number, p_value, percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow


def fell(label: str, first: ResultRow, last: ResultRow, difference: ResultRow, p: ResultRow) -> Sentence:
    """One endpoint, first group against last: counts, difference with interval, then P with its convention."""
    ids = tuple(row.result_id for row in (first, last, difference, p))
    counts = f"{label}: {_of(first)} in the first group, {_of(last)} in the last"
    if difference.value is None or difference.lower is None or difference.upper is None:
        return Sentence(f"{counts}; the difference cannot be given because {difference.reason}.", ids)
    bounds = interval(difference.lower, difference.upper, 1, 100)
    change = f"{number(difference.value * 100)} points ({level_words(difference)} interval {bounds})"
    tail = f"P {equals(p)} by the score test" if p.value is not None else f"no P value because {p.reason}"
    return Sentence(f"{counts}; a change of {change}; {tail}.", ids)


def only_group(label: str, risk: ResultRow) -> Sentence:
    """One endpoint of a series that is a single group: there is nothing to compare it with."""
    return Sentence(f"{label}: {_of(risk)}; the series is one group.", (risk.result_id,))


def summary(
    fell: Sequence[str], rose: Sequence[str], others: Sequence[str], ids: tuple[str, ...], adjusted: str
) -> Sentence:
    """How many of the primary endpoints fell beyond chance after adjustment, which rose, and which did neither."""
    total = len(fell) + len(rose) + len(others)
    noun = "endpoint" if total == 1 else "endpoints"
    text = f"Of {total} {noun}, {len(fell)} fell from the first group to the last beyond chance {adjusted}"
    if rose:
        text += f"; {_joined(rose)} rose"
    if others:
        text += f"; for {_joined(others)} a fall is not shown"
    lead = "Severe toxicity fell. " if len(fell) * 2 > total and not rose else ""
    return Sentence(f"{lead}{text}.", ids, "lead")


def depends(label: str, table: tuple[ResultRow, ResultRow], tests: Sequence[tuple[str, ResultRow]]) -> Sentence:
    """An endpoint whose verdict hangs on the convention: every P by its name."""
    named = ", ".join(f"{p_value(row.value)} by {name}" for name, row in tests if row.value is not None)
    first, last = table
    return Sentence(
        f"{label} depends on the test: {_of(first)} against {_of(last)} gives P = {named}."
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


def level_words(row: ResultRow) -> str:
    """ "95 %" as the row has it."""
    return f"{(row.level or 0) * 100:g} %"


def equals(row: ResultRow) -> str:
    """ "= 0.040" or "< 0.0001"."""
    text = p_value(row.value if row.value is not None else 1.0)
    return text if text.startswith("<") else f"= {text}"


def _of(row: ResultRow) -> str:
    return f"{row.numerator} of {row.denominator}" + (
        f" ({percent(row.value, row.denominator or 0)})" if row.value is not None else ""
    )


def _joined(words: Sequence[str]) -> str:
    # "Line sepsis" is lowered inside a sentence, "CRS" is not.
    lowered = [word if word[1:2].isupper() else word[:1].lower() + word[1:] for word in words]
    return " and ".join([", ".join(lowered[:-1]), lowered[-1]]) if len(lowered) > 1 else lowered[0]
