"""What does a reader hand over? Text tables under the series' own column names, before anything is typed."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from seriatim.findings import Finding


@dataclass(frozen=True, slots=True)
class Conventions:
    """How the source writes dates, decimals and local time; stated by the user, never guessed.

    `date_order` is "ymd" (ISO 8601 only), "dmy" or "mdy"; `decimal` is "." or ","; `zone` is an IANA name.
    """

    date_order: str = "ymd"
    decimal: str = "."
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of the source as text.

    `frame` has String columns named as in `schema.TABLES` (a measured column `value` comes as `value` and, where
    the source gives it, `value_unit`) and `source_row` (Int64), the row a person sees when opening the source.
    Codes are already renamed by the mapping; empty text and null both mean "nothing written".
    Rows that the reader itself could not read are in `rows_lost`, each with a finding.
    """

    name: str
    source: str
    frame: pl.DataFrame
    rows_lost: int = 0


@dataclass(frozen=True, slots=True)
class RawSource:
    """A whole source as text, with what its reader found wrong."""

    source: str
    reader: str
    tables: tuple[RawTable, ...]
    content_hash: str
    findings: tuple[Finding, ...] = ()
    conventions: Conventions = field(default_factory=Conventions)
