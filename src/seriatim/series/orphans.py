"""Which rows belong to nobody in the patient table, and which patients may be one person?"""

from __future__ import annotations

import polars as pl

from seriatim.findings import Finding, Severity
from seriatim.series.faults import Fault, shown, tell

_UNKNOWN = Fault("patient.unknown", Severity.ROW_SET_ASIDE, "a patient of the patient table",
                 "add the patient with the accrual date, or correct the identifier")  # fmt: skip
_SET_ASIDE = Fault("patient.set_aside", Severity.ROW_SET_ASIDE, "a patient whose own row could be used",
                   "mend the row of the patient first")  # fmt: skip
_NEAR = Fault("patient.near_match", Severity.WARNING, "identifiers that differ by more than spelling",
              "make sure that these are different persons; nothing was joined")  # fmt: skip


def set_orphans_aside(
    frame: pl.DataFrame, table: str, patients: pl.Series, patients_set_aside: pl.Series
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """The rows of patients in the series; the others are told, with the reason."""
    orphans = frame.filter(~pl.col("patient_id").is_in(patients.implode()))
    if orphans.is_empty():
        return frame, ()
    told = orphans.select("source_row", "patient_id", found=shown(pl.col("patient_id")))
    was_set_aside = pl.col("patient_id").is_in(patients_set_aside.drop_nulls().implode())
    findings = (
        *tell(_UNKNOWN, table, "patient_id", told.filter(~was_set_aside)),
        *tell(_SET_ASIDE, table, "patient_id", told.filter(was_set_aside)),
    )
    return frame.filter(pl.col("patient_id").is_in(patients.implode())), findings


def near_matches(patients: pl.DataFrame) -> tuple[Finding, ...]:
    """Patients whose identifiers differ only in case, width, separators or the letter O for a zero."""
    spelling = pl.col("patient_id").str.normalize("NFKC").str.to_lowercase()
    spelling = spelling.str.replace_all(r"[^\p{L}\p{N}]+", "-").str.replace_all("o", "0", literal=True)
    alike = patients.with_columns(spelling=spelling).filter(pl.len().over("spelling") > 1)
    return tell(_NEAR, "patient", "patient_id", alike.select("source_row", found=shown(pl.col("patient_id"))))
