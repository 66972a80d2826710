"""How do the text tables of a source become a treatment series, with nothing lost in silence?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from seriatim.engines.choose import choose_engine, open_frames
from seriatim.errors import Misuse, UnreadableSource
from seriatim.findings import Finding, Receipt, Severity, TableReceipt, worst_first
from seriatim.series.accrual import put_in_order
from seriatim.series.checks import check
from seriatim.series.content_hash import hash_in_order, in_canonical_order
from seriatim.series.data_cut import data_cut
from seriatim.series.duplicates import set_duplicates_aside
from seriatim.series.faults import Fault, tell_table
from seriatim.series.local_time import check_zone
from seriatim.series.numbering import levels_beyond_first, number_rows
from seriatim.series.orphans import near_matches, set_orphans_aside
from seriatim.series.raw import Conventions, RawSource, RawTable
from seriatim.series.required import missing_columns, set_incomplete_aside
from seriatim.series.schema import TABLES, Table
from seriatim.series.series import Provenance, TreatmentSeries
from seriatim.series.typed_table import type_table

_NO_SUCH_TABLE = Fault("table.unknown", Severity.ROW_SET_ASIDE, f"one of {', '.join(TABLES)}",
                       "name the table it belongs to in the mapping file under tables:")  # fmt: skip
_TWICE = Fault("table.twice", Severity.ROW_SET_ASIDE, "each table once",
               "join the two in the source; the first one is used")  # fmt: skip
_NO_COLUMN = Fault("table.required_column_missing", Severity.ROW_SET_ASIDE, "every required column",
                   "name the column that holds it in the mapping file under columns:")  # fmt: skip


@dataclass(slots=True)
class _Intake:
    """What was taken in so far. Tables come in the order of the schema, so that patients come first."""

    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    lines: list[TableReceipt] = field(default_factory=list)
    patients_set_aside: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.String))
    beyond_first: set[str] = field(default_factory=set)


def take_in(raw: RawSource, *, engine: str = "auto", memory: str | None = None) -> TreatmentSeries:
    """Type every value, set aside what cannot be used, put the patients in order; everything set aside is a finding.

    Errors: `UnreadableSource` where no usable patient table is left, `Misuse` for a wrong convention or engine.

    >>> patient = pl.DataFrame({"source_row": [2, 3], "patient_id": ["007", "008"], "accrual": ["1986-03", "1985-11-02"]})
    >>> series = take_in(RawSource("ward", "by hand", (RawTable("patient", "patient.csv", patient),), ""))
    >>> series.tables["patient"].select("case_number", "patient_id").sort("case_number").collect().to_native().rows()
    [(1, '008'), (2, '007')]
    """  # noqa: E501
    _check(raw.conventions)
    intake = _Intake(findings=list(raw.findings))
    for table in _known_once(raw, intake):
        _take_table(table, raw.conventions, intake)
    _require_patients(raw, intake)
    return _as_series(raw, intake, engine, memory)


def _check(conventions: Conventions) -> None:
    check_zone(conventions.zone)
    if conventions.date_order not in ("ymd", "dmy", "mdy"):
        raise Misuse(f'date_order: found "{conventions.date_order}", expected ymd, dmy or mdy')
    if conventions.decimal not in (".", ","):
        raise Misuse(f'decimal: found "{conventions.decimal}", expected "." or ","')


def _known_once(raw: RawSource, intake: _Intake) -> list[RawTable]:
    """The tables of the schema in its order; others and second ones are set aside as a whole."""
    known: dict[str, RawTable] = {}
    for table in raw.tables:
        if table.name not in TABLES:
            _set_table_aside(table, _NO_SUCH_TABLE, f'"{table.name}"', intake)
        elif table.name in known:
            _set_table_aside(table, _TWICE, f"a second {table.name} in {table.source}", intake)
        else:
            known[table.name] = table
    return [known[name] for name in TABLES if name in known]


def _set_table_aside(raw: RawTable, fault: Fault, found: str, intake: _Intake) -> None:
    intake.findings.append(tell_table(fault, raw.name, found, raw.frame.height))
    rows = raw.frame.height + raw.rows_lost
    intake.lines.append(TableReceipt(raw.name, raw.source, rows, 0, rows, 0, ""))


def _take_table(raw: RawTable, conventions: Conventions, intake: _Intake) -> None:
    table = TABLES[raw.name]
    missing = missing_columns(table, raw.frame.columns)
    if missing:
        return _set_table_aside(raw, _NO_COLUMN, f"no column {', '.join(missing)}", intake)
    typed = type_table(raw, table, conventions)
    frame, findings = _usable_rows(typed.frame, table, typed.given, intake)
    frame = in_canonical_order(frame)
    intake.frames[table.name] = frame
    intake.findings += (*typed.findings, *findings)
    told = [finding for finding in intake.findings if finding.table == table.name]
    intake.lines.append(_receipt(raw, frame, told))
    return None


def _usable_rows(
    frame: pl.DataFrame, table: Table, given: frozenset[str], intake: _Intake
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    if table.name == "patient":
        return _usable_patients(frame, table, intake)
    numbered: pl.DataFrame = frame
    first: tuple[Finding, ...] = ()
    if table.column("patient_id"):
        numbered, first = _of_patients(frame, table, given, intake)
    complete, second = set_incomplete_aside(numbered, table)
    unique, third = set_duplicates_aside(complete, table)
    intake.beyond_first |= levels_beyond_first(unique)
    return unique, (*first, *second, *third)


def _of_patients(
    frame: pl.DataFrame, table: Table, given: frozenset[str], intake: _Intake
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    patients = intake.frames["patient"]["patient_id"] if "patient" in intake.frames else intake.patients_set_aside[:0]
    # Rows without any identifier are not orphans; they are told as incomplete by the next step.
    named = frame.filter(pl.col("patient_id").is_not_null())
    ours, orphans = set_orphans_aside(named, table.name, patients, intake.patients_set_aside)
    unnamed = frame.filter(pl.col("patient_id").is_null())
    numbered, notes = number_rows(ours, table, given, intake.beyond_first)
    return pl.concat([numbered, unnamed]), (*orphans, *notes)


def _usable_patients(frame: pl.DataFrame, table: Table, intake: _Intake) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    complete, first = set_incomplete_aside(frame, table)
    unique, second = set_duplicates_aside(complete, table)
    ordered, third = put_in_order(unique)
    intake.patients_set_aside = frame.join(unique, on="patient_id", how="anti")["patient_id"]
    return ordered, (*first, *second, *third, *near_matches(unique))


def _receipt(raw: RawTable, frame: pl.DataFrame, findings: list[Finding]) -> TableReceipt:
    rows_read = raw.frame.height + raw.rows_lost
    values = sum(finding.rows for finding in findings if finding.severity is Severity.VALUE_SET_ASIDE)
    return TableReceipt(
        raw.name, raw.source, rows_read, frame.height, rows_read - frame.height, values, hash_in_order(frame)
    )


def _require_patients(raw: RawSource, intake: _Intake) -> None:
    if "patient" in intake.frames:
        return
    told = worst_first(finding for finding in intake.findings if finding.table == "patient")
    reason = str(told[0]) if told else "no patient table; a series needs one row a patient with patient_id and accrual"
    raise UnreadableSource(f"{raw.source}: {reason}")


def _as_series(raw: RawSource, intake: _Intake, engine: str, memory: str | None) -> TreatmentSeries:
    largest = max(frame.height for frame in intake.frames.values())
    chosen = choose_engine(engine, memory, largest)
    cut = data_cut(intake.frames)
    provenance = Provenance(raw.source, raw.reader, raw.content_hash, cut, raw.conventions.zone)
    frames = open_frames(intake.frames, chosen, memory)
    series = TreatmentSeries(frames, chosen, provenance, (), Receipt(tuple(intake.lines)))
    return replace(series, findings=tuple(worst_first((*intake.findings, *check(series)))))
