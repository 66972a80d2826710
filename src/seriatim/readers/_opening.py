"""Which reader reads this source? The one that the mapping names, else the only one that recognises it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

from seriatim.errors import Misuse, UnreadableSource
from seriatim.readers._contract import Reader
from seriatim.readers._datasets import ENDINGS
from seriatim.readers._findings import NO_ROWS
from seriatim.readers._mapping import SourceMapping
from seriatim.series.raw import RawSource
from seriatim.shelves import names_on, take

SHELF = "readers"


def open_source(path: Path, mapping: SourceMapping | None = None) -> RawSource:
    """The whole source as text, by the reader that knows it; `UnreadableSource` tells what was looked for."""
    if not path.exists():
        raise UnreadableSource(f"{path.name}: there is no such file or folder; check its name")
    return _kept(reader_for(path, mapping).read(path, mapping))


def _kept(source: RawSource) -> RawSource:
    """Without tables that nobody kept, so that no record of them is taken for none of them.

    Patients stay, since a series without any is refused with its own sentence.
    """
    unkept = {finding.table for finding in source.findings if finding.rule == NO_ROWS} - {"patient"}
    return replace(source, tables=tuple(table for table in source.tables if table.name not in unkept))


def reader_for(path: Path, mapping: SourceMapping | None = None) -> Reader:
    """The reader of a source: named by the mapping, or the only one that recognises it."""
    if mapping is not None and mapping.reader is not None:
        return cast(Reader, take(SHELF, mapping.reader))
    readers = {name: cast(Reader, take(SHELF, name)) for name in names_on(SHELF)}
    knowing = [name for name, reader in readers.items() if reader.recognises(path, mapping)]
    if not knowing:
        raise UnreadableSource(_nobody(path, readers))
    if len(knowing) > 1:
        raise Misuse(
            f"{_name(path)}: {' and '.join(knowing)} could each read this; say which in the mapping under reader:"
        )
    return readers[knowing[0]]


def _name(path: Path) -> str:
    """The last part of a path; the folder one stands in is written as a point and has a name all the same."""
    return path.resolve().name


def _nobody(path: Path, readers: dict[str, Reader]) -> str:
    if path.is_file() and path.suffix.lower() in ENDINGS:
        # Nobody is a patient by an adverse event alone: DM or ADSL must lie beside it.
        return f"{_name(path)}: is one data set of several; give the folder that it is in, with DM or ADSL"
    looked_for = "\n".join(f"  {name}: {reader.DESCRIPTION}" for name, reader in readers.items())
    return (
        f"{_name(path)}: no reader recognises this {'folder' if path.is_dir() else 'file'}. What was looked for:\n"
        f"{looked_for}\n  or name the reader, and the files or sheets, in a mapping"
    )
