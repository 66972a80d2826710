"""What may be said about how many doses were given?"""

from __future__ import annotations

from seriatim.displays.wording.groups import CONSECUTIVE, Ends
from seriatim.displays.wording.incidence import level_words
from seriatim.displays.wording.numbers import percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow

SEE = "see risk per dose"


def lead(
    shift: ResultRow, first: ResultRow, last: ResultRow, *, toxicity_fell: bool, ends: Ends = CONSECUTIVE
) -> Sentence:
    """Fewer, more, or open: the direction of the shift and its interval decide."""
    ids = tuple(row.result_id for row in (shift, first, last))
    if not (first.denominator or last.denominator or first.value is not None or last.value is not None):
        return Sentence("How many doses were given in the first cycle is not recorded.", ids, "caution")
    if shift.value is None or first.value is None or last.value is None:
        why = next(row.reason for row in (first, last, shift) if row.value is None)
        return Sentence(f"How the number of doses changed cannot be given: {why}.", ids, "caution")
    medians = f"Median in the first cycle {amount(first.value)}, then {amount(last.value)}"
    if not ends.in_order:
        medians = (
            f"Median in the first cycle {amount(first.value)} in {ends.first}, {amount(last.value)} in {ends.last}"
        )
    opening, consequence = _verdict(shift, toxicity_fell=toxicity_fell and ends.in_order)
    if not ends.in_order:
        opening = _of_arm(opening, ends)
    return Sentence(f"{opening} {medians} ({_shift_words(shift)}). {consequence}", ids, "lead")


def only_group(median: ResultRow) -> Sentence:
    """A series that is a single group: its median alone, for there is nothing to compare it with."""
    ids = (median.result_id,)
    if median.value is None:
        return Sentence(f"The number of doses in the first cycle cannot be given: {median.reason}.", ids, "caution")
    return Sentence(f"Median number of doses in the first cycle {amount(median.value)}; the series is one group.", ids)


def _verdict(shift: ResultRow, *, toxicity_fell: bool) -> tuple[str, str]:
    if shift.upper is not None and shift.upper < 0:
        part = "Part of the fall in toxicity per patient follows from this alone"
        alone = part if toxicity_fell else "Fewer doses by themselves mean less toxicity per patient"
        return "Fewer doses were given.", f"{alone}: {SEE}."
    if shift.lower is not None and shift.lower > 0:
        return "More doses were given.", f"More doses by themselves mean more toxicity per patient: {SEE}."
    return "A change in the number of doses is not shown.", f"For what each dose carried, {SEE}."


def _of_arm(opening: str, ends: Ends) -> str:
    """The verdict of one arm against another: "Fewer doses were given in B than in A."."""
    if opening.startswith("A change"):
        return "A difference in the number of doses is not shown."
    return f"{opening[:-1]} in {ends.last} than in {ends.first}."


def _shift_words(shift: ResultRow) -> str:
    """ "Hodges-Lehmann shift −6 doses, 95 % interval −8 to −5", or that there is no interval."""
    text = f"Hodges-Lehmann shift {amount(shift.value or 0.0)} {shift.unit}"
    if shift.lower is None or shift.upper is None:
        return f"{text}, no interval: {shift.warning}"
    return f"{text}, {level_words(shift)} interval {amount(shift.lower)} to {amount(shift.upper)}"


def stopped_only_group(risk: ResultRow) -> Sentence:
    """How many of a single group stopped for toxicity."""
    if risk.value is None:
        return Sentence(f"Why the first cycle ended cannot be given: {risk.reason}.", (risk.result_id,))
    share = percent(risk.value, risk.denominator or 0)
    return Sentence(
        f"First cycle stopped for toxicity: {risk.numerator} of {risk.denominator} ({share}).", (risk.result_id,)
    )


def not_recorded(row: ResultRow) -> Sentence:
    """How many patients of a group have no known number of doses; only for a row with such patients."""
    missing = row.missing or 0
    total = missing + (row.denominator or 0)
    return Sentence(
        f"The number of doses in the first cycle is not recorded for {missing} of {total} patients"
        f" ({percent(missing / total, total)})"
        f" of {row.group}.",
        (row.result_id,),
        "caution",
    )


def scale_of(largest: float) -> tuple[float, str]:
    """By what amounts are divided to be read at a glance, and the word for it: 9.36 million, not 9,360,000.

    >>> scale_of(10_080_000.0), scale_of(14.0)
    ((1000000.0, 'million '), (1.0, ''))
    """
    return (1e6, "million ") if largest >= 1e6 else (1.0, "")


def amount(value: float) -> str:
    """A number of doses, or an amount with its thousands set apart.

    >>> amount(12.5), amount(9360000.0), amount(-6.0)
    ('12.5', '9,360,000', '−6')
    """
    return f"{value:,.10g}".replace("-", "−")
