"""What may be said about the risk of a single dose?"""

from __future__ import annotations

from collections.abc import Sequence

from seriatim.displays.wording.groups import CONSECUTIVE, Ends
from seriatim.displays.wording.incidence import equals, level_words
from seriatim.displays.wording.numbers import interval, number, percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow

CAUTION = (
    "Toxicity ends dosing, so a patient's final number of doses is both cause and effect; the risk of each dose among"
    " those still free of the event is the fair comparison. The risk by a given dose is what would be seen if everyone"
    " had been given that many, at the hazards of those who were still dosed."
)


def summary(
    fell: Sequence[str], rose: Sequence[str], total: int, ids: tuple[str, ...], ends: Ends = CONSECUTIVE
) -> Sentence:
    """For how many endpoints the risk of one dose fell or rose, the whole interval on one side under both readings."""
    noun = "endpoint" if total == 1 else "endpoints"
    lower = "fell as well" if ends.in_order else f"was lower in {ends.last} than in {ends.first}"
    higher = "rose" if ends.in_order else "was higher"
    text = f"Risk per dose: for {len(fell)} of {total} {noun} the risk of a single dose {lower}"
    if rose:
        text += f"; for {len(rose)} it {higher} ({', '.join(rose)})"
    if open_ := total - len(fell) - len(rose):
        text += f"; for {open_} a {ends.change} per dose is not shown"
    return Sentence(f"{text} (intervals pooled over dose numbers, {ends.against}, both readings of dates).", ids)


def not_known(ids: tuple[str, ...]) -> Sentence:
    """Nothing can be said of a single dose where no group has numbered doses."""
    return Sentence("Risk per dose cannot be given: the doses of these patients are not recorded one by one.", ids)


def only_group(label: str, dose: str, risk: ResultRow) -> Sentence:
    """The risk added up to a dose number in a series that is one group."""
    if risk.value is None:
        return Sentence(f"{label}: the risk {dose} cannot be given: {risk.reason}.", (risk.result_id,))
    bounds = ""
    if risk.lower is not None and risk.upper is not None:
        bounds = f" ({level_words(risk)} interval {percent(risk.lower)} to {percent(risk.upper)})"
    return Sentence(f"{label}: {dose}, {percent(risk.value)} would have had it{bounds}.", (risk.result_id,))


def change(label: str, difference: ResultRow, p: ResultRow, ends: Ends = CONSECUTIVE) -> Sentence:
    """The pooled change of the risk of one dose."""
    ids = (difference.result_id, p.result_id)
    if difference.value is None or difference.lower is None or difference.upper is None:
        return Sentence(f"{label}: the {ends.change} of the risk per dose cannot be given: {difference.reason}.", ids)
    bounds = interval(difference.lower, difference.upper, 2, 100)
    tail = f"; P {equals(p)} by the Mantel-Haenszel test" if p.value is not None else ""
    points = f"{number(difference.value * 100, 2)} points"
    moved = f"the risk changed by {points} {ends.across}" if ends.in_order else f"{ends.minus} is {points}"
    return Sentence(
        f"{label}: per dose given, {moved} ({level_words(difference)} interval {bounds}), pooled over dose"
        f" numbers{tail}.",
        ids,
    )


def by_dose(
    label: str, dose: str, first: ResultRow, last: ResultRow, difference: ResultRow, ends: Ends = CONSECUTIVE
) -> Sentence | None:
    """The risk added up to a dose number in the first and the last group, and their difference with its interval."""
    rows = (first, last, difference)
    if first.value is None or last.value is None or difference.value is None:
        return None
    bounds = interval(difference.lower or 0.0, difference.upper or 0.0, 1, 100)
    points = f"{number(difference.value * 100)} points ({level_words(difference)} interval {bounds})"
    return Sentence(
        f"{label}: {dose}, {percent(first.value)} in {ends.first} and {percent(last.value)} in {ends.last} would have"
        f" had it, a {ends.change} of {points}.",
        tuple(row.result_id for row in rows),
    )


def readings_part(label: str, early: ResultRow, late: ResultRow) -> Sentence | None:
    """A verdict that hangs on how dates without a time are read; None where both readings say the same."""
    if _side(early) == _side(late):
        return None
    return Sentence(
        f"{label}: what is said of a single dose depends on how inexact dates are read: {_interval_words(early)} by the"
        f" earliest reading, {_interval_words(late)} by the latest.",
        (early.result_id, late.result_id),
        "caution",
    )


def fell(row: ResultRow | None) -> bool:
    """Is the whole interval below zero?"""
    return row is not None and _side(row) < 0


def rose(row: ResultRow | None) -> bool:
    """Is the whole interval above zero?"""
    return row is not None and _side(row) > 0


def _side(row: ResultRow) -> int:
    below = row.upper is not None and row.upper < 0
    above = row.lower is not None and row.lower > 0
    return int(above) - int(below)


def _interval_words(row: ResultRow) -> str:
    if row.value is None or row.lower is None or row.upper is None:
        return "not estimable"
    return f"{number(row.value * 100, 2)} points ({interval(row.lower, row.upper, 2, 100)})"
