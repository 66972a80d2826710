"""What may be said about a table of many terms? How many moved beyond chance after adjustment, and which."""

from __future__ import annotations

from collections.abc import Sequence

from seriatim.pages import Sentence

READINGS = {"all": "all adverse events", "related": "events related to treatment", "serious": "serious events"}
MOST_NAMED = 8


def caption(reading: str, severity: str) -> str:
    """What one table counts.

    >>> caption("related", ">=3")
    'Patients with events related to treatment, grade >=3, by system organ class and term: n (%)'
    """
    grade = "any grade" if severity == "any" else f"grade {severity}"
    return f"Patients with {READINGS[reading]}, {grade}, by system organ class and term: n (%)"


def moved(
    tested: int, fewer: Sequence[str], more: Sequence[str], level: float, ids: tuple[str, ...], against: str = ""
) -> Sentence:
    """How many terms became rarer and commoner beyond chance, adjusted for their number; `against` names the arms."""
    opening = f"{against}: of" if against else "Of"
    became = "were" if against else "became"
    text = (
        f"{opening} {tested} terms compared, {len(fewer)} {became} rarer and {len(more)} more frequent beyond chance"
        f" (score test, Benjamini-Hochberg over all {tested} terms, {100 * (1 - level):.0f} %)"
    )
    parts = [f"{words}: {_named(names)}" for words, names in (("rarer", fewer), ("more frequent", more)) if names]
    return Sentence(f"{text}; {'; '.join(parts)}." if parts else f"{text}.", ids)


def left_out(terms: int, percent: float) -> str:
    """The note that says what a table does not show."""
    noun, are = ("term", "is") if terms == 1 else ("terms", "are")
    return f"{terms} {noun} that fewer than {percent:g} % of every group had {are} in the results, not in this table."


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    return f"{shown} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else shown
