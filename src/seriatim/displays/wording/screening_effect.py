"""What may be said about the effect of screening criteria on a series?"""

from __future__ import annotations

from seriatim.displays.wording.incidence import level_words
from seriatim.displays.wording.numbers import percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow

CAUTION = (
    "Only treated patients can be asked: whoever was screened out at the time is not among them and is counted apart."
    " That a criterion would have excluded a patient does not say that the patient would have fared worse."
)


def excluded(row: ResultRow) -> Sentence:
    """Which share of a group the criteria together would have excluded."""
    ids = (row.result_id,)
    if row.value is None or row.lower is None or row.upper is None:
        return Sentence(f"{row.group}: {row.reason}.", ids)
    unknown = f"; in {row.missing:,} further patients it is not known" if row.missing else ""
    return Sentence(
        f"{row.group}: the criteria would have excluded {row.numerator:,} of {row.denominator:,} patients"
        f" ({percent(row.value)}, {level_words(row)} interval {percent(row.lower)} to {percent(row.upper)}){unknown}.",
        ids,
    )
