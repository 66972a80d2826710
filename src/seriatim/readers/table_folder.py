"""How is a folder of CSV, TSV or Parquet files read? One file a table, as text, each row whole or set aside."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from seriatim.errors import UnreadableSource
from seriatim.readers._decode import decode
from seriatim.readers._delimited import read_delimited
from seriatim.readers._folder import files_in, named_files, not_read, only_file
from seriatim.readers._mapping import SourceMapping, TableMapping, refuse_idle_keys
from seriatim.readers._names import plain_name
from seriatim.readers._parquet import read_parquet
from seriatim.readers._shape import Shaped, joined, shape
from seriatim.readers._snapshot import Snapshot, content_hash, take_snapshot
from seriatim.readers._stops import all_or_every_fault
from seriatim.readers._text_table import TextTable
from seriatim.series.raw import RawSource
from seriatim.series.schema import TABLES

NAME = "table_folder"
DESCRIPTION = "a folder with one CSV, TSV or Parquet file for each table, named by the table (patient.csv)"

_USUAL = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
_ENDINGS = (*_USUAL, ".parquet")


def recognises(path: Path, mapping: SourceMapping | None = None) -> bool:
    """A folder in which a file is named by a table, or a text file by the mapping.

    One with `series.json` is a stored series, not foreign data.
    """
    names = {file.name for file in files_in(path)} if path.is_dir() else set()
    said = {name for table in mapping.tables.values() for name in table.file} if mapping else set()
    mapped = {name for name in names & said if Path(name).suffix.lower() in _USUAL}
    return "series.json" not in names and (bool(mapped) or any(_table_of(Path(name)) for name in names))


def read(path: Path, mapping: SourceMapping | None = None) -> RawSource:
    """Every table of the folder as text."""
    mapping = mapping or SourceMapping()
    refuse_idle_keys(mapping, NAME, ("sheet", "parameter"))
    files = _files_of_tables(path, mapping)
    if not files:
        raise UnreadableSource(
            f"{path.name}: no file is named by a table, such as patient.csv;"
            " rename them, or say which is which in a mapping under file:"
        )
    snapshots = {file: take_snapshot(file) for file in sorted({file for found in files.values() for file in found})}
    steps = [partial(_shaped, table, [snapshots[file] for file in found], mapping) for table, found in files.items()]
    tables = all_or_every_fault(steps)
    strays = not_read(path, snapshots, mapping.ignore, TABLES)
    return RawSource(
        source=path.name,
        reader=NAME,
        tables=tuple(shaped.table for shaped in tables),
        content_hash=content_hash(snapshots.values()),
        findings=(*(finding for shaped in tables for finding in shaped.findings), *strays),
        conventions=mapping.stated_conventions(),
    )


def _files_of_tables(folder: Path, mapping: SourceMapping) -> dict[str, list[Path]]:
    steps = [partial(_files_of, table, folder, mapping) for table in TABLES]
    return {table: files for table, files in zip(TABLES, all_or_every_fault(steps), strict=True) if files}


def _files_of(table: str, folder: Path, mapping: SourceMapping) -> list[Path]:
    named = mapping.table(table).file
    if named:
        return named_files(folder, named, table)
    found = [file for file in files_in(folder) if _table_of(file) == table and file.name not in mapping.ignore]
    return [only_file(found, table)] if found else []


def _table_of(file: Path) -> str | None:
    name = plain_name(file.stem)
    return name if name in TABLES and file.suffix.lower() in _ENDINGS else None


def _shaped(table: str, snapshots: list[Snapshot], mapping: SourceMapping) -> Shaped:
    said = mapping.table(table)
    steps = [partial(_shaped_file, table, snapshot, said, mapping) for snapshot in snapshots]
    return joined(all_or_every_fault(steps))


def _shaped_file(table: str, snapshot: Snapshot, said: TableMapping, mapping: SourceMapping) -> Shaped:
    if not snapshot.content.strip(b"\0 \r\n\t"):
        raise UnreadableSource(f"{snapshot.name}: is empty, without even column names; export it again or remove it")
    if snapshot.name.lower().endswith(".parquet"):
        return shape(table, read_parquet(snapshot), said)
    return shape(table, _delimited(snapshot, said, mapping), said)


def _delimited(snapshot: Snapshot, said: TableMapping, mapping: SourceMapping) -> TextTable:
    text, guesses = decode(snapshot.content, snapshot.name, mapping.conventions.encoding)
    usual = _USUAL.get(Path(snapshot.name).suffix.lower(), ",")
    table = read_delimited(text, snapshot.name, delimiter=mapping.delimiter, usual=usual, header_row=said.header_row)
    return TextTable(table.name, table.frame, table.rows_lost, (*guesses, *table.findings))
