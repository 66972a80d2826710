"""What may be said about whether practice followed a protocol?"""

from __future__ import annotations

from seriatim.displays.wording.incidence import level_words
from seriatim.displays.wording.numbers import percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow

NOT_A_JUDGEMENT = (
    "Whether practice followed the protocol is told, not whether it was right: a ward may have known what was not"
    " charted. Where the protocol could not decide for want of data, the dose is in neither share."
)
SMALL_PRINT = (
    "Each planned dose is judged on what was charted and known by then. Shares are of doses; their intervals are over"
    " patients, because the doses of one patient resemble each other.",
    "Review and simulation only. Not for clinical use until a site has signed the protocol.",
)
FOLLOWED = {
    "followed": "was given or held as the protocol says",
    "given_against": "was given although the protocol says hold or stop",
    "held_against": "was held although the protocol says give",
}


def share(row: ResultRow, group: str, force: str) -> Sentence:
    """One share of the doses on which the protocol decided, with its interval over patients or the reason for none."""
    ids = (row.result_id,)
    where = f"{force}, {group}"
    if row.value is None:
        return Sentence(f"{where}: {row.reason}.", ids)
    bounds = f" ({row.warning})" if row.warning else ""
    if row.lower is not None and row.upper is not None:
        bounds = f" ({level_words(row)} interval over patients {percent(row.lower)} to {percent(row.upper)})"
    of = f"{row.numerator:,} of {row.denominator:,} doses"
    return Sentence(f"{where}: {percent(row.value)} ({of}) {FOLLOWED[row.statistic]}{bounds}.", ids)
