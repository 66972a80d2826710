"""What is a treatment series in memory? Typed tables, their engine, what was found, and where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.findings import Finding, Receipt


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a series came from: source name, reader, hash over the content, and the data cut (last instant seen)."""

    source: str
    reader: str
    content_hash: str
    data_cut: datetime | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, repr=False)
class TreatmentSeries:
    """Patients treated one after another. `tables` are lazy frames with the stored columns of `schema.TABLES`.

    A table that the source does not have is absent from `tables`: absent is not the same as empty.
    The patient table always has `case_number`, from 1 without gaps, in order of accrual.
    """

    tables: Mapping[str, nw.LazyFrame[Any]]
    engine: str
    provenance: Provenance
    findings: tuple[Finding, ...] = ()
    receipt: Receipt = field(default_factory=Receipt)

    def __repr__(self) -> str:
        # Names and counts only: a series shown in a log or a notebook shows no patient.
        rows = ", ".join(f"{line.table} {line.rows_used:,}" for line in self.receipt.tables)
        told = f"{len(self.findings)} finding" + ("" if len(self.findings) == 1 else "s")
        return f"TreatmentSeries({self.provenance.source!r}, {rows or ', '.join(self.tables)}, {told}, {self.engine})"

    def has(self, table: str) -> bool:
        return table in self.tables
