"""In which order were the patients treated, so that the series is consecutive?"""

from __future__ import annotations

import polars as pl

from seriatim.findings import Finding, Severity
from seriatim.series.faults import Fault, tell, tell_table

REPORTED = "case_number_reported"
_PARTIAL = Fault("accrual.partial", Severity.WARNING, "an accrual date to the day",
                 "complete the date; until then the patient is placed by its earliest reading")  # fmt: skip
_TIES = Fault("accrual.tied", Severity.NOTE, "accrual times that tell the patients apart",
              "patients of one day are in the order of their identifiers; their true order is not known")  # fmt: skip
_INCOMPLETE = Fault("case_number.incomplete", Severity.WARNING, "a case number for every patient or for none",
                    "complete the numbers; until then all patients are in the order of accrual")  # fmt: skip
_TWICE = Fault("case_number.twice", Severity.WARNING, "a case number of its own",
               "correct the numbers; until then accrual and identifier decide")  # fmt: skip
_GAP = Fault("case_number.gap", Severity.WARNING, "consecutive case numbers from 1",
             "find out who the missing cases are: a series with a gap is not consecutive")  # fmt: skip
_AGAINST_DATES = Fault("case_number.against_accrual", Severity.WARNING, "accrual not before that of an earlier case",
                       "correct the number or the date; until then the number decides")  # fmt: skip


def put_in_order(patients: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Patients with `case_number` 1, 2, 3 ...: by the given numbers if all have one, else by accrual.

    Given numbers are kept in `case_number_reported` where they had to be replaced (gaps, doubles, some missing).
    """
    reported = patients["case_number"]
    findings = [*_partial(patients)]
    if reported.null_count() == patients.height:
        order = ["accrual_earliest", "patient_id"]
        findings += _ties(patients)
    elif reported.null_count():
        order = ["accrual_earliest", "patient_id"]
        missing = patients.filter(pl.col("case_number").is_null())
        findings += tell(_INCOMPLETE, "patient", "case_number", missing.select("source_row", found=pl.lit("nothing")))
    else:
        order = ["case_number", "accrual_earliest", "patient_id"]
        findings += [*_twice(patients), *_gaps(reported), *_against_dates(patients)]
    numbered = patients.sort(order).with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("case_number"))
    return _keeping_reported(numbered, patients), tuple(findings)


def _keeping_reported(numbered: pl.DataFrame, patients: pl.DataFrame) -> pl.DataFrame:
    reported = patients.select("source_row", pl.col("case_number").cast(pl.String).alias(REPORTED))
    joined = numbered.join(reported, on="source_row", how="left", maintain_order="left")
    unchanged = joined[REPORTED].is_null().all() or (joined[REPORTED] == joined["case_number"].cast(pl.String)).all()
    if unchanged or REPORTED in patients.columns:
        return numbered
    return joined.select(*[name for name in numbered.columns if name != "source_row"], REPORTED, "source_row")


def _partial(patients: pl.DataFrame) -> tuple[Finding, ...]:
    # A day of 25 hours is still a day.
    width = pl.col("accrual_latest") - pl.col("accrual_earliest")
    partial = patients.filter(width > pl.duration(hours=25))
    return tell(_PARTIAL, "patient", "accrual", partial.select("source_row", found=pl.format('"{}"', "accrual")))


def _ties(patients: pl.DataFrame) -> list[Finding]:
    tied = patients.filter(pl.col("accrual_earliest").is_duplicated()).height
    return [tell_table(_TIES, "patient", f"{tied} patients with the time of another", tied, "accrual")] if tied else []


def _twice(patients: pl.DataFrame) -> tuple[Finding, ...]:
    twice = patients.filter(pl.col("case_number").is_duplicated())
    return tell(_TWICE, "patient", "case_number", twice.select("source_row", found=pl.col("case_number").cast(str)))


def _gaps(reported: pl.Series) -> list[Finding]:
    numbers = reported.unique().sort()
    before = numbers.shift(1).fill_null(0)
    gaps = pl.DataFrame({"low": before + 1, "high": numbers - 1}).filter(pl.col("low") <= pl.col("high"))
    if gaps.is_empty():
        return []
    shown = [f"{low}" if low == high else f"{low} to {high}" for low, high in gaps.head(20).iter_rows()]
    more = f" and {gaps.height - 20} more gaps" if gaps.height > 20 else ""
    missing = int((gaps["high"] - gaps["low"] + 1).sum())
    return [tell_table(_GAP, "patient", f"no case {', '.join(shown)}{more}", missing, "case_number")]


def _against_dates(patients: pl.DataFrame) -> tuple[Finding, ...]:
    ordered = patients.sort("case_number", "accrual_earliest", "patient_id")
    latest_start_so_far = pl.col("accrual_earliest").cum_max()
    against = ordered.filter(pl.col("accrual_latest") < latest_start_so_far)
    found = pl.format('case {} on "{}"', "case_number", "accrual")
    return tell(_AGAINST_DATES, "patient", "case_number", against.select("source_row", found=found))
