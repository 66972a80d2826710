"""What must a reader be? The signature and the promises that every module on the shelf `readers` keeps.

A reader is one module of the package `readers` (or of any package that the entry point group `seriatim.shelves`
names `readers`), found by its file name; a file that begins with an underscore is shared ground, not a reader.

What must hold of what `read` returns:

- every column is text (`String`) under the series' own column names, `source_row` apart; nothing is typed here;
- values are stripped of white space at both ends, and empty text is null: both mean that nothing was written;
- a number comes as its shortest decimal of at most 15 digits ("3", never "3.0" or "3e0"), a date or time that the
  file itself stores as such comes as ISO 8601 text; "NA", "None" and leading zeros stay as they are written;
- a row is delivered whole or not at all: one that cannot be read is counted in `rows_lost`, with a finding;
- what the reader leaves out on purpose (a column, a sheet, a derived record) is named in a finding;
- no finding holds a patient's values; the row number finds them.

What stops a reading is raised as `UnreadableSource` (mend the file) or `InvalidDocument` (mend the mapping), with
every such fault of the source in one message.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from seriatim.readers._mapping import SourceMapping
from seriatim.series.raw import RawSource


class Reader(Protocol):
    """A module on the shelf `readers`."""

    NAME: str  # the module's file name
    DESCRIPTION: str  # one clause that ends the sentence "reads ..."

    def recognises(self, path: Path, mapping: SourceMapping | None = None) -> bool:
        """Is this source mine? Looks at names only, those of the mapping too, and never raises on a strange file."""
        ...

    def read(self, path: Path, mapping: SourceMapping | None) -> RawSource:
        """The whole source as text."""
        ...
