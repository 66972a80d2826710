"""Which column of the source is which column of the series? By the mapping, by the reader's custom, or by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.findings import Finding
from seriatim.readers._findings import no_rows, none_occurred, note, summed_up, warning
from seriatim.readers._mapping import TableMapping, did_you_mean, targets
from seriatim.readers._names import plain_name
from seriatim.readers._text_table import TextTable
from seriatim.series.raw import RawTable
from seriatim.series.schema import TABLES, Table, table_columns


@dataclass(frozen=True, slots=True)
class Shaped:
    """One series table as text, which column of the source each column came from, and what was found on the way.

    Findings speak of the series table and of the columns of the source, as a person sees it.
    """

    table: RawTable
    columns: Mapping[str, str]
    findings: tuple[Finding, ...]

    def also(self, findings: Iterable[Finding]) -> Shaped:
        """The same with further findings."""
        return replace(self, findings=summed_up((*self.findings, *_about(self.table.name, findings))))


def shape(name: str, source: TextTable, mapping: TableMapping) -> Shaped:
    """The columns of a file or sheet under the names of the series table `name`.

    A header is taken for a series column when it differs only in case, blanks and hyphens:

    >>> text = TextTable("patient.csv", pl.DataFrame({"Patient ID": ["007"], "ACCRUAL": ["1988"], "source_row": [2]}))
    >>> shape("patient", text, TableMapping()).table.frame.columns
    ['patient_id', 'accrual', 'source_row']
    """
    table = TABLES[name]
    headers = [header for header in source.frame.columns if header != "source_row"]
    chosen = _chosen(table, headers, mapping, source)
    left = [header for header in headers if header not in chosen.values()]
    extras, unused = _left_over(table, left, source.frame)
    frame = rename(source.frame, {**chosen, **{header: header for header in extras}})
    findings = (*source.findings, *_unused(table, unused, source.name))
    return finish(name, TextTable(source.name, frame, source.rows_lost, findings), mapping, chosen)


def finish(name: str, source: TextTable, mapping: TableMapping, columns: Mapping[str, str]) -> Shaped:
    """Put in the constants and our words for theirs, and say so when there is no row at all."""
    frame = _with_constants(source.frame, mapping, source.name)
    frame, unmet = _recoded(frame, mapping, source.name)
    empty = [_without_rows(name, source, mapping)] if frame.is_empty() and source.rows_lost == 0 else []
    raw = RawTable(name, source.name, frame, source.rows_lost)
    return Shaped(raw, columns, ()).also((*source.findings, *unmet, *empty))


def _without_rows(name: str, source: TextTable, mapping: TableMapping) -> Finding:
    return none_occurred(source.name) if mapping.none_occurred else no_rows(source.name, name)


def joined(parts: Sequence[Shaped]) -> Shaped:
    """One table that lies in several files, in the order given; row numbers stay those of each file."""
    if len(parts) == 1:
        return parts[0]
    frame = pl.concat([part.table.frame for part in parts], how="diagonal")
    rest = [column for column in frame.columns if column != "source_row"]
    source = " + ".join(part.table.source for part in parts)
    lost = sum(part.table.rows_lost for part in parts)
    raw = RawTable(parts[0].table.name, source, frame.select(*rest, "source_row"), lost)
    findings = [
        replace(found, found=f"in {part.table.source}, {found.found}") for part in parts for found in part.findings
    ]
    return Shaped(raw, parts[0].columns, ()).also(findings)


def rename(frame: pl.DataFrame, chosen: Mapping[str, str]) -> pl.DataFrame:
    """Series columns from source columns, in the order given, `source_row` last."""
    return frame.select(*(pl.col(header).alias(column) for column, header in chosen.items()), "source_row")


def find_header(wanted: str, headers: Iterable[str]) -> str | None:
    """The header of that exact name, else the one of that plain name."""
    headers = list(headers)
    if wanted in headers:
        return wanted
    return next((header for header in headers if plain_name(header) == plain_name(wanted)), None)


def _about(table: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings under the name of the series table, by which the receipt gathers them."""
    return tuple(replace(found, table=table) for found in findings)


def _chosen(table: Table, headers: list[str], mapping: TableMapping, source: TextTable) -> dict[str, str]:
    """Series column -> header: first what the mapping says, then what bears the name."""
    said = {column: find_header(wanted, headers) for column, wanted in mapping.columns.items()}
    absent = [mapping.columns[column] for column, header in said.items() if header is None]
    wanted = {*targets(table), *map(plain_name, mapping.columns.values())}
    if absent:
        named = ", ".join(f'"{header}"{did_you_mean(header, headers)}' for header in absent)
        raise InvalidDocument(
            f"{source.name}: the mapping of {table.name} names columns that it does not have: {named};"
            f" it has {', '.join(headers)}{_where_the_header_may_be(wanted, source)}"
        )
    free = [header for header in headers if header not in said.values()]
    found = {column: said.get(column) or _by_name(column, free, source.name) for column in targets(table)}
    chosen = {column: header for column, header in {**found, **said}.items() if header is not None}
    if not chosen:
        hint = _where_the_header_may_be(wanted, source)
        name_them = "; name its columns as the template does, or in a mapping under columns:"
        raise UnreadableSource(f"{source.name}: no column of {table.name} found{hint or name_them}")
    return chosen


def _where_the_header_may_be(wanted: set[str], source: TextTable) -> str:
    """Titles above the column names are common in hand-kept sheets."""
    for row in source.frame.head(20).iter_rows(named=True):
        names = {plain_name(value) for value in row.values() if isinstance(value, str)}
        if len(names & wanted) > 1:
            place = row["source_row"]
            return f"; row {place} seems to name the columns: state header_row: {place} in the mapping"
    return ""


def _by_name(column: str, headers: list[str], source: str) -> str | None:
    if column in headers:
        return column
    alike = [header for header in headers if plain_name(header) == column]
    if len(alike) > 1:
        both = " and ".join(f'"{header}"' for header in alike)
        raise UnreadableSource(
            f"{source}: {both} could each be {column}; rename one, or say which in the mapping under columns: {column}:"
        )
    return alike[0] if alike else None


def _left_over(table: Table, headers: list[str], frame: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Headers that no series column takes: further columns of a patient are kept, the rest is unused.

    A column without a name and without a value is what a delimiter at the end of each line makes: no column.
    """
    written = [header for header in headers if not (_has_no_name(header) and frame[header].null_count() == len(frame))]
    if not table.extras_allowed:
        return [], written
    reserved = {name for name, _ in table_columns(table)}
    extras = [header for header in written if header not in reserved and not _has_no_name(header)]
    return extras, [header for header in written if header not in extras]


def _has_no_name(header: str) -> bool:
    return re.fullmatch(r"column \d+", header) is not None


def _unused(table: Table, headers: list[str], source: str) -> list[Finding]:
    return [
        warning(
            "column.unknown",
            source,
            column=header,
            found="a column without a name" if _has_no_name(header) else f'a column "{header}"',
            expected=f"a column of {table.name}{did_you_mean(plain_name(header), targets(table))}",
            next_move="it was not read; name it in the mapping under columns: if it belongs to the series",
        )
        for header in headers
    ]


def _with_constants(frame: pl.DataFrame, mapping: TableMapping, source: str) -> pl.DataFrame:
    doubled = [column for column in mapping.constants if column in frame.columns]
    if doubled:
        raise InvalidDocument(
            f"{source}: {', '.join(doubled)} stand under constants: in the mapping, but the source has them;"
            " remove the constants or the columns"
        )
    constants = [pl.lit(value, pl.String).alias(column) for column, value in mapping.constants.items()]
    rest = [column for column in frame.columns if column != "source_row"]
    return frame.select(*rest, *constants, "source_row")


def _recoded(frame: pl.DataFrame, mapping: TableMapping, source: str) -> tuple[pl.DataFrame, list[Finding]]:
    findings: list[Finding] = []
    for column, words in mapping.codes.items():
        met = set(frame[column].unique()) if column in frame.columns else set()
        if unmet := [word for word in words if word not in met]:
            findings.append(_never_met(source, column, unmet))
        if column in frame.columns:
            frame = frame.with_columns(pl.col(column).replace(dict(words)))
    return frame, findings


def _never_met(source: str, column: str, words: list[str]) -> Finding:
    return note(
        "mapping.word_not_met",
        source,
        column=column,
        found=f"no {' and no '.join(words)}",
        expected="the words that the mapping lists under codes:",
        next_move="remove the words, or mend their spelling: capitals count",
    )
