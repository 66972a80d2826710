"""In which order is a page read: which number and which id does each section, table and figure get?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from seriatim.pages import Block, Figure, Listing, Page, Section, Sentence, Table


@dataclass(frozen=True, slots=True)
class Part:
    """One block with its kind, an id no other part of the page has, and its number among its kind."""

    block: Block
    kind: str
    identifier: str
    number: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """One section with its id and its numbered blocks."""

    section: Section
    identifier: str
    parts: tuple[Part, ...]


KINDS: dict[type, str] = {Sentence: "sentence", Table: "table", Figure: "figure", Listing: "listing"}


def outline(page: Page) -> tuple[Chapter, ...]:
    """The sections with every table, figure and listing numbered from 1 in reading order.

    >>> toxicity = Section("toxicity", "Toxicity", (Table("incidence", "Incidence", ("endpoint",), ()),))
    >>> [(part.kind, part.number, part.identifier) for part in outline(Page("IL-2", "", (toxicity,)))[0].parts]
    [('table', 1, 'table-incidence')]
    """
    identifiers = _Identifiers()
    counted = dict.fromkeys(KINDS.values(), 0)
    return tuple(_chapter(section, identifiers, counted) for section in page.sections)


def table_beside(figure: Figure, chapters: Iterable[Chapter]) -> Part | None:
    """The table that holds the numbers of a figure, None where the page has no such table."""
    parts = (part for chapter in chapters for part in chapter.parts)
    return next((part for part in parts if isinstance(part.block, Table) and part.block.name == figure.table), None)


def _chapter(section: Section, identifiers: _Identifiers, counted: dict[str, int]) -> Chapter:
    identifier = identifiers.new("section", section.name)
    return Chapter(section, identifier, tuple(_parts(section, identifiers, counted)))


def _parts(section: Section, identifiers: _Identifiers, counted: dict[str, int]) -> Iterator[Part]:
    for block in section.blocks:
        kind = KINDS[type(block)]
        counted[kind] += 1
        yield Part(block, kind, identifiers.new(kind, getattr(block, "name", str(counted[kind]))), counted[kind])


class _Identifiers:
    """Which ids are taken; two blocks of one name must not share one."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def new(self, kind: str, name: str) -> str:
        words = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name)
        stem = f"{kind}-{words}"
        number = 1
        while (identifier := stem if number == 1 else f"{stem}-{number}") in self.taken:
            number += 1
        self.taken.add(identifier)
        return identifier
