"""Which stored columns does one table of text become?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from seriatim.findings import Finding, Severity
from seriatim.series import measured, partial_dates, plain_text
from seriatim.series.coded import faults_of_code, type_code
from seriatim.series.faults import Fault, shown, tell, tell_table
from seriatim.series.raw import Conventions, RawTable
from seriatim.series.schema import Column, Kind, Table, stored_columns, table_columns
from seriatim.series.whole_numbers import faults_of_whole_number, type_whole_number

DTYPES: Mapping[str, pl.DataType] = MappingProxyType(
    {"text": pl.String(), "int64": pl.Int64(), "instant": pl.Datetime("us")}
)
IDENTIFIERS = ("patient_id", "candidate_id")
_NOT_USED = Fault("column.not_used", Severity.NOTE, "a column of the table",
                  "nothing to do, or name the column it belongs to in the mapping file under columns:")  # fmt: skip
_NO_UNIT = Fault("measured.no_unit", Severity.WARNING, "a unit beside each measured value",
                 "add the unit column or state the unit in the mapping file; without it nothing is graded")  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypedTable:
    """A table with its stored columns, the columns it was given, and what was found in its values."""

    frame: pl.DataFrame
    given: frozenset[str]
    findings: tuple[Finding, ...]


def type_table(raw: RawTable, table: Table, conventions: Conventions) -> TypedTable:
    """Every declared column in its stored form (null where not given), extras as text, `source_row` last."""
    given = frozenset(name for name in raw.frame.columns if _is_given(raw.frame[name]))
    extras, unused = _extra_columns(raw, table)
    frames, findings = [], [tell_table(_NOT_USED, raw.name, f'"{name}"', raw.frame.height, name) for name in unused]
    for column in (*table.columns, *(Column(name, Kind.TEXT, "") for name in extras)):
        frame, found = _type_column(raw, column, conventions)
        frames.append(frame)
        findings.extend(found)
    source_row = raw.frame.select(pl.col("source_row").cast(pl.Int64))
    return TypedTable(pl.concat([*frames, source_row], how="horizontal"), given, tuple(findings))


def _is_given(text: pl.Series) -> bool:
    return bool((text.cast(pl.String).str.strip_chars() != "").any())


def _extra_columns(raw: RawTable, table: Table) -> tuple[list[str], list[str]]:
    """Columns that the schema does not have: those kept as text, and those not used.

    A column under the name of a stored one (`accrual_earliest`, from our own export) is worked out anew.
    """
    declared = {column.name for column in table.columns}
    units = {f"{column.name}_unit" for column in table.columns if column.kind is Kind.MEASURED}
    others = sorted(set(raw.frame.columns) - declared - units - {"source_row"})
    stored = {name for name, _ in table_columns(table)}
    extras = [name for name in others if table.extras_allowed and name not in stored]
    return extras, [name for name in others if name not in extras]


def _type_column(raw: RawTable, column: Column, conventions: Conventions) -> tuple[pl.DataFrame, list[Finding]]:
    names = [name for name, _ in stored_columns(column)]
    if column.name not in raw.frame.columns:
        empty = pl.DataFrame(schema={name: DTYPES[dtype] for name, dtype in stored_columns(column)})
        return empty.clear(raw.frame.height), []
    typed = _TYPE_BY_KIND[column.kind](raw, column, conventions)
    typed.columns = [*names, "fault"]
    findings = _findings(raw, column, typed["fault"])
    if column.kind is Kind.MEASURED and not column.name.endswith("_limit"):
        findings.extend(_without_unit(raw, column, typed))
    return typed.drop("fault"), findings


def _findings(raw: RawTable, column: Column, fault: pl.Series) -> list[Finding]:
    if fault.null_count() == len(fault):
        return []
    rows = raw.frame.select("source_row", found=shown(pl.col(column.name))).with_columns(fault=fault)
    return [
        finding
        for kind in _FAULTS_BY_KIND[column.kind](column)
        for finding in tell(kind, raw.name, column.name, rows.filter(pl.col("fault") == kind.rule))
    ]


def _without_unit(raw: RawTable, column: Column, typed: pl.DataFrame) -> list[Finding]:
    without = typed.filter(
        pl.col(f"{column.name}_micro").is_not_null() & pl.col(f"{column.name}_unit").is_null()
    ).height
    return [tell_table(_NO_UNIT, raw.name, "values without a unit", without, column.name)] if without else []


def _type_measured(raw: RawTable, column: Column, conventions: Conventions) -> pl.DataFrame:
    unit = f"{column.name}_unit"
    reported = raw.frame[unit] if unit in raw.frame.columns else None
    return measured.type_measured(raw.frame[column.name], reported, conventions.decimal)


_TYPE_BY_KIND: Mapping[Kind, Callable[[RawTable, Column, Conventions], pl.DataFrame]] = MappingProxyType(
    {
        Kind.TEXT: lambda raw, column, _: plain_text.type_text(
            raw.frame[column.name], is_identifier=column.name in IDENTIFIERS
        ),
        Kind.INTEGER: lambda raw, column, _: type_whole_number(raw.frame[column.name], column),
        Kind.CODE: lambda raw, column, _: type_code(raw.frame[column.name], column.codes),
        Kind.WHEN: lambda raw, column, conventions: partial_dates.type_when(raw.frame[column.name], conventions),
        Kind.MEASURED: _type_measured,
    }
)
_FAULTS_BY_KIND: Mapping[Kind, Callable[[Column], tuple[Fault, ...]]] = MappingProxyType(
    {
        Kind.TEXT: lambda _: plain_text.FAULTS,
        Kind.INTEGER: faults_of_whole_number,
        Kind.CODE: faults_of_code,
        Kind.WHEN: lambda _: partial_dates.FAULTS,
        Kind.MEASURED: lambda _: measured.FAULTS,
    }
)
