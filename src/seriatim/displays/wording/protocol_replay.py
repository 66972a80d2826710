"""What may be said about one protocol against another over a series?"""

from __future__ import annotations

from seriatim.displays.wording.numbers import percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow

ONE_STEP = (
    "One step only: after the first decision at which the protocols part, later states are not those of the second."
    " Events at stake are the most that could have been avoided; nothing here is a statement about effect."
)
SMALL_PRINT = (
    "Bounds hold over all completions of what is missing. A rule decides where the verdict would be milder without it.",
    "What would have followed a dose that was not given cannot be observed.",
)


def disagreement(rows: list[ResultRow]) -> Sentence:
    """On how many planned doses the two say different things, and between which bounds."""
    total = rows[0].denominator or 0
    apart = [row for row in rows if row.stratum.split(" / ")[0] != row.stratum.split(" / ")[1]]
    n = int(sum(row.value or 0 for row in apart))
    sure = int(sum(row.lower or 0 for row in apart))
    share = f" ({percent(n / total)})" if total else ""
    return Sentence(
        f"The two protocols act differently on {n:,} of {total:,} planned doses{share}; on {sure:,} of them whatever"
        " the missing data are.",
        tuple(row.result_id for row in apart),
    )


def stake(events: ResultRow, lost: ResultRow, responders: ResultRow, most: ResultRow) -> Sentence:
    """Events at stake with the doses lost beside them, up to the first parting of each patient."""
    return Sentence(
        f"Up to the first parting of each patient the second protocol would have withheld {lost.value:,.0f} doses that"
        f" were given and that the first permits ({most.value:,.0f} if all that is missing spoke for it),"
        f" {responders.value:,.0f} of them in patients who responded; a grade 3 or worse event followed"
        f" {events.value:,.0f} of them.",
        (events.result_id, lost.result_id, responders.result_id, most.result_id),
    )


def parted(rows: list[ResultRow]) -> Sentence:
    """In how many patients the protocols never say different things."""
    never = next(row for row in rows if row.stratum == "never")
    text = f"In {never.numerator:,} of {never.denominator:,} patients the protocols never part"
    return Sentence(f"{text}.", (never.result_id,))
