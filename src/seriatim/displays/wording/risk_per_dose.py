"""What may be said about the risk of a single dose?"""

from __future__ import annotations

from seriatim.displays.wording.incidence import equals, level_words
from seriatim.displays.wording.numbers import interval, number, percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow

CAUTION = (
    "Toxicity ends dosing, so a patient's final number of doses is both cause and effect; the risk of each dose among"
    " those still free of the event is the fair comparison. The risk by a given dose is what would be seen if dosing"
    " had gone on at the hazards of those who were still dosed."
)


def change(label: str, difference: ResultRow, p: ResultRow) -> Sentence:
    """The pooled change of the risk of one dose."""
    ids = (difference.result_id, p.result_id)
    if difference.value is None or difference.lower is None or difference.upper is None:
        return Sentence(f"{label}: the change of the risk per dose cannot be given: {difference.reason}.", ids)
    bounds = interval(difference.lower, difference.upper, 2, 100)
    tail = f"; P {equals(p)} by the Mantel-Haenszel test" if p.value is not None else ""
    return Sentence(
        f"{label}: per dose given, the risk changed by {number(difference.value * 100, 2)} points from the first group"
        f" to the last ({level_words(difference)} interval {bounds}), over dose numbers{tail}.",
        ids,
    )


def by_dose(label: str, dose: str, first: ResultRow, last: ResultRow) -> Sentence | None:
    """The risk added up to a dose number in the first and the last group."""
    if first.value is None or last.value is None:
        return None
    return Sentence(
        f"{label}: {dose}, {percent(first.value)} in the first group and {percent(last.value)} in the last"
        " would have had it.",
        (first.result_id, last.result_id),
    )


def summary(fell: int, total: int, ids: tuple[str, ...]) -> Sentence:
    """For how many endpoints the risk of one dose fell, interval below zero."""
    return Sentence(
        f"Risk per dose: for {fell} of {total} endpoints the risk of a single dose fell too (interval of the pooled"
        " difference below zero); for the others a fall per dose is not shown.",
        ids,
    )
