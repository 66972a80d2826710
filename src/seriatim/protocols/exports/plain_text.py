"""How is a page read where there is no browser? As plain text, a line at most as wide as a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from seriatim.pages import Block, Figure, Listing, Page, Sentence, Table, TableRow

WIDTH = 100


def page_text(page: Page) -> str:
    """The page as text: what marks its sheets first, then headings, sentences and tables row by row.

    >>> from seriatim.pages import Section
    >>> print(page_text(Page("IL-2", "version 1", (Section("dose", "Dose", (Sentence("Every 8 hours."),)),))))
    IL-2
    version 1
    <BLANKLINE>
    Dose
    ----
    Every 8 hours.
    """
    lines = [page.paper.across] if page.paper.across else []
    lines += [page.title, *([page.subtitle] if page.subtitle else [])]
    for section in page.sections:
        lines += ["", section.heading, "-" * len(section.heading)]
        lines += [line for block in section.blocks for line in _block(block)]
        lines += [line for note in section.notes for line in wrap(note, WIDTH)]
    return "\n".join([*lines, *(["", page.paper.foot] if page.paper.foot else [])])


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Sentence):
        yield from wrap(("CAUTION: " if block.tone == "caution" else "") + block.text, WIDTH)
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Figure):
        yield from wrap(block.alternative, WIDTH)
    elif isinstance(block, Listing):
        yield from block.text.splitlines()


def _table(table: Table) -> Iterator[str]:
    yield from wrap(f"{table.caption}:", WIDTH)
    for row in table.rows:
        yield from _row(table, row)
    for note in table.notes:
        yield from wrap(note, WIDTH)


def _row(table: Table, row: TableRow) -> Iterator[str]:
    """The header with its box, then each filled cell under the name of its column."""
    boxes = [cell.text for cell in row.cells if cell.kind == "blank" and cell.text]
    yield from wrap(" ".join([*boxes[:1], row.header]), WIDTH, initial_indent="  " * row.level)
    for column, cell in zip(table.columns[1:], row.cells, strict=True):
        if cell.kind != "blank" and cell.text.strip():
            indent = "  " * (row.level + 2)
            yield from wrap(f"{column}: {cell.text}", WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
    if row.note:
        yield from wrap(f"({row.note})", WIDTH, initial_indent="  " * (row.level + 2))
