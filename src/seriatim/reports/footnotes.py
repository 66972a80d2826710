"""Which mark does each footnote of a table get?"""

from __future__ import annotations

from string import ascii_lowercase

from seriatim.pages import Table


def footnote_marks(table: Table) -> dict[str, str]:
    """The notes of rows and cells in reading order, each with its letter; equal notes share one.

    >>> from seriatim.pages import Cell, TableRow
    >>> row = TableRow("Cardiac ischaemia", (Cell("0.060", note="depends on the test"),), note="grade 4 only")
    >>> footnote_marks(Table("trend", "Trend", ("endpoint", "P"), (row,)))
    {'grade 4 only': 'a', 'depends on the test': 'b'}
    """
    notes = (note for row in table.rows for note in (row.note, *(cell.note for cell in row.cells)) if note)
    return {note: _letters(index) for index, note in enumerate(dict.fromkeys(notes))}


def _letters(index: int) -> str:
    # a to z, then aa, ab: a long table has more notes than the alphabet letters.
    beyond, letter = divmod(index, len(ascii_lowercase))
    return (_letters(beyond - 1) if beyond else "") + ascii_lowercase[letter]
