"""What may be said about response? A loss excluded or not, never that nothing changed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seriatim.displays.wording.groups import CONSECUTIVE, Ends
from seriatim.displays.wording.numbers import interval, number, p_value, percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow

ENDPOINTS = {
    "overall_response": "Overall response (CR or PR)",
    "complete_response": "Complete response",
    "ongoing_complete": "Ongoing complete response",
}


def loss(
    label: str,
    difference: ResultRow,
    largest: ResultRow,
    verdict: ResultRow | None,
    p: ResultRow | None,
    ends: Ends = CONSECUTIVE,
) -> Sentence:
    """The change with its interval, then whether a loss of the margin is excluded, or how large a loss is not."""
    rows = [row for row in (difference, largest, verdict, p) if row is not None]
    ids = tuple(row.result_id for row in rows)
    if largest.value is None or difference.value is None or difference.lower is None or difference.upper is None:
        return Sentence(f"{label}: the {ends.change} {ends.across} cannot be given: {largest.reason}.", ids)
    level = number(100 * (difference.level or 0), 0)
    bounds = f"{level} % interval {interval(difference.lower, difference.upper, 1, 100)}"
    text = f"{label}: a {ends.change} of {number(100 * difference.value)} points ({bounds}) {_direction(ends)}"
    if verdict is None or verdict.value is None:
        return Sentence(f"{text}; a loss of up to {number(100 * largest.value)} points is not excluded.", ids)
    alpha = f" at the one-sided {100 * (1 - verdict.level):g} % level" if verdict.level else ""
    excluded = f"is {'' if verdict.value else 'not '}excluded{alpha}"
    one_sided = f", one-sided P {_equals(p)}" if p is not None and p.value is not None else ""
    largest_text = f"the largest loss not excluded is {number(100 * largest.value)} points"
    return Sentence(f"{text}; {verdict.assumptions}: a loss of that size {excluded}{one_sided}; {largest_text}.", ids)


def _direction(ends: Ends) -> str:
    return ends.across if ends.in_order else f"({ends.minus})"


def only_group(label: str, risk: ResultRow) -> Sentence:
    """The rate of a series that is one group."""
    if risk.value is None:
        return Sentence(f"{label}: no rate, because {risk.reason}.", (risk.result_id,))
    share = percent(risk.value, risk.denominator or 0)
    text = f"{label}: {risk.numerator} of {risk.denominator} ({share}); the series is one group."
    return Sentence(text, (risk.result_id,))


def nothing_recorded(ids: tuple[str, ...]) -> Sentence:
    """No patient has a record of response."""
    text = "Response is not recorded for any patient: whether it was kept cannot be said."
    return Sentence(text, ids, "caution")


def shown_loss(labels: Sequence[str], rows: Sequence[ResultRow], ends: Ends = CONSECUTIVE) -> Sentence | None:
    """Every reading of response whose whole interval lies below zero; not adjusted, and not to be left out for that."""
    if not rows:
        return None
    named = "; ".join(f"{label} by {_loss_words(row, ends)}" for label, row in zip(labels, rows, strict=True))
    fell = f"fell {ends.across}" if ends.in_order else f"was lower in {ends.last} than in {ends.first}"
    text = f"Response {fell}: {named}. These intervals are not adjusted for their number."
    return Sentence(text, tuple(row.result_id for row in rows), "caution")


def _loss_words(row: ResultRow, ends: Ends) -> str:
    bounds = interval(row.lower or 0.0, row.upper or 0.0, 1, 100)
    level = number(100 * (row.level or 0), 0)
    return f"{number(-100 * (row.value or 0.0))} points ({level} % interval of the {ends.change} {bounds})"


def without_record(groups: Sequence[str], ids: tuple[str, ...]) -> Sentence | None:
    """Groups of which no patient has a record of response, and which therefore have no rate."""
    if not groups:
        return None
    return Sentence(f"No response is recorded in {', '.join(groups)}: no rate is given there.", ids, "caution")


def margin_of(assumptions: str) -> float | None:
    """The margin as a fraction, from the words in which the rows carry it.

    >>> margin_of("margin 10 points, protocol 7")
    0.1
    """
    found = re.match(r"margin ([0-9.]+) points", assumptions)
    return float(found[1]) / 100 if found else None


def reversed_within_strata(label: str, row: ResultRow) -> Sentence | None:
    """A caution where the pooled change and the change within the strata have different signs."""
    if "reversed-within-strata" not in row.flags or row.value is None:
        return None
    return Sentence(
        f"{label}: within the strata the change is {number(100 * row.value)} points, in all patients together it has"
        " the other sign, because the mix of diagnoses changed. Read it by stratum.",
        (row.result_id,),
        "caution",
    )


def not_evaluated(group: str, unknown: int, patients: int, ids: tuple[str, ...]) -> Sentence | None:
    """How many of the worst group could not be evaluated or have no record of response."""
    if not unknown:
        return None
    return Sentence(
        f"Response was not evaluable or not recorded in {unknown} of {patients} patients"
        f" ({percent(unknown / patients, patients)}) of {group}; they count as no response.",
        ids,
        "caution",
    )


def too_short(group: str, row: ResultRow, patients: int) -> Sentence | None:
    """How many of the worst group were not followed to the landmark."""
    if not row.missing:
        return None
    share = percent(row.missing / patients, patients)
    return Sentence(
        f"Of {group}, {row.missing} of {patients} patients ({share}) were not followed"
        f" to the landmark ({row.assumptions}) or have no record of response, and are left out there.",
        (row.result_id,),
        "caution",
    )


def _equals(row: ResultRow) -> str:
    text = p_value(row.value if row.value is not None else 1.0)
    return text if text.startswith("<") else f"= {text}"
