"""Does a table of a page have a cell for every column?"""

from __future__ import annotations

import pytest

from seriatim.pages import Cell, Table, TableRow


def test_row_with_a_cell_too_few_or_too_many_is_no_row_of_the_table():
    for cells in ((), (Cell("1"), Cell("2"))):
        with pytest.raises(ValueError, match=f"sepsis, row 'first': {len(cells)} cells for 1 columns"):
            Table("sepsis", "Line sepsis", ("Group", "n/N"), (TableRow("first", cells),))


def test_table_with_its_cells_is_made():
    table = Table("sepsis", "Line sepsis", ("Group", "n/N"), (TableRow("first", (Cell("28/155"),)),))
    assert table.rows[0].cells[0].kind == "number"
