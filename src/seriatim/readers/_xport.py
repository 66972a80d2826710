"""Is a SAS transport file whole, and what does it say? Version 5 and 8, told apart by their own headers."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import Any

import polars as pl
import pyreadstat

from seriatim.errors import UnreadableSource
from seriatim.findings import Finding
from seriatim.readers._findings import note
from seriatim.readers._snapshot import Snapshot
from seriatim.readers._text import as_text
from seriatim.readers._text_table import TextTable

CARD = 80  # a transport file is a row of 80-byte cards
NAMESTR = 140  # bytes that describe one variable
FALLBACK = "WINDOWS-1252"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the observations of the only member begin, how long one is, and how many the header promises."""

    start: int
    record: int
    promised: int | None


def read_xport(snapshot: Snapshot) -> TextTable:
    """One member as text; a file that is cut short, empty or holds two members is refused, not read in part."""
    layout = layout_of(snapshot)
    frame, findings = _decoded(snapshot)
    _check_count(snapshot, layout, len(frame))
    text, strange = as_text(frame, snapshot.name)
    numbered = text.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("source_row"))
    return TextTable(snapshot.name, numbered, 0, (*findings, *strange))


def layout_of(snapshot: Snapshot) -> Layout:
    """Read the headers, and refuse a file whose length they do not allow."""
    content, name = snapshot.content, snapshot.name
    if not content.strip(b"\0 "):
        raise UnreadableSource(f"{name}: is empty; export it again")
    if not content.startswith(b"HEADER RECORD*******LIB"):
        raise UnreadableSource(f"{name}: is no SAS transport file; its first bytes are not those of one")
    if len(content) % CARD:
        raise UnreadableSource(_cut(name, f"its {len(content)} bytes are no whole number of {CARD}-byte cards"))
    variables = _card(content, b"HEADER RECORD*******NAM", name)
    observations = _card(content, b"HEADER RECORD*******OBS", name)
    record = _record_length(content, variables, name)
    start = observations + CARD
    _refuse_second_member(content, start, name)
    count = content[observations + 48 : observations + 63].strip()
    promised = int(count) if b"OBSV8" in content[observations : observations + 30] and count.isdigit() else None
    _check_tail(content, Layout(start, record, promised), name)
    return Layout(start, record, promised)


def _card(content: bytes, begins: bytes, name: str) -> int:
    place = content.find(begins)
    if place < 0 or place % CARD:
        raise UnreadableSource(_cut(name, "a header that every transport file has is not there"))
    return place


def _record_length(content: bytes, namestr: int, name: str) -> int:
    digits = content[namestr + 48 : namestr + 58]
    if not digits.isdigit():
        raise UnreadableSource(f"{name}: its list of variables cannot be read; export it again")
    count = int(digits)
    first = namestr + CARD
    lengths = [struct.unpack_from(">h", content, first + NAMESTR * place + 4)[0] for place in range(count)]
    if not lengths or min(lengths) <= 0:
        raise UnreadableSource(f"{name}: a variable without a length; export it again")
    return sum(lengths)


def _refuse_second_member(content: bytes, start: int, name: str) -> None:
    second = content.find(b"HEADER RECORD*******MEM", start)
    if second >= 0 and (second - start) % CARD == 0:
        raise UnreadableSource(f"{name}: holds more than one data set; write each to a file of its own")


def _check_tail(content: bytes, layout: Layout, name: str) -> None:
    # Observations run on across cards; after the last one only blanks fill the card that it ends in.
    body = content[layout.start :]
    rest = len(body) % layout.record
    whole = len(body) // layout.record
    tail = body[whole * layout.record :]
    if rest >= CARD or tail.strip(b" "):
        raise UnreadableSource(_cut(name, f"after {whole} whole records it ends inside a record"))
    last = body[(whole - 1) * layout.record : whole * layout.record] if whole else b""
    if last and not last.strip(b"\0"):
        raise UnreadableSource(_cut(name, "its last record is all zero bytes, as an interrupted copy leaves them"))


def _check_count(snapshot: Snapshot, layout: Layout, rows: int) -> None:
    if layout.promised is not None and layout.promised != rows:
        raise UnreadableSource(_cut(snapshot.name, f"its header promises {layout.promised} records and it has {rows}"))
    fit = (len(snapshot.content) - layout.start) // layout.record
    # Blank records at the end look like the filling of the last card, so a few fewer are no loss; more cannot be.
    if not 0 <= fit - rows <= CARD // layout.record:
        raise UnreadableSource(_cut(snapshot.name, f"it has room for {fit} records and {rows} could be read"))


def _decoded(snapshot: Snapshot) -> tuple[pl.DataFrame, list[Finding]]:
    try:
        return _parsed(snapshot, "UTF-8"), []
    except (pyreadstat.ReadstatError, UnicodeDecodeError):
        pass  # SAS on Windows writes its own code page, and the file does not say so
    try:
        frame = _parsed(snapshot, FALLBACK)
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        raise UnreadableSource(f"{snapshot.name}: cannot be read ({error}); export it again") from None
    return frame, [_was_not_unicode(snapshot.name)]


def _parsed(snapshot: Snapshot, encoding: str) -> pl.DataFrame:
    frame: Any
    frame, _ = pyreadstat.read_xport(io.BytesIO(snapshot.content), encoding=encoding, output_format="polars")
    return pl.DataFrame(frame)


def _was_not_unicode(name: str) -> Finding:
    return note(
        "file.encoding",
        name,
        found="letters that are not UTF-8",
        expected="UTF-8",
        next_move=f"it was read as {FALLBACK}; look at names with accents, or export it as UTF-8",
    )


def _cut(name: str, why: str) -> str:
    return f"{name}: is cut short: {why}; copy or export it again"
