"""Is a text sound, so that it can be kept as written but for the blanks around it?"""

from __future__ import annotations

import polars as pl

from seriatim.findings import Severity
from seriatim.series.faults import Fault

# All control characters but tab and line ends, which a free text may hold. Half a surrogate pair cannot reach
# a Polars string; a reader that replaces it, or any undecodable byte, leaves U+FFFD.
_CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]"
_UNDECODED = "\N{REPLACEMENT CHARACTER}"
_SPREADSHEET_IDENTIFIER = r"^[0-9](?:[.,][0-9]+)?E\+[0-9]{2,}$"

FAULTS = (
    Fault("text.control_character", Severity.VALUE_SET_ASIDE, "text without control characters",
          "the file may be damaged or not text; export it again"),
    Fault("text.not_decoded", Severity.WARNING, "characters that the stated encoding can hold",
          "state the encoding of the file in the mapping"),
    Fault("text.spreadsheet_identifier", Severity.VALUE_SET_ASIDE, "an identifier as it was issued",
          "a spreadsheet turned it into a number; format the column as text and export it again"),
)  # fmt: skip


def type_text(text: pl.Series, *, is_identifier: bool = False) -> pl.DataFrame:
    """Columns `text` (blanks around it removed, empty is null) and `fault`; identifiers keep leading zeros.

    >>> type_text(pl.Series([" 007 ", "None", "1.23E+11"]), is_identifier=True).rows()
    [('007', None), ('None', None), (None, 'text.spreadsheet_identifier')]
    """
    frame = pl.DataFrame({"text": text.cast(pl.String).str.strip_chars().replace("", None)})
    written = pl.col("text")
    spreadsheet = written.str.contains(_SPREADSHEET_IDENTIFIER) & is_identifier
    fault = (
        pl.when(written.str.contains(_CONTROL)).then(pl.lit("text.control_character"))
        .when(spreadsheet).then(pl.lit("text.spreadsheet_identifier"))
        .when(written.str.contains(_UNDECODED, literal=True)).then(pl.lit("text.not_decoded"))
    )  # fmt: skip
    frame = frame.with_columns(fault=fault)
    kept = pl.col("fault").is_null() | (pl.col("fault") == "text.not_decoded")
    return frame.select(pl.when(kept).then("text").alias("text"), "fault")
