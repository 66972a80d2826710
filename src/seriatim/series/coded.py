"""Which allowed word does a coded answer mean?"""

from __future__ import annotations

import polars as pl

from seriatim.findings import Severity
from seriatim.series.faults import Fault
from seriatim.series.schema import Column
from seriatim.vocabulary.codes import CODE_LISTS


def faults_of_code(column: Column) -> tuple[Fault, ...]:
    """The one fault of a coded column, naming its words.

    >>> from seriatim.series.schema import Kind
    >>> faults_of_code(Column("sex", Kind.CODE, "", codes="sex"))[0].expected
    'one of female, male, unknown'
    """
    words = ", ".join(CODE_LISTS[column.codes])
    next_move = f"map it in the mapping file under codes: {column.name}:"
    return (Fault("code.unknown", Severity.VALUE_SET_ASIDE, f"one of {words}", next_move),)


def type_code(text: pl.Series, codes: str) -> pl.DataFrame:
    """Columns `word` (one of the code list, or null) and `fault`; spelling is compared in lower case.

    >>> type_code(pl.Series(["F", "woman"]), "sex").rows()
    [('female', None), (None, 'code.unknown')]
    """
    spellings = {
        spelling.lower(): word for word, accepted in CODE_LISTS[codes].items() for spelling in (word, *accepted)
    }
    written = text.cast(pl.String).str.strip_chars().str.to_lowercase()
    word = written.replace_strict(spellings, default=None, return_dtype=pl.String)
    unknown = word.is_null() & (written.fill_null("") != "")
    return pl.DataFrame({"word": word, "unknown": unknown}).select(
        "word", pl.when("unknown").then(pl.lit("code.unknown")).alias("fault")
    )
